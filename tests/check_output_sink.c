#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/async.h"
#include "base/log.h"
#include "base/mem.h"
#include "output/offsets.h"
#include "output/sink.h"

#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        signal(SIGPIPE, SIG_IGN);                                                      \
        failure = failures = 0;                                                        \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
    }                                                                                  \
    END_TEST

static int failure, failures;

static void failed(int error, void *arg)
{
    (void)arg;
    failure = error;
    failures++;
}

/* ---- files ---- */

static char path[64];

static void make_file(const char *text)
{
    int fd;

    strcpy(path, "/tmp/trawl-check-sink-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void expect_file(const char *expected)
{
    static char text[1 << 16];
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);

    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    ck_assert_str_eq(text, expected);
    close(fd);
}

static async void put_and_close(const char *text, bool append)
{
    struct sink *s = sink_open(path, append, failed, NULL);

    ck_assert_ptr_nonnull(s);
    ck_assert(!sink_is_terminal(s));
    sink_put(s, text, strlen(text));
    ck_assert_int_eq(sink_close(s), 0);
    ck_assert_int_eq(failures, 0);
}

static async int made_anew_task(void *arg)
{
    (void)arg;
    make_file("old\nolder\n");
    put_and_close("new\n", false);
    expect_file("new\n");
    unlink(path);
    put_and_close("made\n", true);
    expect_file("made\n");
    unlink(path);
    return 0;
}

RUN(made_anew)

static async int appended_task(void *arg)
{
    struct buf text = BUF_INIT;

    (void)arg;
    make_file("");
    put_and_close("1\n", true);
    expect_file("1\n");
    put_and_close("2\n", true);
    expect_file("1\n2\n");
    unlink(path);
    make_file("whole\n{\"cut");
    put_and_close("next\n", true);
    expect_file("whole\nnext\n");
    unlink(path);
    make_file("no line end at all");
    put_and_close("next\n", true);
    expect_file("next\n");
    unlink(path);
    for (size_t n = 4090; n < 8200; n += 411) { /* around the blocks it looks back by */
        struct buf expected = BUF_INIT;

        buf_append_str(&text, "whole\n");
        buf_append_str(&expected, "whole\nnext\n");
        while (text.len < n)
            buf_append_char(&text, 'x');
        make_file(text.data);
        put_and_close("next\n", true);
        expect_file(expected.data);
        unlink(path);
        buf_reset(&text);
        buf_clear(&expected);
    }
    buf_clear(&text);
    return 0;
}

RUN(appended)

static async int refused_task(void *arg)
{
    (void)arg;
    log_set_level(LOG_ERROR);
    ck_assert_ptr_null(sink_open("/nonexistent/out", false, failed, NULL));
    ck_assert_ptr_null(sink_open("/tmp", false, failed, NULL));
    dup2(open("/dev/null", O_RDONLY), STDOUT_FILENO);
    ck_assert_ptr_null(sink_open("-", false, failed, NULL));
    close(STDOUT_FILENO);
    ck_assert_ptr_null(sink_open(NULL, false, failed, NULL));
    return 0;
}

RUN(refused)

static async int full_task(void *arg)
{
    struct sink *s = sink_open("/dev/full", false, failed, NULL);

    (void)arg;
    for (int i = 0; i < 10; i++)
        sink_put(s, "record\n", 7);
    ck_assert_int_eq(failures, 0); /* never from within a call */
    task_yield();
    ck_assert_int_eq(failures, 1);
    ck_assert_int_eq(failure, -ENOSPC);
    sink_put(s, "dropped\n", 8);
    ck_assert_int_eq(sink_wait(s), -ENOSPC);
    ck_assert_int_eq(sink_close(s), -ENOSPC);
    ck_assert_int_eq(failures, 1);
    return 0;
}

RUN(full)

/* ---- what was written, in order ---- */

static struct buf calls;

static void called(void *arg)
{
    buf_append_str(&calls, arg);
}

static char a[] = "a", b[] = "b", c[] = "c";

static async int on_written_task(void *arg)
{
    struct sink *s;

    (void)arg;
    make_file("");
    s = sink_open(path, false, failed, NULL);
    sink_on_written(s, called, a); /* nothing was put: at once, but from the loop */
    ck_assert_uint_eq(calls.len, 0);
    sink_put(s, "1\n", 2);
    sink_on_written(s, called, b);
    task_yield();
    ck_assert_str_eq(calls.data, "ab");
    sink_on_written(s, called, c);
    ck_assert_int_eq(sink_close(s), 0);
    ck_assert_str_eq(calls.data, "abc");
    unlink(path);
    s = sink_open("/dev/full", false, failed, NULL);
    sink_put(s, "1\n", 2);
    sink_on_written(s, called, a);
    ck_assert_int_lt(sink_close(s), 0);
    ck_assert_str_eq(calls.data, "abc");
    buf_clear(&calls);
    return 0;
}

RUN(on_written)

static void count(void *arg)
{
    ++*(int *)arg;
}

/* What went into the file whole was written, whatever became of the next. */
static async int written_before_failure_task(void *arg)
{
    struct rlimit before, ten;
    struct sink *s;
    int written = 0;

    (void)arg;
    make_file("");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    ten = (struct rlimit){10, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &ten);
    s = sink_open(path, false, failed, NULL);
    for (int i = 0; i < 4; i++) {
        sink_put(s, "abc\n", 4);
        sink_on_written(s, count, &written);
    }
    ck_assert_int_eq(sink_close(s), -EFBIG);
    setrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(failure, -EFBIG);
    ck_assert_int_eq(written, 2);
    expect_file("abc\nabc\n");
    unlink(path);
    return 0;
}

RUN(written_before_failure)

START_TEST(offset_queue)
{
    struct offsets q = {0};
    struct offset o;
    uint64_t put = 0, taken = 0;

    for (int round = 0; round < 1000; round++) {
        for (int i = round % 7; i >= 0; i--)
            offsets_push(&q, ++put * 10, NULL, NULL);
        ck_assert_uint_eq(offsets_first(&q), taken * 10 + 10);
        ck_assert_uint_eq(offsets_last_within(&q, put * 10 - 1),
                          put - 1 > taken ? put * 10 - 10 : 0);
        ck_assert_uint_eq(offsets_last_within(&q, put * 10), put * 10);
        for (int i = round % 5; i > 0 && taken + 1 < put; i--) {
            ck_assert(!offsets_shift_until(&q, taken * 10 + 9, &o));
            ck_assert(offsets_shift_until(&q, taken * 10 + 10, &o));
            ck_assert_uint_eq(o.at, ++taken * 10);
        }
    }
    offsets_clear(&q);
}
END_TEST

/* ---- pipes ---- */

/* Standard output becomes the pipe's write end; the read end is returned. */
static int pipe_stdout(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    close(ends[1]);
    return ends[0];
}

/* Ends the pipe for its reader; the number stays taken, or the next pipe would get it.
 */
static void end_stdout(void)
{
    int null = open("/dev/null", O_WRONLY);

    dup2(null, STDOUT_FILENO);
    close(null);
}

/* A record of n bytes that tells its number in every one. */
static void make_record(struct buf *out, unsigned number, size_t n)
{
    while (--n)
        buf_append_char(out, (char)('a' + number % 26));
    buf_append_char(out, '\n');
}

struct reader {
    int fd;
    size_t piece;
    struct buf got;
};

/* Reads a little each round, to the end. */
static async int read_slowly(void *arg)
{
    struct reader *r = arg;
    ssize_t n;

    while (io_wait(r->fd, IO_READ) > 0) {
        n = read(r->fd, buf_reserve(&r->got, r->piece), r->piece);
        ck_assert_int_ge(n, 0);
        if (n == 0)
            break;
        buf_commit(&r->got, (size_t)n);
    }
    return 0;
}

static async void through_pipe(size_t pipe_size, size_t piece, size_t longest)
{
    struct reader r = {.fd = pipe_stdout(), .piece = piece};
    struct task *t = task_create(read_slowly, &r);
    struct sink *s = sink_open("-", false, failed, NULL);
    struct buf all = BUF_INIT;

    fcntl(r.fd, F_SETPIPE_SZ, (int)pipe_size);
    for (unsigned i = 0; i < 200; i++) {
        size_t start = all.len;

        make_record(&all, i, 1 + (size_t)i * i * 7919 % longest);
        sink_put(s, all.data + start, all.len - start);
        if (i % 10 == 0)
            task_yield();
        ck_assert_int_eq(sink_wait(s), 0);
    }
    ck_assert(!(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK));
    ck_assert_int_eq(sink_close(s), 0);
    end_stdout();
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    ck_assert_uint_eq(r.got.len, all.len);
    ck_assert_mem_eq(r.got.data, all.data, all.len);
    close(r.fd);
    buf_clear(&r.got);
    buf_clear(&all);
}

static async int slow_readers_task(void *arg)
{
    (void)arg;
    through_pipe(4096, 200, 600);
    through_pipe(4096, 100000, 4096);
    through_pipe(65536, 1000, 20000);
    through_pipe(4096, 5000, 200000); /* and the sender has to wait */
    return 0;
}

RUN(slow_readers)

static async int sink_close_of(void *s)
{
    return sink_close(s);
}

/* A pipe of one page, emptied at each read: what is in it never holds a part of a
 * record, so another process can have put a whole one before or behind. */
static async int whole_records_task(void *arg)
{
    static char got[PIPE_BUF];
    int fd = pipe_stdout(), reads = 0;
    struct buf all = BUF_INIT;
    struct task *closing;
    struct sink *s;
    ssize_t n;

    (void)arg;
    ck_assert_int_ge(fcntl(fd, F_SETPIPE_SZ, PIPE_BUF), 0);
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK); /* as someone else may have */
    s = sink_open("-", false, failed, NULL);
    for (unsigned i = 0; i < 30; i++) {
        size_t start = all.len;

        make_record(&all, i, 1000 + 50 * i);
        sink_put(s, all.data + start, all.len - start);
    }
    closing = task_create(sink_close_of, s);
    for (size_t left = all.len; left; left -= (size_t)n, reads++) {
        ck_assert_int_eq(io_wait(fd, IO_READ), IO_READ);
        n = read(fd, got, sizeof(got));
        ck_assert_int_gt(n, 0);
        ck_assert_int_eq(got[n - 1], '\n');
        ck_assert_mem_eq(got, all.data + all.len - left, (size_t)n);
    }
    ck_assert_int_gt(reads, 10);
    ck_assert_int_eq(task_await(closing), 0);
    task_unref(closing);
    end_stdout();
    close(fd);
    buf_clear(&all);
    return 0;
}

