#include "check_async.h"

#include <pthread.h>
#include <unistd.h>

#include "async/loop_internal.h"

static struct loop *loop;
static struct future over;

static void set_up(void)
{
    journal_reset();
    loop = loop_new();
    future_init(&over, "the end");
}

static void tear_down(void)
{
    future_clear(&over);
    loop_free(loop);
}

static void end(void *arg)
{
    (void)arg;
    future_set_result(&over, NULL);
}

static void run_to_end(void)
{
    loop_run_until_complete(loop, &over);
}

/* ---- soon ---- */

START_TEST(runs_in_order)
{
    struct handle a, b, c;

    set_up();
    handle_init(&a, note_word, WORD("a"));
    handle_init(&b, note_word, WORD("b"));
    handle_init(&c, end, NULL);
    loop_call_soon(loop, &a);
    loop_call_soon(loop, &b);
    loop_call_soon(loop, &a); /* changes nothing */
    loop_call_soon(loop, &c);
    run_to_end();
    ck_assert_journal("a b");
    tear_down();
}
END_TEST

static struct handle first, second, third, last;

static void note_and_schedule(void *word)
{
    note_word(word);
    loop_call_soon(loop, &third);
}

START_TEST(what_is_scheduled_meanwhile_runs_in_the_next_round)
{
    set_up();
    handle_init(&first, note_and_schedule, WORD("1"));
    handle_init(&second, note_word, WORD("2"));
    handle_init(&third, end, NULL);
    loop_call_soon(loop, &first);
    loop_call_soon(loop, &second);
    run_to_end();
    ck_assert_journal("1 2");
    tear_down();
}
END_TEST

static void cancel_handle(void *h)
{
    handle_cancel(h);
}

START_TEST(a_handle_is_taken_back_within_its_round)
{
    set_up();
    handle_init(&first, cancel_handle, &second);
    handle_init(&second, note_word, WORD("never"));
    handle_init(&third, end, NULL);
    loop_call_soon(loop, &first);
    loop_call_soon(loop, &second);
    loop_call_soon(loop, &third);
    run_to_end();
    ck_assert_journal("");
    handle_cancel(&second); /* harmless */
    tear_down();
}
END_TEST

static void note_and_repeat(void *h)
{
    note("r");
    loop_call_soon(loop, h);
}

static void end_it(void *arg)
{
    note("end");
    end(arg);
}

START_TEST(returns_after_the_round_that_completes)
{
    set_up();
    handle_init(&first, note_and_repeat, &first);
    handle_init(&second, end_it, NULL);
    handle_init(&third, note_word, WORD("same"));
    loop_call_soon(loop, &first);
    loop_call_soon(loop, &second);
    loop_call_soon(loop, &third);
    run_to_end();
    ck_assert_journal("r end same");
    run_to_end(); /* at once: no round at all */
    ck_assert_journal("r end same");
    tear_down();
}
END_TEST

static void stop(void *arg)
{
    (void)arg;
    note("stop");
    loop_stop(loop);
}

START_TEST(stop_ends_the_round_and_does_not_wait)
{
    struct timer far;

    set_up();
    timer_init(&far, note_word, WORD("never"));
    loop_call_later(loop, &far, AGES);
    handle_init(&first, stop, NULL);
    handle_init(&second, note_and_repeat, &second);
    loop_call_soon(loop, &first);
    loop_call_soon(loop, &second);
    run_to_end();
    ck_assert_journal("stop r");
    ck_assert(!future_done(&over));
    handle_init(&third, end, NULL);
    loop_call_soon(loop, &third);
    run_to_end(); /* goes on where it stopped */
    ck_assert_journal("stop r r");
    timer_stop(&far);
    tear_down();
}
END_TEST

START_TEST(handles_outlive_the_loop)
{
    set_up();
    handle_init(&first, note_word, WORD("never"));
    handle_init(&second, end, NULL);
    handle_init(&third, note_word, WORD("never"));
    loop_call_soon(loop, &first);
    loop_call_soon_threadsafe(loop, &third);
    tear_down();
    handle_cancel(&first); /* neither is linked to what was the loop */
    handle_cancel(&third);
    ck_assert_journal("");
}
END_TEST

/* ---- from other threads ---- */

enum { CALLS = 1000 };

static struct handle calls[CALLS];
static int called;

static void count_call(void *arg)
{
    ck_assert_ptr_eq(arg, &calls[called]); /* in order */
    loop_expect(loop, -1);
    if (++called == CALLS)
        end(NULL);
}

static void *call_from_thread(void *arg)
{
    for (int i = 0; i < CALLS; i++)
        loop_call_soon_threadsafe(arg, &calls[i]);
    return NULL;
}

START_TEST(calls_from_another_thread)
{
    pthread_t thread;

    set_up();
    called = 0;
    for (int i = 0; i < CALLS; i++)
        handle_init(&calls[i], count_call, &calls[i]);
    loop_expect(loop, CALLS);
    pthread_create(&thread, NULL, call_from_thread, loop);
    run_to_end();
    pthread_join(thread, NULL);
    ck_assert_int_eq(called, CALLS);
    tear_down();
}
END_TEST

/* ---- fairness ---- */

static void busy(void *h)
{
    loop_call_soon(loop, h);
}

static void ready_to_read(void *arg, unsigned events)
{
    ck_assert_uint_eq(events, IO_READ);
    end(arg);
}

