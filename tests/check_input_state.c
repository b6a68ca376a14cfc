#include "check_state.h"

#include <sched.h>

#include "base/mem.h"
#include "input/answered.h"
#include "input/state.h"

static const uint8_t *key(unsigned n)
{
    static uint8_t bytes[16];

    memset(bytes, 0xa5, sizeof(bytes));
    memcpy(bytes, &n, sizeof(n));
    return bytes;
}

static struct state *must_open(void)
{
    struct state *s = state_open(path, "fetch");

    ck_assert_ptr_nonnull(s);
    return s;
}

static async int empty_task(void *arg)
{
    struct state *s = must_open();

    (void)arg;
    ck_assert_uint_eq(state_count(s), 0);
    ck_assert(!state_answered(s, key(1)));
    ck_assert_int_eq(state_close(s), 0);
    ck_assert_int_ne(access(wal, F_OK), 0);
    s = must_open();
    ck_assert_uint_eq(state_count(s), 0);
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(empty)

/* Duplicates count: as often as it was answered, no more. */
static async int counted_task(void *arg)
{
    struct state *s = must_open();

    (void)arg;
    for (unsigned i = 0; i < 3; i++)
        state_mark(s, key(7));
    state_mark(s, key(8));
    ck_assert(!state_answered(s, key(7))); /* of this run, not of an earlier one */
    ck_assert_int_eq(state_close(s), 0);
    s = must_open();
    ck_assert_uint_eq(state_count(s), 4);
    for (unsigned i = 0; i < 3; i++)
        ck_assert(state_answered(s, key(7)));
    ck_assert(!state_answered(s, key(7)));
    ck_assert(!state_answered(s, key(6)));
    ck_assert(state_answered(s, key(8)));
    state_mark(s, key(7));
    ck_assert_int_eq(state_close(s), 0);
    s = must_open();
    for (unsigned i = 0; i < 4; i++)
        ck_assert(state_answered(s, key(7)));
    ck_assert(!state_answered(s, key(7)));
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(counted)

static async int many_task(void *arg)
{
    struct state *s = must_open();
    const unsigned n = 20000;

    (void)arg;
    for (unsigned i = 0; i < n; i++) {
        state_mark(s, key(i * 7919));
        if (i % 5000 == 0)
            ck_assert_int_eq(task_yield(), 0);
    }
    ck_assert_int_eq(state_close(s), 0);
    s = must_open();
    ck_assert_uint_eq(state_count(s), n);
    for (unsigned i = 0; i < n; i++) {
        ck_assert(state_answered(s, key(i * 7919)));
        ck_assert(!state_answered(s, key(i * 7919 + 1)));
    }
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(many)

/* The table alone against counting by hand, at the sizes where it grows. */
START_TEST(table)
{
    static const unsigned sizes[] = {0, 1, 2, 1023, 1024, 1025, 2048, 2049, 5000};

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        struct answered a = {0};

        for (unsigned i = 0; i < sizes[s]; i++)
            answered_add(&a, key(i * i % 1000));
        answered_sort(&a);
        ck_assert_uint_eq(a.count, sizes[s]);
        for (unsigned k = 0; k < 1000; k++) {
            unsigned times = 0;

            for (unsigned i = 0; i < sizes[s]; i++)
                times += i * i % 1000 == k;
            while (times--)
                ck_assert(answered_take(&a, key(k)));
            ck_assert(!answered_take(&a, key(k)));
        }
        answered_clear(&a);
    }
}
END_TEST

/* ---- refusals: a file that is refused is left as it was ---- */

static bool opens(void *command)
{
    struct state *s = state_open(path, command);

    if (s)
        ck_assert_int_eq(state_close(s), 0);
    return s;
}

static void is_refused(const char *command)
{
    refuses(opens, (void *)command);
}

static async int refused_task(void *arg)
{
    char header[5000];
    struct state *s;

    (void)arg;
    write_file("this is no database\n", 20);
    is_refused("fetch");
    memset(header, 0xff, sizeof(header));
    memcpy(header, "SQLite format 3", 16);
    write_file(header, sizeof(header));
    is_refused("fetch");
    unlink(path);
    run_sql("CREATE TABLE precious (x); INSERT INTO precious VALUES (1)");
    is_refused("fetch");
    unlink(path);
    run_sql("CREATE TABLE run (command); INSERT INTO run VALUES ('fetch');"
            "CREATE TABLE answered (key); PRAGMA user_version = 1");
    is_refused("fetch"); /* it looks like one of ours, and does not say that it is */
    unlink(path);
    s = must_open();
    state_mark(s, key(1));
    ck_assert_int_eq(state_close(s), 0);
    is_refused("crawl");
    run_sql("PRAGMA user_version = 99");
    is_refused("fetch");
    ck_assert_ptr_null(state_open("/nonexistent/state", "fetch"));
    return 0;
}

RUN(refused)

static async int damaged_task(void *arg)
{
    struct state *s = must_open();
    struct buf whole;

    (void)arg;
    for (unsigned i = 0; i < 20000; i++)
        state_mark(s, key(i));
    ck_assert_int_eq(state_close(s), 0);
    whole = read_file(path);
    write_file(whole.data, whole.len / 2);
    is_refused("fetch");
    memset(whole.data + whole.len / 2, 0xff, 4096);
    write_file(whole.data, whole.len);
    is_refused("fetch");
    buf_clear(&whole);
    write_file("", 0); /* an empty file is one that was not begun */
    s = must_open();
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(damaged)

static async int open_and_close(void *arg)
{
    struct state *s = state_open(path, "fetch");

    (void)arg;
    return s ? state_close(s) : 1;
}

static async int in_use_task(void *arg)
{
    struct state *s = must_open();

    (void)arg;
    ck_assert_int_ne(open_elsewhere(), 0);
    state_mark(s, key(1));
    ck_assert_int_eq(state_close(s), 0);
    s = must_open();
    ck_assert_int_ne(open_elsewhere(), 0);
    ck_assert(state_answered(s, key(1)));
    ck_assert_int_eq(state_close(s), 0);
    ck_assert_int_eq(open_elsewhere(), 0);
    return 0;
}

RUN(in_use)

/* ---- kills ---- */

struct child {
    unsigned first; /* key */
    int fd;
};

/* Marks and tells of it, a byte each, until it is killed. In a program of its own,
 * where check's assertions do not work. */
static async int mark_until_killed(void *arg)
{
    const struct child *c = arg;
    struct state *s = state_open(path, "fetch");

    for (unsigned i = 0; s && write(c->fd, "x", 1) == 1; i++) {
        state_mark(s, key(c->first + i));
        task_sleep(0.001);
    }
    return 1;
}

/* How many commits are whole in the log: the second word of a frame's header is not 0
 * in the last frame of a transaction (SQLite, file format, 4.1). */
static unsigned count_commits(void)
{
    enum { HEADER = 32, FRAME_HEADER = 24, FRAME = FRAME_HEADER + 4096 };
    struct buf log = read_file(wal);
    unsigned n = 0;

    for (size_t at = HEADER; at + FRAME <= log.len; at += FRAME)
        n += memcmp(log.data + at + 4, "\0\0\0", 4) != 0;
    buf_clear(&log);
    return n;
}

static void await_commit(void)
{
    unsigned before = count_commits();

    while (count_commits() <= before)
        sched_yield();
}

static pid_t start_marking(unsigned first, int fd)
{
    char first_text[16], fd_text[16];

    snprintf(first_text, sizeof(first_text), "%u", first);
    snprintf(fd_text, sizeof(fd_text), "%d", fd);
    return start_program(first_text, fd_text);
}

/* Starts a run that marks from `first` on, and kills it; how many are marked then. */
static async unsigned run_and_kill(unsigned first, bool after_commit)
{
    struct state *s;
    unsigned count;
    int ends[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = start_marking(first, ends[1]);
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &byte, 1), 1); /* it runs, the file is there */
    if (after_commit)
        await_commit();
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    close(ends[0]);
    s = must_open();
    count = (unsigned)state_count(s);
    for (unsigned i = 0; i < count; i++)
        ck_assert(state_answered(s, key(i)));
    ck_assert(!state_answered(s, key(count)));
    ck_assert_int_eq(state_close(s), 0);
    return count;
}

/* What was on disk by the time of the kill is there, without gaps, and nothing else. */
static async int killed_task(void *arg)
{
    unsigned known = 0, now;

    (void)arg;
    for (int round = 0; round < 4; round++) {
        now = run_and_kill(known, round != 2);
        ck_assert_uint_ge(now, known + (round != 2));
        known = now;
    }
    return 0;
}

RUN(killed)

/* ---- failing, cancelling ---- */

static async int disk_full_task(void *arg)
{
    struct state *s = must_open();
    struct stat st;

    (void)arg;
    ck_assert_int_eq(stat(wal, &st), 0);
    limit_file_size((rlim_t)st.st_size + 4096);
    for (unsigned i = 0; i < 100000; i++)
        state_mark(s, key(i));
    ck_assert_int_lt(state_close(s), 0);
    limit_file_size(RLIM_INFINITY);
    s = must_open();
    ck_assert_uint_eq(state_count(s), 0); /* all of a batch or none */
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(disk_full)

static async int close_it(void *s)
{
    return state_close(s);
}

static async int cancelled_task(void *arg)
{
    struct state *s = must_open();
    struct task *t;

    (void)arg;
    for (unsigned i = 0; i < 1000; i++)
        state_mark(s, key(i));
    t = task_create(close_it, s);
    task_yield();
    for (int i = 0; i < 3; i++) {
        task_cancel(t);
        task_yield();
    }
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    s = must_open();
    ck_assert_uint_eq(state_count(s), 1000);
    ck_assert_int_eq(state_close(s), 0);
    return 0;
}

RUN(cancelled)

static Suite *suite(void)
{
    return CHECK_SUITE("state", empty, counted, many, table, refused, damaged, in_use,
                       killed, disk_full, cancelled);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc < 2)
        return check_main(suite);
    set_path(argv[1]);
    if (argc == 2)
        return loop_run(open_and_close, NULL);
    return loop_run(mark_until_killed,
                    &(struct child){(unsigned)atoi(argv[2]), atoi(argv[3])});
}