RUN(whole_records)

static async int sink_wait_of(void *s)
{
    return sink_wait(s);
}

static async int backlog_task(void *arg)
{
    struct reader r = {.fd = pipe_stdout(), .piece = 1 << 20};
    struct sink *s = sink_open("-", false, failed, NULL);
    char *record = mem_alloc(1 << 20);
    struct task *waiting, *reading;

    (void)arg;
    memset(record, 'x', 1 << 20);
    record[(1 << 20) - 1] = '\n';
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(sink_wait(s), 0);
        sink_put(s, record, 1 << 20);
    }
    sink_put(s, record, 1 << 20);
    waiting = task_create(sink_wait_of, s);
    for (int i = 0; i < 100; i++)
        task_yield();
    ck_assert(!task_done(waiting));
    reading = task_create(read_slowly, &r);
    ck_assert_int_eq(task_await(waiting), 0);
    ck_assert_uint_ge(r.got.len, 2 << 20);
    task_unref(waiting);
    ck_assert_int_eq(sink_close(s), 0);
    end_stdout();
    task_await(reading);
    task_unref(reading);
    ck_assert_uint_eq(r.got.len, 5 << 20);
    close(r.fd);
    buf_clear(&r.got);
    free(record);
    return 0;
}

RUN(backlog)

