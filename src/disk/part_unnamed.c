/* A part without a name (O_TMPFILE): what is in memory whole needs no NAME.part that a
 * next run could go on with, and so no journal, no lock and no renaming. */
#include "disk/part_internal.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* By the descriptor itself, which takes a privilege or a new kernel; or by way of
 * /proc, which must be there. */
static int link_file(int fd, int folder, const char *name)
{
    static atomic_bool refused;
    char path[32];

    if (!refused && linkat(fd, "", folder, name, AT_EMPTY_PATH) == 0)
        return 0;
    if (!refused && errno != ENOENT && errno != EPERM)
        return -errno;
    refused = true;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

static int make_file(const struct place *at, mode_t mode)
{
    return openat(at->folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
}

/* With an empty file, as NAME.part: should a kill come now, that is one of ours; and so
 * is what cannot be removed. */
static bool try_to_link(const struct place *at)
{
    int fd = make_file(at, PART_MODE);
    bool fine = fd >= 0 && link_file(fd, at->folder, at->part) == 0 &&
                unlinkat(at->folder, at->part, 0) == 0;

    if (fd >= 0)
        close(fd);
    return fine;
}

/* Whether a file without a name can be made, and be given one. What one file meets
 * holds for its file system, until another is asked about. */
static struct {
    pthread_mutex_t lock;
    bool asked, works;
    dev_t device;
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool works(const struct place *at)
{
    struct stat st;
    bool yes;

    if (fstat(at->folder, &st) < 0)
        return false;
    pthread_mutex_lock(&known.lock);
    if (!known.asked || known.device != st.st_dev)
        known.works = try_to_link(at);
    known.asked = true;
    known.device = st.st_dev;
    yes = known.works;
    pthread_mutex_unlock(&known.lock);
    return yes;
}

static void give_up(const struct place *at)
{
    struct stat st;

    pthread_mutex_lock(&known.lock);
    if (fstat(at->folder, &st) == 0 && known.device == st.st_dev)
        known.works = false;
    pthread_mutex_unlock(&known.lock);
}

static int open_unnamed(struct part *p, const struct place *at)
{
    struct stat st;

    if (fstatat(at->folder, at->part, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
        errno != ENOENT || !works(at))
        return PART_NEEDS_NAME;
    p->fd = make_file(at, PART_MODE & 0777); /* nobody else sees it on its way */
    p->unnamed = p->fd >= 0;
    return p->unnamed ? 0 : PART_NEEDS_NAME;
}

int part_open_unnamed(struct part *p)
{
    struct place at;
    int r;

    assert(p->fd < 0);
    p->told = false;
    p->lost = 0;
    p->sticky = false;
    r = part_enter(p, true, &at);
    if (r)
        return r;
    r = open_unnamed(p, &at);
    part_leave(&at);
    return r;
}

int part_name_unnamed(struct part *p, const struct place *at)
{
    int r = link_file(p->fd, at->folder, at->base);

    if (r == -EEXIST)
        return part_refuse(p, "", r, part_is_there);
    if (r)
        give_up(at);
    return r ? part_fail(p, "", r) : 0;
}
