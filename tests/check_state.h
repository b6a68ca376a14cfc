/* check_state.h - what the tests of state files share: a folder for one, its bytes, and
 * other programs that use it. */
#ifndef TRAWL_TESTS_CHECK_STATE_H
#define TRAWL_TESTS_CHECK_STATE_H

#include "check_main.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "async/async.h"
#include "base/buf.h"
#include "base/log.h"

#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        make_folder();                                                                 \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
        remove_folder();                                                               \
    }                                                                                  \
    END_TEST

static const char *program; /* this one: argv[0] */
static char folder[64], path[96], wal[112];

static inline void set_path(const char *state)
{
    snprintf(path, sizeof(path), "%s", state);
    snprintf(wal, sizeof(wal), "%s-wal", path);
}

static inline void make_folder(void)
{
    char state[96];

    log_set_level(LOG_ERROR);
    strcpy(folder, "/tmp/trawl-check-state-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(state, sizeof(state), "%s/state", folder);
    set_path(state);
}

/* Fails when anything but the state file is left. */
static inline void remove_folder(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static inline void write_file(const void *data, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_eq(write(fd, data, n), (ssize_t)n);
    close(fd);
}

static inline struct buf read_file(const char *name)
{
    struct buf b = BUF_INIT;
    int fd = open(name, O_RDONLY);
    ssize_t n;

    while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
        buf_commit(&b, (size_t)n);
    close(fd);
    return b;
}

/* Opens and closes; false when it was refused. */
typedef bool open_fn(void *arg);

/* A file that is refused is left as it was. */
static inline void refuses(open_fn *opens, void *arg)
{
    struct buf before = read_file(path), after;

    ck_assert(!opens(arg));
    after = read_file(path);
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, before.len);
    buf_clear(&before);
    buf_clear(&after);
}

static inline void run_sql(const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Locks do not work against one's own process, and a child of this one cannot have a
 * loop of its own: it starts over as a program, with these arguments. */
static inline pid_t start_program(const char *first, const char *second)
{
    pid_t pid = fork();

    if (pid)
        return pid;
    execl(program, program, path, first, second, (char *)NULL);
    _exit(127);
}

/* 0: it was opened there. */
static inline int open_elsewhere(void)
{
    pid_t pid = start_program(NULL, NULL);
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/* Files that this process writes get no longer, until it is called with RLIM_INFINITY.
 */
static inline void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