START_TEST(a_busy_loop_still_looks_at_descriptors)
{
    struct io *io;
    int fds[2];

    set_up();
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    handle_init(&first, busy, &first);
    loop_call_soon(loop, &first);
    io = io_new(loop, fds[0], IO_READ, ready_to_read, NULL);
    run_to_end();
    io_free(io);
    close(fds[0]);
    close(fds[1]);
    tear_down();
}
END_TEST

START_TEST(a_busy_loop_still_looks_at_timers)
{
    struct timer t;

    set_up();
    handle_init(&first, busy, &first);
    loop_call_soon(loop, &first);
    timer_init(&t, end, NULL);
    loop_call_later(loop, &t, 0.01);
    run_to_end();
    tear_down();
}
END_TEST

/* ---- descriptors ---- */

static struct io *watched;
static int seen;

static void free_within(void *arg, unsigned events)
{
    (void)events;
    seen++;
    io_free(watched);
    watched = NULL;
    end(arg);
}

START_TEST(io_is_freed_from_within)
{
    int fds[2];

    set_up();
    seen = 0;
    ck_assert_int_eq(pipe(fds), 0);
    watched = io_new(loop, fds[1], IO_WRITE, free_within, NULL);
    run_to_end();
    ck_assert_int_eq(seen, 1);
    io_free(NULL);
    close(fds[0]);
    close(fds[1]);
    tear_down();
}
END_TEST

/* Not wanted any more, until the timer that is the argument says so. */
static void count_and_end(void *arg, unsigned events)
{
    note(events == IO_WRITE ? "write" : "other");
    if (++seen == 2) {
        end(NULL);
    } else {
        io_set(watched, 0);
        loop_call_later(loop, arg, 0.02);
    }
}

static void want_write(void *arg)
{
    (void)arg;
    note("again");
    io_set(watched, IO_WRITE);
}

START_TEST(io_is_level_triggered_and_set_anew)
{
    struct timer t;
    int fds[2];

    set_up();
    seen = 0;
    ck_assert_int_eq(pipe(fds), 0);
    timer_init(&t, want_write, NULL);
    watched = io_new(loop, fds[1], 0, count_and_end, &t);
    io_set(watched, IO_WRITE);
    run_to_end();
    ck_assert_journal("write again write");
    io_free(watched);
    close(fds[0]);
    close(fds[1]);
    tear_down();
}
END_TEST

/* The number of a closed descriptor comes back with the next file. */
START_TEST(io_follows_a_descriptor_that_was_opened_anew)
{
    int fds[2], again[2];

    set_up();
    seen = 0;
    ck_assert_int_eq(pipe(fds), 0);
    watched = io_new(loop, fds[1], IO_WRITE, free_within, NULL);
    run_to_end();
    close(fds[0]);
    close(fds[1]);
    ck_assert_int_eq(pipe(again), 0);
    future_init(&over, "the end");
    watched = io_new(loop, again[1], IO_WRITE, free_within, NULL);
    run_to_end();
    ck_assert_int_eq(seen, 2);
    close(again[0]);
    close(again[1]);
    tear_down();
}
END_TEST

/* ---- the rest ---- */

START_TEST(time_goes_forward)
{
    double before = loop_time();

    for (int i = 0; i < 1000; i++) {
        double now = loop_time();

        ck_assert(now >= before);
        before = now;
    }
}
END_TEST

START_TEST(one_loop_after_the_other)
{
    for (int i = 0; i < 100; i++) {
        set_up();
        handle_init(&last, end, NULL);
        loop_call_soon(loop, &last);
        run_to_end();
        tear_down();
    }
}
END_TEST

/* ---- misuse ---- */

START_TEST(nothing_left_to_wait_for)
{
    expect_abort();
    set_up();
    run_to_end();
}
END_TEST

START_TEST(two_loops)
{
    expect_abort();
    loop_new();
    loop_new();
}
END_TEST

START_TEST(no_loop)
{
    expect_abort();
    loop_current();
}
END_TEST

static void run_again(void *arg)
{
    (void)arg;
    run_to_end();
}

static int run_inside_task(void *arg)
{
    run_again(arg);
    return 0;
}

START_TEST(run_inside_a_task)
{
    expect_abort();
    set_up();
    task_create(run_inside_task, NULL);
    run_to_end();
}
END_TEST

START_TEST(free_with_a_timer_armed)
{
    struct timer t;

    expect_abort();
    set_up();
    timer_init(&t, note_word, WORD("never"));
    loop_call_later(loop, &t, AGES);
    loop_free(loop);
}
END_TEST

START_TEST(free_with_a_task_left)
{
    expect_abort();
    set_up();
    task_create(run_inside_task, NULL);
    loop_free(loop);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE(
        "async_loop", runs_in_order, what_is_scheduled_meanwhile_runs_in_the_next_round,
        a_handle_is_taken_back_within_its_round, returns_after_the_round_that_completes,
        stop_ends_the_round_and_does_not_wait, handles_outlive_the_loop,
        calls_from_another_thread, a_busy_loop_still_looks_at_descriptors,
        a_busy_loop_still_looks_at_timers, io_is_freed_from_within,
        io_is_level_triggered_and_set_anew,
        io_follows_a_descriptor_that_was_opened_anew, time_goes_forward,
        one_loop_after_the_other);

    return WITH_ABORTS(s, nothing_left_to_wait_for, two_loops, no_loop,
                       run_inside_a_task, free_with_a_timer_armed,
                       free_with_a_task_left);
}

int main(void)
{
    return check_main(make);
}
