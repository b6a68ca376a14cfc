#include "disk/part_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "disk/folder.h"

/* ---- what is said of a failure ---- */

const char part_not_ours[] = "is there and is not trawl's: move it away";
const char part_is_there[] = "is there already: move it away";

/* A long name's end, so that there is room for the rest. */
static const char *name_end(const char *name)
{
    enum { MOST = 80 };
    size_t n = strlen(name);

    if (n <= MOST)
        return name;
    name += n - MOST;
    while ((*name & 0xc0) == 0x80) /* not in the middle of a character */
        name++;
    return name;
}

static void say(struct part *p, const char *suffix, const char *between,
                const char *text)
{
    const char *name = name_end(p->name);

    snprintf(p->why, sizeof(p->why), "%s%s%s%s%s", name == p->name ? "" : "...", name,
             suffix, between, text);
}

static const char *meaning(int error)
{
    switch (error) {
    case ENOSPC:
        return "no space left on the disk: make room, then run it again";
    case EDQUOT:
        return "the disk quota is used up: make room, then run it again";
    case EFBIG:
        return "larger than this file system, or ulimit -f, allows";
    case EROFS:
        return "the file system is read-only";
    case EACCES:
    case EPERM:
        return "not permitted: look at the permissions of its folder";
    default:
        return strerror(error);
    }
}

int part_fail(struct part *p, const char *suffix, int r)
{
    say(p, suffix, ": ", meaning(-r));
    return r;
}

int part_refuse(struct part *p, const char *suffix, int r, const char *text)
{
    say(p, suffix, " ", text);
    return r;
}

/* ---- where it lies ---- */

static int folder_failed(struct part *p, int r)
{
    switch (r) {
    case -ELOOP:
        return part_refuse(p, "", r, "leads through a symbolic link: move that away");
    case -ENOTDIR:
        return part_refuse(p, "", r,
                           "needs a folder where there is a file: move that away");
    default:
        return part_fail(p, "", r);
    }
}

/* What is mounted below root is no part of its file system. */
static bool is_elsewhere(const struct place *at)
{
    struct stat root, folder;

    return at->folder != at->root &&
           (fstat(at->root, &root) < 0 || fstat(at->folder, &folder) < 0 ||
            root.st_dev != folder.st_dev);
}

int part_enter(struct part *p, bool make, struct place *at)
{
    int n;

    at->root = p->root;
    at->folder = folder_of(p->root, p->name, make, &at->base);
    if (at->folder < 0)
        return folder_failed(p, at->folder);
    n = snprintf(at->journal, sizeof(at->journal), "%s.part.json", at->base);
    if (n >= (int)sizeof(at->journal)) {
        part_leave(at);
        return part_fail(p, "", -ENAMETOOLONG);
    }
    memcpy(at->part, at->journal, sizeof(at->part));
    at->part[n - (int)strlen(".json")] = '\0';
    if (make)
        p->elsewhere = is_elsewhere(at);
    return 0;
}

void part_leave(const struct place *at)
{
    folder_close(at->root, at->folder);
}

/* ---- whose it is ---- */

bool part_may_be_ours(const struct stat *st)
{
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink == 1;
}

bool part_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int part_still_there(struct part *p, const struct place *at, struct stat *st)
{
    struct stat named;

    if (fstat(p->fd, st) < 0)
        return part_fail(p, ".part", -errno);
    if (fstatat(at->folder, at->part, &named, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            return part_fail(p, ".part", -errno);
        return part_refuse(p, ".part", -ESTALE, "was moved away meanwhile");
    }
    if (!part_same_file(&named, st))
        return part_refuse(p, ".part", -ESTALE, "is another file by now");
    return 0;
}

void part_close(struct part *p)
{
    direct_close(&p->direct);
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    p->unnamed = false;
}

/* ---- writing ---- */

int part_pwrite(int fd, const char *data, size_t n, int64_t offset)
{
    while (n) {
        ssize_t wrote = pwrite(fd, data, n, (off_t)offset);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote ? -errno : -EIO;
        data += wrote;
        offset += wrote;
        n -= (size_t)wrote;
    }
    return 0;
}

int part_fsync(int fd)
{
    while (fsync(fd) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

int part_fdatasync(int fd)
{
    while (fdatasync(fd) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

/* Some file systems cannot: nothing is lost that they could have kept. */
int part_sync_directory(int fd)
{
    int r = part_fsync(fd);

    return r == -EINVAL || r == -EOPNOTSUPP ? 0 : r;
}