/* What is owed is written, though the task is asked to stop. */
static async int cancelled_task(void *arg)
{
    struct reader r = {.fd = pipe_stdout(), .piece = 1 << 20};
    struct sink *s = sink_open("-", false, failed, NULL);
    char *record = mem_zalloc(1 << 20);
    struct task *closing, *reading, *waiting;

    (void)arg;
    for (int i = 0; i < 5; i++)
        sink_put(s, record, 1 << 20);
    waiting = task_create(sink_wait_of, s);
    task_yield();
    task_cancel(waiting);
    ck_assert_int_eq(task_await(waiting), -ECANCELED);
    task_unref(waiting);
    closing = task_create(sink_close_of, s);
    for (int i = 0; i < 3; i++) {
        task_yield();
        task_cancel(closing);
    }
    reading = task_create(read_slowly, &r);
    ck_assert_int_eq(task_await(closing), 0);
    end_stdout();
    task_await(reading);
    ck_assert_uint_eq(r.got.len, 5 << 20);
    task_unref(closing);
    task_unref(reading);
    close(r.fd);
    buf_clear(&r.got);
    free(record);
    return 0;
}

RUN(cancelled)

static async int reader_gone_task(void *arg)
{
    int fd = pipe_stdout();
    struct sink *s = sink_open("-", false, failed, NULL);

    (void)arg;
    sink_put(s, "record\n", 7);
    task_yield();
    ck_assert_int_eq(failures, 0);
    close(fd); /* while nothing is written: the loop tells of it by itself */
    while (!failures)
        task_yield();
    ck_assert_int_eq(failure, -EPIPE);
    sink_put(s, "record\n", 7);
    ck_assert_int_eq(sink_wait(s), -EPIPE);
    ck_assert_int_eq(sink_close(s), -EPIPE);
    ck_assert_int_eq(failures, 1);
    return 0;
}

