#include "check_async.h"

static struct event e;

static int waits(void *word)
{
    int r = event_wait(&e);

    note("%s:%d", (const char *)word, r);
    return r;
}

static int waits_then_yields(void *word)
{
    waits(word);
    note("next:%d", task_yield());
    return 0;
}

static int wakes_all(void *arg)
{
    struct task *a = task_create(waits, WORD("a")), *b = task_create(waits, WORD("b"));

    (void)arg;
    event_init(&e);
    ck_assert(!event_is_set(&e));
    settle();
    event_set(&e);
    ck_assert(event_is_set(&e));
    event_clear(&e); /* who was woken passes all the same */
    ck_assert(!event_is_set(&e));
    ck_assert_journal("");
    ck_assert_int_eq(task_await(a), 0);
    ck_assert_int_eq(task_await(b), 0);
    task_unref(a);
    task_unref(b);
    ck_assert_journal("a:0 b:0");
    event_set(&e);
    event_set(&e); /* harmless */
    ck_assert(event_is_set(&e));
    return 0;
}

START_TEST(wakes_all_in_order)
{
    run(wakes_all);
}
END_TEST

static int lets_pass(void *arg)
{
    struct task *a;

    (void)arg;
    event_init(&e);
    event_set(&e);
    ck_assert_int_eq(event_wait(&e), 0);
    task_cancel(task_current());
    ck_assert_int_eq(event_wait(&e), 0); /* what is there is not refused */
    ck_assert_int_eq(task_yield(), -ECANCELED);
    event_clear(&e);
    a = task_create(waits, WORD("a"));
    settle();
    ck_assert_journal("");
    event_set(&e);
    ck_assert_int_eq(task_await(a), 0);
    task_unref(a);
    return 0;
}

START_TEST(lets_pass_while_it_is_set)
{
    run(lets_pass);
}
END_TEST

static int cancelled(void *arg)
{
    struct task *a, *b;

    (void)arg;
    event_init(&e);
    a = task_create(waits, WORD("a"));
    b = task_create(waits_then_yields, WORD("b"));
    settle();
    ck_assert_int_eq(cancel_and_await(a), -ECANCELED);
    event_set(&e);
    ck_assert_int_eq(cancel_and_await(b), 0); /* too late */
    ck_assert_journal("a:-125 b:0 next:-125");
    ck_assert(list_empty(&e.waiters));
    return 0;
}

START_TEST(cancelled_before_and_after)
{
    run(cancelled);
}
END_TEST

/* Waits again at once: it is not woken a second time by the same event_set. */
static int waits_twice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++)
        note("%d", event_wait(&e));
    return 0;
}

static int set_and_clear(void *arg)
{
    struct task *a;

    event_init(&e);
    a = task_create(waits_twice, arg);
    settle();
    event_set(&e);
    event_clear(&e);
    settle();
    ck_assert_journal("0");
    ck_assert(!task_done(a));
    event_set(&e);
    task_await(a);
    task_unref(a);
    return 0;
}

START_TEST(a_pulse_wakes_once)
{
    run(set_and_clear);
}
END_TEST

static void set_event(void *arg)
{
    event_set(arg);
}

static int from_callback(void *arg)
{
    struct timer t;

    (void)arg;
    event_init(&e);
    timer_init(&t, set_event, &e);
    loop_call_later(loop_current(), &t, 0.001);
    return event_wait(&e);
}

START_TEST(set_by_a_callback)
{
    ck_assert_int_eq(run(from_callback), 0);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_event", wakes_all_in_order, lets_pass_while_it_is_set,
                       cancelled_before_and_after, a_pulse_wakes_once,
                       set_by_a_callback);
}

int main(void)
{
    return check_main(make);
}
