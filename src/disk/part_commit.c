#include "disk/part_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "disk/folder.h"

/* The order: NAME.part gets its name, its journal goes, the sticky bit goes. So where a
 * kill comes in between, the bit at NAME tells of it; or, without such a bit, the
 * journal that lies there alone; or, where renaming is linking, NAME.part that is NAME.
 */

/* ---- putting in order ---- */

static void take_bit_away(const struct place *at)
{
    int fd = openat(at->folder, at->base, O_RDONLY | PART_CARE);
    struct stat st;

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && part_may_be_ours(&st) && st.st_mode & S_ISVTX)
        (void)fchmod(fd, st.st_mode & 0777);
    close(fd);
}

void part_tidy_journal(const struct place *at)
{
    struct part_journal f;
    struct journal j;

    if (part_journal_read(at, &j, &f) == 0 && f.there)
        unlinkat(at->folder, at->journal, 0);
    journal_clear(&j);
}

bool part_tidy(const struct place *at)
{
    struct stat part, named;
    bool named_there = fstatat(at->folder, at->base, &named, AT_SYMLINK_NOFOLLOW) == 0;
    bool part_there = fstatat(at->folder, at->part, &part, AT_SYMLINK_NOFOLLOW) == 0;

    if (part_there) {
        if (!named_there || !part_same_file(&part, &named) || !S_ISREG(part.st_mode) ||
            part.st_uid != geteuid())
            return false;
        unlinkat(at->folder, at->part, 0);
    }
    part_tidy_journal(at);
    if (named_there && S_ISREG(named.st_mode) && named.st_mode & S_ISVTX)
        take_bit_away(at);
    return part_there;
}

static int lstat_name(struct part *p, const struct place *at, struct stat *st)
{
    if (fstatat(at->folder, at->base, st, AT_SYMLINK_NOFOLLOW) == 0)
        return 1;
    return errno == ENOENT ? 0 : part_fail(p, "", -errno);
}

int part_existing(struct part *p, struct stat *st)
{
    struct place at;
    int r = part_enter(p, false, &at);

    if (r)
        return r == -ENOENT ? 0 : r;
    r = lstat_name(p, &at, st);
    if (r == 1) {
        part_tidy(&at);
        r = lstat_name(p, &at, st);
    }
    part_leave(&at);
    return r;
}

/* ---- renaming ---- */

static int is_there(struct part *p)
{
    return part_refuse(p, "", -EEXIST, part_is_there);
}

/* Where links cannot be made either, another process may make NAME between the look and
 * the renaming, and lose it. There is no way to keep that from happening there. */
static int rename_after_look(struct part *p, const struct place *at)
{
    struct stat st;

    if (fstatat(at->folder, at->base, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return is_there(p);
    if (errno != ENOENT || renameat(at->folder, at->part, at->folder, at->base) < 0)
        return part_fail(p, "", -errno);
    return 0;
}

/* A link is made only where nothing is. */
static int link_and_unlink(struct part *p, const struct place *at)
{
    if (linkat(at->folder, at->part, at->folder, at->base, 0) == 0) {
        unlinkat(at->folder, at->part, 0);
        return 0;
    }
    switch (errno) {
    case EEXIST:
        return is_there(p);
    case EPERM:
    case ENOSYS:
    case EOPNOTSUPP:
        return rename_after_look(p, at);
    default:
        return part_fail(p, "", -errno);
    }
}

static int rename_to_free(struct part *p, const struct place *at)
{
    if (renameat2(at->folder, at->part, at->folder, at->base, RENAME_NOREPLACE) == 0)
        return 0;
    switch (errno) {
    case EEXIST:
        return is_there(p);
    case EINVAL: /* the file system does not know it, */
    case ENOSYS: /* or the kernel */
        return link_and_unlink(p, at);
    default:
        return part_fail(p, "", -errno);
    }
}

/* A pipe or a device is more than its name: none is replaced by a file. */
static int rename_over(struct part *p, const struct place *at)
{
    struct stat st;
    bool there = fstatat(at->folder, at->base, &st, AT_SYMLINK_NOFOLLOW) == 0;

    if (there && S_ISDIR(st.st_mode))
        return part_refuse(p, "", -EISDIR, "is a folder: move it away");
    if (there && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
        return part_refuse(p, "", -EEXIST, "is there and is no file: move it away");
    if (renameat(at->folder, at->part, at->folder, at->base) < 0)
        return part_fail(p, "", -errno);
    return 0;
}

static int commit(struct part *p, const struct place *at, bool replace)
{
    struct stat st;
    int r = part_still_there(p, at, &st);

    if (!r)
        r = (replace ? rename_over : rename_to_free)(p, at);
    if (r)
        return r;
    if (p->journaled)
        unlinkat(at->folder, at->journal, 0);
    p->journaled = false;
    if (st.st_mode & S_ISVTX)
        (void)fchmod(p->fd, st.st_mode & 0777);
    part_close(p);
    return 0;
}

static int commit_unnamed(struct part *p, const struct place *at, bool replace)
{
    int r;

    assert(!replace);
    r = part_name_unnamed(p, at);
    if (!r)
        part_close(p);
    return r;
}

void part_rename(struct part *p, const char *name)
{
    const char *slash = strrchr(name, '/');

    free(p->goal);
    p->goal = mem_strdup(slash ? slash + 1 : name);
}

int part_commit(struct part *p, bool replace)
{
    struct place at;
    int r = part_enter(p, false, &at);

    if (r)
        return r;
    if (p->goal)
        at.base = p->goal;
    r = p->unnamed ? commit_unnamed(p, &at, replace) : commit(p, &at, replace);
    part_leave(&at);
    return r;
}

/* ---- durable names ---- */

static int sync_folder_of(int root, const char *name)
{
    const char *base;
    int folder = folder_of(root, name, false, &base), r;

    if (folder < 0)
        return folder;
    r = part_sync_directory(folder);
    folder_close(root, folder);
    return r;
}

int part_sync_folder(struct part *p)
{
    struct place at;
    int r = part_enter(p, false, &at);

    if (r)
        return r;
    r = part_sync_directory(at.folder);
    part_leave(&at);
    return r ? part_fail(p, "", r) : 0;
}

int part_sync_way(struct part *p)
{
    char *name = mem_strdup(p->name), *slash;
    int r = part_sync_folder(p), above = 0;

    while (!r && !above && (slash = strrchr(name, '/'))) {
        *slash = '\0';
        above = sync_folder_of(p->root, name);
    }
    free(name);
    return above ? part_fail(p, "", above) : r;
}