RUN(reader_gone)

static async int reader_gone_amidst_task(void *arg)
{
    int fd = pipe_stdout();
    struct sink *s = sink_open("-", false, failed, NULL);
    char *record = mem_zalloc(1 << 20);

    (void)arg;
    sink_put(s, record, 1 << 20); /* more than the pipe takes */
    task_yield();
    close(fd);
    ck_assert_int_eq(sink_close(s), -EPIPE);
    ck_assert_int_eq(failures, 1);
    ck_assert_int_eq(failure, -EPIPE);
    free(record);
    return 0;
}

RUN(reader_gone_amidst)

/* A socket has no twin of our own: it is asked whether it takes more. */
static async int to_socket_task(void *arg)
{
    struct reader r = {.piece = 3000};
    struct buf all = BUF_INIT;
    struct task *t;
    struct sink *s;
    int ends[2];

    (void)arg;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    r.fd = ends[0];
    t = task_create(read_slowly, &r);
    s = sink_open("-", false, failed, NULL);
    for (unsigned i = 0; i < 100; i++) {
        size_t start = all.len;

        make_record(&all, i, i == 99 ? 1 << 20 : 1 + (size_t)i * 499);
        sink_put(s, all.data + start, all.len - start);
    }
    ck_assert_int_eq(sink_close(s), 0);
    end_stdout();
    task_await(t);
    task_unref(t);
    ck_assert_uint_eq(r.got.len, all.len);
    ck_assert_mem_eq(r.got.data, all.data, all.len);
    close(r.fd);
    buf_clear(&r.got);
    buf_clear(&all);
    return 0;
}

RUN(to_socket)

static async int terminal_task(void *arg)
{
    char text[64];
    int ours, theirs;
    struct sink *s;

    (void)arg;
    ck_assert_int_eq(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
    dup2(theirs, STDOUT_FILENO);
    s = sink_open("-", false, failed, NULL);
    ck_assert(sink_is_terminal(s));
    sink_put(s, "hello\n", 6);
    ck_assert_int_eq(sink_close(s), 0);
    ck_assert(!(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK));
    ck_assert_int_eq(read(ours, text, sizeof(text)), 7);
    ck_assert_mem_eq(text, "hello\r\n", 7);
    close(ours);
    close(theirs);
    return 0;
}

RUN(terminal)

static Suite *suite(void)
{
    return CHECK_SUITE("sink", made_anew, appended, refused, full, on_written,
                       written_before_failure, offset_queue, slow_readers,
                       whole_records, backlog, cancelled, reader_gone,
                       reader_gone_amidst, to_socket, terminal);
}

int main(void)
{
    return check_main(suite);
}
