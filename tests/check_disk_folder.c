#include "check_disk.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "disk/folder.h"

/* ---- the top ---- */

/* What folder_open says to a path below the scratch folder. */
static int open_below(const struct scratch *s, const char *path)
{
    struct buf whole = BUF_INIT;
    int fd;

    buf_appendf(&whole, "%s/%s", s->path, path);
    fd = folder_open(whole.data);
    buf_clear(&whole);
    return fd;
}

static void expect_opened(const struct scratch *s, const char *path, const char *name)
{
    int fd = open_below(s, path);
    struct stat st, named = stat_of(s->fd, name);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_uint_eq(st.st_ino, named.st_ino);
    ck_assert(S_ISDIR(named.st_mode));
    ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

START_TEST(opens_and_makes_the_top)
{
    struct scratch s;

    scratch_make(&s, NULL);
    umask(027);
    expect_opened(&s, "a", "a");
    expect_opened(&s, "a", "a");
    expect_opened(&s, "b//c/./d///", "b/c/d");
    expect_opened(&s, "a/../e/f", "e/f");
    ck_assert_uint_eq(stat_of(s.fd, "b").st_mode & 07777, 0750);
    ck_assert_uint_eq(stat_of(s.fd, "b/c/d").st_mode & 07777, 0750);
    ck_assert_int_eq(symlinkat("b/c", s.fd, "link"), 0);
    expect_opened(&s, "link", "b/c");
    expect_opened(&s, "link/g/h", "b/c/g/h");
    ck_assert_int_eq(fchdir(s.fd), 0);
    close(folder_open("here/and/there"));
    ck_assert(is_there(s.fd, "here/and/there"));
    ck_assert_int_eq(chdir("/"), 0);
    scratch_remove(&s);
}
END_TEST

START_TEST(says_why_there_is_no_top)
{
    struct scratch s;

    scratch_make(&s, NULL);
    put_file(s.fd, "file", "", 0644);
    ck_assert_int_eq(symlinkat("nowhere", s.fd, "dangling"), 0);
    ck_assert_int_eq(symlinkat("loop", s.fd, "loop"), 0);
    ck_assert_int_eq(folder_open(""), -ENOENT);
    ck_assert_int_eq(open_below(&s, "file"), -ENOTDIR);
    ck_assert_int_eq(open_below(&s, "file/a"), -ENOTDIR);
    ck_assert_int_eq(open_below(&s, "dangling"), -ENOENT);
    ck_assert_int_eq(open_below(&s, "loop"), -ELOOP);
    ck_assert_int_lt(folder_open("/proc/trawl/a"), 0);
    ck_assert(!is_there(s.fd, "nowhere"));
    scratch_remove(&s);
}
END_TEST

/* ---- below it ---- */

static void expect_of(int root, const char *name, bool make, const char *folder,
                      const char *base)
{
    const char *last = NULL;
    int fd = folder_of(root, name, make, &last);
    struct stat st;

    ck_assert_msg(fd >= 0, "%s: %s", name, strerror(-fd));
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_uint_eq(st.st_ino, stat_of(root, folder).st_ino);
    ck_assert_str_eq(last, base);
    folder_close(root, fd);
}

START_TEST(finds_and_makes_folders)
{
    struct scratch s;
    const char *base;
    int before;

    scratch_make(&s, NULL);
    before = count_open_files();
    umask(022);
    expect_of(s.fd, "file", false, ".", "file");
    expect_of(s.fd, "file", true, ".", "file");
    ck_assert_int_eq(count_files_in(s.fd), 0);
    ck_assert_int_eq(folder_of(s.fd, "a/b/c.txt", false, &base), -ENOENT);
    ck_assert_int_eq(count_files_in(s.fd), 0);
    expect_of(s.fd, "a/b/c.txt", true, "a/b", "c.txt");
    expect_of(s.fd, "a/b/c.txt", false, "a/b", "c.txt");
    expect_of(s.fd, "a/...b/..c", true, "a/...b", "..c");
    ck_assert_int_eq(folder_of(s.fd, "a/c/d", false, &base), -ENOENT);
    ck_assert_uint_eq(stat_of(s.fd, "a/b").st_mode & 07777, 0755);
    ck_assert_int_eq(count_open_files(), before);
    ck_assert_int_ge(fcntl(s.fd, F_GETFD), 0); /* which was never closed */
    folder_close(s.fd, -1);
    scratch_remove(&s);
}
END_TEST

START_TEST(goes_deep)
{
    struct buf name = BUF_INIT;
    const char *base;
    struct scratch s;
    int fd;

    scratch_make(&s, NULL);
    for (int i = 0; i < 1000; i++)
        buf_append_str(&name, "ab/");
    buf_append_str(&name, "c");
    ck_assert_int_eq(folder_of(s.fd, name.data, false, &base), -ENOENT);
    fd = folder_of(s.fd, name.data, true, &base);
    ck_assert_int_ge(fd, 0);
    folder_close(s.fd, fd);
    buf_clear(&name);
    for (int i = 0; i < 256; i++)
        buf_append_char(&name, 'x');
    buf_append_str(&name, "/c");
    ck_assert_int_eq(folder_of(s.fd, name.data, true, &base), -ENAMETOOLONG);
    buf_consume(&name, 1);
    ck_assert_int_eq(folder_of(s.fd, name.data, false, &base), -ENOENT);
    buf_clear(&name);
    scratch_remove(&s);
}
END_TEST

START_TEST(follows_no_link)
{
    static const char *const targets[] = {"real", ".", "/", "nowhere", "file", "link"};
    struct scratch s;
    const char *base;
    int before;

    scratch_make(&s, NULL);
    ck_assert_int_eq(mkdirat(s.fd, "real", 0755), 0);
    put_file(s.fd, "file", "", 0644);
    ck_assert_int_eq(mkfifoat(s.fd, "fifo", 0644), 0);
    before = count_open_files();
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        ck_assert_int_eq(symlinkat(targets[i], s.fd, "link"), 0);
        ck_assert_int_eq(symlinkat(targets[i], s.fd, "real/link"), 0);
        ck_assert_int_eq(folder_of(s.fd, "link/c", true, &base), -ELOOP);
        ck_assert_int_eq(folder_of(s.fd, "link/c", false, &base), -ELOOP);
        ck_assert_int_eq(folder_of(s.fd, "link/b/c", true, &base), -ELOOP);
        ck_assert_int_eq(folder_of(s.fd, "real/link/c", true, &base), -ELOOP);
        ck_assert_int_eq(unlinkat(s.fd, "link", 0), 0);
        ck_assert_int_eq(unlinkat(s.fd, "real/link", 0), 0);
    }
    ck_assert_int_eq(folder_of(s.fd, "file/c", true, &base), -ENOTDIR);
    ck_assert_int_eq(folder_of(s.fd, "fifo/c", true, &base), -ENOTDIR);
    ck_assert(!is_there(s.fd, "nowhere"));
    ck_assert_int_eq(count_files_in(s.fd), 3);
    ck_assert_int_eq(count_open_files(), before);
    scratch_remove(&s);
}
END_TEST

