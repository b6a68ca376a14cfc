#include "disk/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

#include "base/mem.h"
#include "base/str.h"

enum {
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
    ATTEMPTS = 8 /* at a folder that others remove as often as it is made */
};

/* ---- the top ---- */

static int open_top(const char *path)
{
    int fd = open(path, FOLDER_FLAGS);

    return fd < 0 ? -errno : fd;
}

/* What was made outlasts a loss of power once the folder above it is written. */
static void sync_above(const char *path)
{
    char *above = mem_strdup(path), *slash = strrchr(above, '/');
    int fd;

    if (slash)
        slash[slash == above] = '\0';
    fd = open_top(slash ? above : ".");
    if (fd >= 0) {
        (void)fsync(fd); /* of a file system that cannot nothing is lost */
        close(fd);
    }
    free(above);
}

/* Makes what is missing on the way. Where a folder cannot be made it may be there all
 * the same, and mkdir has more to say to that than EEXIST: opening it tells. 0 or the
 * last error, but for those that follow from it. */
static int make_path(const char *path)
{
    char *way = mem_strdup(path);
    int r = 0;

    for (size_t i = 1, n = strlen(path); i <= n; i++) {
        if (path[i] && path[i] != '/')
            continue;
        way[i] = '\0';
        if (mkdir(way, 0777) == 0)
            sync_above(way);
        else if (errno != EEXIST && (errno != ENOENT || !r))
            r = -errno;
        way[i] = path[i];
    }
    free(way);
    return r;
}

int folder_open(const char *path)
{
    int fd = open_top(path), r;

    if (fd != -ENOENT)
        return fd;
    r = make_path(path);
    fd = open_top(path);
    return fd == -ENOENT && r ? r : fd;
}

/* ---- below it ---- */

/* Names have been seen to before they come here; one that leads upwards all the same
 * would be a hole, so it ends the program. */
static bool leads_down(struct slice part)
{
    return part.len && !slice_eq(part, ".") && !slice_eq(part, "..");
}

static bool way_leads_down(const char *way)
{
    size_t n = strcspn(way, "/");

    for (; way[n]; n = strcspn(way, "/")) {
        if (!leads_down((struct slice){way, n}))
            return false;
        way += n + 1;
    }
    return leads_down(slice_str(way));
}

/* With O_DIRECTORY a link is ENOTDIR, like a file. */
static int say_what_it_is(int dir, const char *part)
{
    struct stat st;

    if (fstatat(dir, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return -ELOOP;
    return -ENOTDIR;
}

static int enter(int dir, const char *part, bool make)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        int fd = openat(dir, part, FOLDER_FLAGS | O_NOFOLLOW);

        if (fd >= 0)
            return fd;
        if (errno == ENOTDIR)
            return say_what_it_is(dir, part);
        if (errno != ENOENT || !make)
            return -errno;
        if (mkdirat(dir, part, 0777) < 0 && errno != EEXIST)
            return -errno;
    }
    return -ENOENT;
}

static int enter_slice(int dir, struct slice part, bool make)
{
    char name[NAME_MAX + 1];

    assert(leads_down(part));
    if (part.len >= sizeof(name))
        return -ENAMETOOLONG;
    memcpy(name, part.data, part.len);
    name[part.len] = '\0';
    return enter(dir, name, make);
}

#ifdef SYS_openat2

static int open_way(int root, const char *way)
{
    struct open_how how = {.flags = FOLDER_FLAGS,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

    return (int)syscall(SYS_openat2, root, way, &how, sizeof(how));
}

#else

static int open_way(int root, const char *way)
{
    (void)root, (void)way;
    return -1;
}

#endif

/* All of the way at once. -1 where something is missing or in the way, or the kernel
 * cannot: who goes step by step learns what it is. */
static int leap(int root, const char *name, size_t len)
{
    char way[PATH_MAX];

    if (len >= sizeof(way))
        return -1;
    memcpy(way, name, len);
    way[len] = '\0';
    assert(way_leads_down(way));
    return open_way(root, way);
}

int folder_of(int root, const char *name, bool make, const char **base)
{
    const char *slash = strrchr(name, '/');
    int fd = slash ? leap(root, name, (size_t)(slash - name)) : -1;

    if (fd >= 0)
        name = slash + 1;
    else
        fd = root;
    for (; fd >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
        struct slice part = {name, (size_t)(slash - name)};
        int next = enter_slice(fd, part, make);

        folder_close(root, fd);
        fd = next;
    }
    assert(fd < 0 || leads_down(slice_str(name)));
    *base = name;
    return fd;
}

void folder_close(int root, int fd)
{
    if (fd >= 0 && fd != root)
        close(fd);
}
