/* The file is whole: what is still in memory is written, the bytes are verified. */
#include "download/seal.h"

#include <string.h>

#include "download/block.h"
#include "download/hashing.h"
#include "download/opening.h"
#include "download/report.h"
#include "download/stamp.h"
#include "download/store.h"

/* What is hashed before it is seen that the run has stopped. */
#define PIECE_BYTES (32LL << 20)

unsigned seal_compare(struct job *job)
{
    unsigned wrong = 0;
    uint8_t bytes[DIGEST_BYTES_MAX];

    for (int kind = 0; kind < DIGEST_KINDS; kind++) {
        bool expected = job->expected.kinds & 1u << kind;

        if (!(job->hashes & 1u << kind))
            continue;
        digests_final(job->digests, kind, bytes);
        if (expected &&
            memcmp(bytes, job->expected.bytes[kind], digest_size(kind)) != 0)
            wrong |= 1u << kind;
        if (kind == DIGEST_SHA256) {
            memcpy(job->sha256, bytes, sizeof(job->sha256));
            job->sha256_known = true;
        }
    }
    return wrong;
}

/* ---- a part ---- */

/* A small file, in one visit to the disk. */
static int write_all(struct job *job, const struct block *b)
{
    int r = opening_whole(job, false);

    if (r == 0 && b->len)
        r = part_write(&job->part, b->data, b->len, 0);
    if (r == 0 && job->digests)
        digests_update(job->digests, b->data, b->len);
    return r;
}

static int verify(struct job *job)
{
    int r;

    if (!job->digests)
        return 0;
    r = hashing_read(job, job->part.fd, job->known.size);
    if (r < 0 || !seal_compare(job))
        return r;
    r = part_discard(&job->part);
    return r < 0 ? r : SEAL_MISMATCH;
}

static int settle(struct job *job)
{
    struct timespec mtime = {.tv_sec = job->mtime};
    bool keep_time = job->mtime && !job->download->o->no_mtime;
    int r = part_settle(&job->part, job->known.size, keep_time ? &mtime : NULL);

    if (r == 0 && job->download->o->timestamping)
        stamp_write(job);
    return r;
}

int seal_part(struct job *job)
{
    int r = job->in_memory ? write_all(job, &job->shown->fill) : 0;

    if (r == 0)
        r = verify(job);
    return r ? r : settle(job);
}

int seal_with_name(struct job *job)
{
    const struct block *b = &job->shown->fill;
    int r;

    part_discard(&job->part);
    r = opening_whole(job, true);
    if (r == 0 && b->len)
        r = part_write(&job->part, b->data, b->len, 0);
    if (r == 0)
        r = settle(job);
    return r || job->download->o->no_sync ? r : part_sync(&job->part);
}

void seal_finish(struct job *job, int result)
{
    job->sealed = result == 0;
    job->part_open = job->part.fd >= 0;
    block_free(job->download, &job->shown->fill);
    if (result < 0 && job->in_memory) /* what was said to be there is not */
        ranges_clear(&job->known.done);
    job->in_memory = false;
    if (result < 0) {
        job_fail_locally(job, result);
    } else if (result == SEAL_MISMATCH) {
        job->mismatches++;
        store_forget(job);
    }
}

static int seal_work(void *arg)
{
    return seal_part(arg);
}

void seal(struct job *job)
{
    int r = 0;

    store_quiesce(job);
    if (job->digests)
        r = seal_hash(job, job->part.fd);
    if (r == SEAL_STOPPED) {
        job_fail(job, HTTP_CANCELLED, "%s", job->download->run.stopped);
        return;
    }
    if (r == 0)
        r = loop_finish_in_executor(seal_work, job);
    seal_finish(job, r);
}

/* ---- in pieces ---- */

struct reading {
    struct job *job;
    int fd;
};

static int hash_piece(void *arg)
{
    struct reading *it = arg;
    int64_t size = it->job->known.size;
    int64_t end = digests_bytes(it->job->digests) + PIECE_BYTES;

    return hashing_read(it->job, it->fd, end < size ? end : size);
}

int seal_hash(struct job *job, int fd)
{
    struct reading it = {job, fd};
    int r = 0;

    while (r == 0 && digests_bytes(job->digests) < job->known.size)
        r = job->download->run.stopped ? SEAL_STOPPED
                                       : loop_finish_in_executor(hash_piece, &it);
    return r;
}