/* The folder is the one that was opened, wherever its name leads by now. */
START_TEST(stays_with_the_folder)
{
    struct scratch s;
    int fd;

    scratch_make(&s, NULL);
    fd = open_below(&s, "d");
    ck_assert_int_eq(renameat(s.fd, "d", s.fd, "moved"), 0);
    ck_assert_int_eq(symlinkat("/", s.fd, "d"), 0);
    expect_of(fd, "a/b", true, "a", "b");
    ck_assert(is_there(s.fd, "moved/a"));
    close(fd);
    scratch_remove(&s);
}
END_TEST

/* ---- several at once ---- */

enum { THREADS = 8, TREES = 50 };

struct race {
    int root, failed;
    pthread_barrier_t start;
};

static void *make_trees(void *arg)
{
    struct race *race = arg;

    for (int i = 0; i < TREES; i++) {
        char name[32];
        const char *base;
        int fd;

        snprintf(name, sizeof(name), "%d/a/b/c", i);
        pthread_barrier_wait(&race->start);
        fd = folder_of(race->root, name, true, &base);
        if (fd < 0)
            __atomic_store_n(&race->failed, fd, __ATOMIC_RELAXED);
        folder_close(race->root, fd);
    }
    return NULL;
}

START_TEST(made_by_several_at_once)
{
    struct scratch s;
    struct race race = {0};
    pthread_t threads[THREADS];

    scratch_make(&s, NULL);
    race.root = s.fd;
    pthread_barrier_init(&race.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, make_trees, &race), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&race.start);
    ck_assert_int_eq(race.failed, 0);
    ck_assert_int_eq(count_files_in(s.fd), TREES);
    scratch_remove(&s);
}
END_TEST

/* ---- what never may come here ---- */

static void expect_abort(int root, const char *name)
{
    pid_t child = fork();
    int status;

    if (!child) {
        static const struct rlimit none = {0, 0};
        const char *base;

        setrlimit(RLIMIT_CORE, &none);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); /* assert's words */
        signal(SIGABRT, SIG_DFL);
        folder_of(root, name, true, &base);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s", name);
}

START_TEST(never_leads_upwards)
{
    static const char *const names[] = {"..",   "../a", "a/..",  "a/../b", ".",
                                        "./a",  "a/.",  "a/./b", "",       "/a",
                                        "a//b", "a/",   "/"};
    struct scratch s;

    scratch_make(&s, NULL);
    ck_assert_int_eq(mkdirat(s.fd, "a", 0755), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect_abort(s.fd, names[i]);
    scratch_remove(&s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("folder", opens_and_makes_the_top, says_why_there_is_no_top,
                       finds_and_makes_folders, goes_deep, follows_no_link,
                       stays_with_the_folder, made_by_several_at_once,
                       never_leads_upwards);
}

int main(void)
{
    return check_main(suite);
}
