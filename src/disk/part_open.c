#include "disk/part_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 16, ONCE_MORE = 1 };
enum { LOCK_NAP_MS = 20, LOCK_NAPS = 50 }; /* a second */

/* ---- what was left ---- */

static bool holds_it(const struct journal *j, int64_t size)
{
    return !j->done.n || j->done.items[j->done.n - 1].end <= size;
}

/* Where the journal could keep the bit the file could, too: one without it came later,
 * from somebody else. */
static bool is_ours(const struct stat *st, const struct part_journal *f)
{
    return st->st_mode & S_ISVTX || (f->valid && !f->sticky);
}

static int look(struct part *p, const struct place *at, struct journal *j)
{
    struct part_journal f;
    struct stat st;
    int r;

    if (fstatat(at->folder, at->part, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            return part_fail(p, ".part", -errno);
        part_tidy_journal(at);
        return 0;
    }
    if (!part_may_be_ours(&st)) {
        part_tidy(at);
        return 0;
    }
    r = part_journal_read(at, j, &f);
    if (r == -ELOOP || r == -EEXIST)
        return 0;
    if (r)
        return part_journal_refused(p, r);
    if (is_ours(&st, &f) && holds_it(j, st.st_size))
        memcpy(p->seen, f.sum, sizeof(p->seen));
    else
        journal_clear(j);
    return 0;
}

int part_look(struct part *p, struct journal *j)
{
    struct place at;
    int r = part_enter(p, false, &at);

    journal_init(j);
    p->looked = true;
    p->seen[0] = '\0';
    if (r)
        return r == -ENOENT ? 0 : r;
    r = look(p, &at, j);
    part_leave(&at);
    return r;
}

/* ---- the file ---- */

static int judge(struct part *p, const struct stat *st)
{
    if (S_ISLNK(st->st_mode))
        return part_refuse(p, ".part", -ELOOP, "is a symbolic link: move it away");
    if (!part_may_be_ours(st))
        return part_refuse(p, ".part", -EEXIST, part_not_ours);
    return 0;
}

static int open_existing(struct part *p, const struct place *at)
{
    struct stat st;
    int r;

    if (fstatat(at->folder, at->part, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? ONCE_MORE : part_fail(p, ".part", -errno);
    if (!part_may_be_ours(&st) && part_tidy(at))
        return ONCE_MORE;
    r = judge(p, &st);
    if (r)
        return r;
    p->fd = openat(at->folder, at->part, O_RDWR | PART_CARE);
    if (p->fd >= 0)
        return 0;
    return errno == ENOENT || errno == ELOOP ? ONCE_MORE
                                             : part_fail(p, ".part", -errno);
}

/* A process that was killed holds its locks until the kernel has taken it apart, which
 * may wait for a disk that is busy: the next run, which comes at once, waits a little.
 * So much in all, as those that live hold theirs for longer. */
static bool may_wait(void)
{
    static atomic_int naps_left = LOCK_NAPS;
    const struct timespec nap = {.tv_nsec = LOCK_NAP_MS * 1000000L};

    if (naps_left <= 0 || atomic_fetch_sub(&naps_left, 1) <= 0)
        return false;
    nanosleep(&nap, NULL);
    return true;
}

/* Where the file system knows no locks there is none. */
static int lock(struct part *p)
{
    int r;

    while ((r = flock(p->fd, LOCK_EX | LOCK_NB)) < 0 &&
           (errno == EINTR || (errno == EWOULDBLOCK && may_wait()))) {
    }
    if (r == 0 || errno != EWOULDBLOCK)
        return 0;
    return part_refuse(p, ".part", -EAGAIN,
                       "is being written by another process: let it end first");
}

/* Between opening and locking another process may have renamed or removed it: then the
 * file that is locked is not NAME.part. */
static int open_locked(struct part *p, const struct place *at, struct stat *st,
                       bool *fresh)
{
    int r = 0;

    p->fd =
        openat(at->folder, at->part, O_RDWR | O_CREAT | O_EXCL | PART_CARE, PART_MODE);
    *fresh = p->fd >= 0;
    if (!*fresh)
        r = errno == EEXIST ? open_existing(p, at) : part_fail(p, ".part", -errno);
    if (!r)
        r = lock(p);
    if (!r)
        r = part_still_there(p, at, st);
    if (!r && !*fresh)
        r = judge(p, st);
    if (r)
        part_close(p);
    return r == -ESTALE ? ONCE_MORE : r;
}

/* ---- making it ours ---- */

/* A kill may have left a file without the bit and not yet with a journal: an empty one,
 * where the file system keeps no such bit. That shows in a file that is made. */
static int probe(struct part *p, const struct place *at)
{
    struct stat st;
    int fd = part_journal_open(p, at, &st);

    if (fd < 0)
        return fd;
    close(fd);
    if (!(st.st_mode & S_ISVTX))
        return 0;
    unlinkat(at->folder, at->journal, 0);
    p->journaled = false;
    return part_refuse(p, ".part", -EEXIST, part_not_ours);
}

/* One without the sticky bit: that is set where it can be. */
static int adopt(struct part *p, const struct place *at, struct stat *st,
                 const struct part_journal *f)
{
    int r = 0;

    if (!is_ours(st, f) && (st->st_size || f->valid || f->sticky))
        r = part_refuse(p, ".part", -EEXIST, part_not_ours);
    else if (!is_ours(st, f))
        r = probe(p, at);
    if (!r && fchmod(p->fd, PART_MODE) == 0 && fstat(p->fd, st) < 0)
        r = part_fail(p, ".part", -errno);
    return r;
}

static int empty(struct part *p, const struct place *at, const struct stat *st)
{
    int r = part_journal_forget(p, at);

    if (!r && st->st_size && ftruncate(p->fd, 0) < 0)
        r = part_fail(p, ".part", -errno);
    return r;
}

static bool as_seen(const struct part *p, const struct stat *st,
                    const struct journal *j, const struct part_journal *f)
{
    return !strcmp(f->sum, p->seen) && holds_it(j, st->st_size);
}

static int take_over(struct part *p, const struct place *at, struct stat *st,
                     bool fresh, bool keep)
{
    struct part_journal f;
    struct journal j;
    int r = part_journal_read(at, &j, &f);

    if (r)
        return part_journal_refused(p, r);
    p->journaled = f.there;
    if (!fresh && !(st->st_mode & S_ISVTX))
        r = adopt(p, at, st, &f);
    p->sticky = st->st_mode & S_ISVTX;
    if (!r && (!keep || !p->seen[0]))
        r = empty(p, at, st);
    else if (!r && !as_seen(p, st, &j, &f))
        r = part_refuse(p, ".part", -EAGAIN,
                        "was changed by another process: run it again");
    journal_clear(&j);
    return r;
}

static int begin(struct part *p, const struct place *at, bool keep)
{
    struct stat st;
    bool fresh = false;
    int r = ONCE_MORE;

    for (int i = 0; i < ATTEMPTS && r == ONCE_MORE; i++)
        r = open_locked(p, at, &st, &fresh);
    if (r == ONCE_MORE)
        return part_refuse(p, ".part", -EAGAIN,
                           "comes and goes: let the other processes end first");
    if (r)
        return r;
    r = take_over(p, at, &st, fresh, keep);
    if (r && fresh)
        unlinkat(at->folder, at->part, 0);
    if (r)
        part_close(p);
    return r;
}

int part_open(struct part *p, bool keep)
{
    struct place at;
    int r;

    assert(p->fd < 0 && (!keep || p->looked));
    p->told = false;
    p->lost = 0;
    r = part_enter(p, true, &at);
    if (r)
        return r;
    r = begin(p, &at, keep);
    part_leave(&at);
    return r;
}
