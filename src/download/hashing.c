#include "download/hashing.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "download/chore.h"

/* How much of a file is read back at once. */
#define CATCH_UP_BYTES (8LL << 20)

int hashing_read(struct job *job, int fd, int64_t end)
{
    size_t room = (size_t)1 << 20;
    char *data = mem_alloc(room);
    int64_t at = digests_bytes(job->digests);
    ssize_t n = 0;

    for (; at < end; at += n) {
        size_t want = end - at < (int64_t)room ? (size_t)(end - at) : room;

        n = pread(fd, data, want, at);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            break;
        digests_update(job->digests, data, (size_t)n);
    }
    free(data);
    return at >= end ? 0 : n < 0 ? -errno : -EIO;
}

static int catch_up(void *arg)
{
    struct job *job = arg;

    return hashing_read(job, job->part.fd, job->catch_up_end);
}

static void caught_up(struct future *f, void *arg);

void hashing_catch_up(struct job *job)
{
    int64_t end = ranges_prefix(&job->known.done);

    if (!job->digests || job->hashing || job->store_error || end <= job->hashed)
        return;
    job->hashing = true;
    job->catch_up_end =
        end - job->hashed > CATCH_UP_BYTES ? job->hashed + CATCH_UP_BYTES : end;
    chore_start(&job->catch_up, catch_up, caught_up, job);
}

static void caught_up(struct future *f, void *arg)
{
    struct job *job = arg;

    (void)f;
    job->hashing = false;
    if (chore_end(&job->catch_up, job) == 0)
        job->hashed = job->catch_up_end;
}
