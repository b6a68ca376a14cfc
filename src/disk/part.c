#include "disk/part_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* So much is written before the kernel is asked to begin with it. */
#define WRITE_BACK (INT64_C(8) << 20)

void part_init(struct part *p, int root, const char *name)
{
    *p = (struct part){
        .root = root, .name = mem_strdup(name), .fd = -1, .direct.fd = -1};
}

void part_clear(struct part *p)
{
    part_close(p);
    free(p->name);
    free(p->goal);
    p->name = p->goal = NULL;
}

/* ---- beside each other ---- */

/* What runs beside others tells first of a failure of its own ... */
static struct part own_view(const struct part *p)
{
    return (struct part){
        .root = p->root, .name = p->name, .fd = p->fd, .sticky = p->sticky};
}

/* ... and then in `why`, unless another was first: who reads it must find it whole. */
static int failed_beside(struct part *p, const struct part *own, int r)
{
    static pthread_mutex_t filling = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&filling);
    if (!p->told)
        memcpy(p->why, own->why, sizeof(p->why));
    p->told = true;
    pthread_mutex_unlock(&filling);
    return r;
}

/* ---- writing ---- */

/* All that is dirty: there may be several places. Whether it works matters only to how
 * long part_sync takes. */
static void begin_writing_back(struct part *p, size_t n)
{
    int64_t before = atomic_fetch_add(&p->unwritten, (int64_t)n);

    if (before / WRITE_BACK != (before + (int64_t)n) / WRITE_BACK)
        (void)sync_file_range(p->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int part_go_direct(struct part *p)
{
    struct place at;
    int r = part_enter(p, false, &at);

    if (r)
        return r;
    direct_open(&p->direct, at.folder, at.part, p->fd);
    part_leave(&at);
    return 0;
}

int part_write(struct part *p, const char *data, size_t n, int64_t offset)
{
    int r = direct_write(&p->direct, p->fd, data, n, offset);

    if (r) {
        struct part own = own_view(p);

        return failed_beside(p, &own, part_fail(&own, ".part", r));
    }
    if (!direct_works(&p->direct))
        begin_writing_back(p, n);
    return 0;
}

/* ---- its journal ---- */

static int lose(struct part *p, int r)
{
    p->lost = r;
    return part_fail(p, ".part", r);
}

static int checkpoint(struct part *own, const struct journal *j)
{
    struct place at;
    struct stat st;
    int r = own->lost ? own->lost : part_fdatasync(own->fd);

    if (r)
        return lose(own, r);
    r = part_enter(own, false, &at);
    if (r)
        return r;
    r = part_still_there(own, &at, &st);
    if (!r)
        r = part_journal_write(own, &at, j, false);
    part_leave(&at);
    return r;
}

int part_checkpoint(struct part *p, const struct journal *j)
{
    struct part own = own_view(p);
    int r;

    if (p->unnamed)
        return 0;
    own.journaled = p->journaled;
    own.lost = p->lost;
    r = checkpoint(&own, j);
    p->journaled = own.journaled;
    p->lost = own.lost;
    return r ? failed_beside(p, &own, r) : 0;
}

static int forget(struct part *p)
{
    struct place at;
    struct stat st;
    int r;

    if (p->unnamed)
        return 0;
    r = part_enter(p, false, &at);
    if (r)
        return r;
    r = part_still_there(p, &at, &st);
    if (!r)
        r = part_journal_forget(p, &at);
    part_leave(&at);
    return r;
}

int part_restart(struct part *p)
{
    int r;

    p->told = false;
    r = forget(p);
    if (!r && ftruncate(p->fd, 0) < 0)
        r = part_fail(p, ".part", -errno);
    if (!r)
        p->lost = 0;
    return r;
}

/* The file goes first: where there are no sticky bits, one without a journal would be
 * nobody's. */
static int discard(struct part *p, const struct place *at)
{
    struct stat st;
    int r = part_still_there(p, at, &st);

    if (r)
        return r == -ESTALE ? 0 : r; /* it is gone, and what is there is another's */
    if (unlinkat(at->folder, at->part, 0) < 0 && errno != ENOENT)
        return part_fail(p, ".part", -errno);
    if (p->journaled && unlinkat(at->folder, at->journal, 0) < 0 && errno != ENOENT)
        return part_fail(p, ".part.json", -errno);
    p->journaled = false;
    return 0;
}

int part_discard(struct part *p)
{
    struct place at;
    int r = p->unnamed ? -ENOENT : part_enter(p, false, &at);

    if (!r) {
        r = discard(p, &at);
        part_leave(&at);
    }
    part_close(p);
    p->seen[0] = '\0';
    return r == -ENOENT ? 0 : r;
}

/* ---- whole ---- */

static mode_t file_mode;

/* From /proc, as umask() tells it only by changing it, for all threads. Without /proc
 * that has to do: what another thread makes meanwhile is then too private, never too
 * open. */
static void find_file_mode(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    unsigned mask;
    bool found = false;

    while (status && !found && fgets(line, sizeof(line), status))
        found = sscanf(line, "Umask: %o", &mask) == 1;
    if (status)
        fclose(status);
    if (!found)
        umask(mask = umask(077));
    file_mode = 0666 & ~mask;
}

static int set_mode(struct part *p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, find_file_mode);
    if (fchmod(p->fd, file_mode | (p->sticky ? S_ISVTX : 0)) == 0 || !p->sticky)
        return 0; /* a file system without permissions refuses */
    return part_fail(p, ".part", -errno);
}

static int set_size(struct part *p, int64_t size)
{
    struct stat st;

    if (fstat(p->fd, &st) < 0)
        return part_fail(p, ".part", -errno);
    if (st.st_size < size)
        return part_refuse(p, ".part", -EIO,
                           "is shorter than what was written to it: run it again");
    if (st.st_size > size && ftruncate(p->fd, (off_t)size) < 0)
        return part_fail(p, ".part", -errno);
    return 0;
}

int part_settle(struct part *p, int64_t size, const struct timespec *mtime)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                      mtime ? *mtime : (struct timespec){0}};
    int r = p->lost ? part_fail(p, ".part", p->lost) : set_size(p, size);

    if (!r)
        r = set_mode(p);
    if (!r && mtime && futimens(p->fd, times) < 0)
        r = part_fail(p, ".part", -errno);
    if (!r)
        direct_close(&p->direct); /* many may wait for a sync, and files be few */
    return r;
}

int part_sync(struct part *p)
{
    int r = part_fsync(p->fd);

    return r ? lose(p, r) : 0;
}

/* There is nothing to wait for: what counts is the error, which is the file's own. */
int part_synced(struct part *p)
{
    int r = sync_file_range(p->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE);

    return r < 0 && errno != ENOSYS ? lose(p, -errno) : 0;
}
