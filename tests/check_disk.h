/* check_disk.h - what the tests of disk/ share: a fresh folder, and looking at what
 * lies in it. */
#ifndef TRAWL_TESTS_CHECK_DISK_H
#define TRAWL_TESTS_CHECK_DISK_H

#include "check_main.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
    char path[64];
    int fd;
};

/* Below `above`; NULL: where temporary files go. */
static inline void scratch_make(struct scratch *s, const char *above)
{
    const char *tmp = getenv("TMPDIR");

    if (!above)
        above = tmp && strlen(tmp) < 32 ? tmp : "/tmp";
    snprintf(s->path, sizeof(s->path), "%s/trawl-XXXXXX", above);
    ck_assert_ptr_nonnull(mkdtemp(s->path));
    s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(s->fd, 0);
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static inline void scratch_remove(struct scratch *s)
{
    close(s->fd);
    ck_assert_int_eq(nftw(s->path, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void put_file(int dir, const char *name, const char *text, mode_t mode)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    struct stat st;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fstat(fd, &st), 0);
    if ((st.st_mode & 07777) != mode)
        ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

/* lstat; st_mode 0 when nothing is there. */
static inline struct stat stat_of(int dir, const char *name)
{
    struct stat st = {0};

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        ck_assert_int_eq(errno, ENOENT);
    return st;
}

static inline bool is_there(int dir, const char *name)
{
    return stat_of(dir, name).st_mode != 0;
}

static inline void expect_file(int dir, const char *name, const char *text)
{
    char got[4096];
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n;

    ck_assert_msg(fd >= 0, "%s: %s", name, strerror(errno));
    n = read(fd, got, sizeof(got) - 1);
    ck_assert_int_ge(n, 0);
    got[n] = '\0';
    ck_assert_str_eq(got, text);
    close(fd);
}

static inline int count_files(const char *path)
{
    DIR *d = opendir(path);
    int n = 0;

    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d));)
        n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(d);
    return n;
}

static inline int count_files_in(int dir)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
    return count_files(path);
}

static inline int count_open_files(void)
{
    return count_files("/proc/self/fd");
}

/* A test that cannot be made here says why, and passes. */
static inline void skip(const char *why)
{
    printf("# SKIP %s\n", why);
    fflush(stdout);
}

#endif
