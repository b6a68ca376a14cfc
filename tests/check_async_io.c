#include "check_async.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int fds[2];

static void set_up(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

static void tear_down(void)
{
    close(fds[0]);
    close(fds[1]);
}

static int waits_to_read(void *word)
{
    int r = io_wait(fds[0], IO_READ);
    char byte = '-';

    if (r > 0)
        ck_assert_int_eq(read(fds[0], &byte, 1), 1);
    note("%s%c:%d", (const char *)word, byte, r);
    return r;
}

static int reads(void *arg)
{
    struct task *t;

    (void)arg;
    set_up();
    t = task_create(waits_to_read, WORD(""));
    settle();
    ck_assert_journal("");
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(task_await(t), IO_READ);
    task_unref(t);
    ck_assert_journal("x:1");
    tear_down();
    return 0;
}

START_TEST(waits_until_there_is_something)
{
    run(reads);
}
END_TEST

static int asks(void *arg)
{
    (void)arg;
    set_up();
    ck_assert_int_eq(io_wait(fds[0], IO_WRITE), IO_WRITE);
    ck_assert_int_eq(io_wait(fds[0], IO_READ | IO_WRITE), IO_WRITE);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(io_wait(fds[0], IO_READ | IO_WRITE), IO_READ | IO_WRITE);
    ck_assert_int_eq(io_wait(fds[0], IO_READ), IO_READ);
    close(fds[1]);
    ck_assert_int_eq(io_wait(fds[0], IO_READ), IO_READ); /* the end is to be read */
    close(fds[0]);
    return 0;
}

START_TEST(returns_what_there_is)
{
    run(asks);
}
END_TEST

static int cancelled(void *arg)
{
    struct task *t;

    (void)arg;
    set_up();
    t = task_create(waits_to_read, WORD("a"));
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    t = task_create(waits_to_read, WORD("b")); /* the descriptor is free again */
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(task_await(t), IO_READ);
    task_unref(t);
    ck_assert_journal("a-:-125 bx:1");
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    task_cancel(task_current());
    ck_assert_int_eq(io_wait(fds[0], IO_READ), -ECANCELED);
    ck_assert_int_eq(io_wait(fds[0], IO_READ), IO_READ);
    tear_down();
    return 0;
}

START_TEST(cancelled_while_it_waits)
{
    run(cancelled);
}
END_TEST

static void cancel_task(void *t, unsigned events)
{
    (void)events;
    task_cancel(t);
}

/* It is ready and cancelled in one poll: either way round, one of the two is told. */
static int ready_and_cancelled(void *arg)
{
    (void)arg;
    for (int ready_first = 0; ready_first < 2; ready_first++) {
        struct task *t;
        struct io *io;
        int alarm[2], r;

        set_up();
        ck_assert_int_eq(pipe(alarm), 0);
        t = task_create(waits_to_read, WORD("a"));
        settle();
        io = io_new(loop_current(), alarm[0], IO_READ, cancel_task, t);
        ck_assert_int_eq(write(ready_first ? fds[1] : alarm[1], "x", 1), 1);
        ck_assert_int_eq(write(ready_first ? alarm[1] : fds[1], "x", 1), 1);
        r = task_await(t);
        ck_assert(r == IO_READ || r == -ECANCELED);
        task_unref(t);
        io_free(io);
        close(alarm[0]);
        close(alarm[1]);
        tear_down();
    }
    return 0;
}

START_TEST(ready_and_cancelled_at_once)
{
    run(ready_and_cancelled);
}
END_TEST

static int timed_out(void *arg)
{
    struct task *t;

    (void)arg;
    set_up();
    t = task_create(waits_to_read, WORD("a"));
    ck_assert_int_eq(wait_for(task_future(t), 0.001), -ETIMEDOUT);
    task_unref(t);
    tear_down();
    return 0;
}

START_TEST(under_a_time_limit)
{
    run(timed_out);
}
END_TEST

static int waits_for(void *arg)
{
    return io_wait(fds[0], *(unsigned *)arg);
}

static int both_sides(void *arg)
{
    unsigned read = IO_READ, write_ = IO_WRITE;
    struct task *r, *w;

    (void)arg;
    set_up();
    r = task_create(waits_for, &read);
    w = task_create(waits_for, &write_);
    ck_assert_int_eq(task_await(w), IO_WRITE);
    ck_assert(!task_done(r));
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(task_await(r), IO_READ);
    task_unref(r);
    task_unref(w);
    tear_down();
    return 0;
}

START_TEST(two_tasks_on_one_descriptor)
{
    run(both_sides);
}
END_TEST

static int regular_file(void *arg)
{
    FILE *file = tmpfile();

    (void)arg;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(io_wait(fileno(file), IO_READ), IO_READ);
    ck_assert_int_eq(io_wait(fileno(file), IO_WRITE), IO_WRITE);
    fclose(file);
    return 0;
}

START_TEST(a_regular_file_is_ready)
{
    run(regular_file);
}
END_TEST

/* Bytes through a pipe that is smaller than they are, both ends in one thread. */
enum { BYTES = 1 << 20 };

static int writes_all(void *arg)
{
    static char block[65536];

    (void)arg;
    for (size_t left = BYTES; left > 0;) {
        ssize_t n = write(fds[1], block, left < sizeof(block) ? left : sizeof(block));

        if (n < 0) {
            ck_assert_int_eq(errno, EAGAIN);
            ck_assert_int_eq(io_wait(fds[1], IO_WRITE), IO_WRITE);
        } else {
            left -= (size_t)n;
        }
    }
    close(fds[1]);
    return 0;
}

static int reads_all(void *arg)
{
    static char block[65536];
    int sum = 0;
    ssize_t n;

    (void)arg;
    ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
    task_unref(task_create(writes_all, NULL));
    for (;;) {
        ck_assert_int_eq(io_wait(fds[0], IO_READ), IO_READ);
        if ((n = read(fds[0], block, sizeof(block))) == 0)
            break;
        if (n > 0)
            sum += (int)n;
    }
    close(fds[0]);
    return sum;
}

START_TEST(through_a_pipe)
{
    ck_assert_int_eq(run(reads_all), BYTES);
}
END_TEST

/* ---- misuse ---- */

static int no_events(void *arg)
{
    (void)arg;
    return io_wait(0, 0);
}

START_TEST(waits_for_nothing)
{
    expect_abort();
    run(no_events);
}
END_TEST

static int closed_descriptor(void *arg)
{
    (void)arg;
    set_up();
    tear_down();
    return io_wait(fds[0], IO_READ);
}

START_TEST(waits_for_a_closed_descriptor)
{
    expect_abort();
    run(closed_descriptor);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE(
        "async_io", waits_until_there_is_something, returns_what_there_is,
        cancelled_while_it_waits, ready_and_cancelled_at_once, under_a_time_limit,
        two_tasks_on_one_descriptor, a_regular_file_is_ready, through_a_pipe);

    return WITH_ABORTS(s, waits_for_nothing, waits_for_a_closed_descriptor);
}

int main(void)
{
    return check_main(make);
}
