#include "check_async.h"

/* ---- wait_for ---- */

static struct future f;

static int sleeps(void *arg)
{
    int r = task_sleep(*(double *)arg);

    note("sleep:%d", r);
    return r < 0 ? r : 3;
}

static int in_time(void *arg)
{
    double seconds = 0.001;
    struct task *t = task_create(sleeps, &seconds);

    (void)arg;
    ck_assert_int_eq(wait_for(task_future(t), AGES), 3);
    ck_assert_int_eq(wait_for(task_future(t), 0), 3); /* done: no time is needed */
    task_unref(t);
    t = task_create(sleeps, &seconds);
    ck_assert_int_eq(wait_for(task_future(t), WAIT_FOREVER), 3);
    task_unref(t);
    future_init(&f, "test");
    future_set_error(&f, -EIO);
    ck_assert_int_eq(wait_for(&f, -1), -EIO);
    return 0;
}

START_TEST(wait_for_comes_in_time)
{
    run(in_time);
}
END_TEST

static int too_late(void *arg)
{
    double seconds = AGES;
    struct task *t = task_create(sleeps, &seconds);

    (void)arg;
    ck_assert_int_eq(wait_for(task_future(t), 0.01), -ETIMEDOUT);
    ck_assert(task_done(t)); /* its end was awaited */
    task_unref(t);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);
    ck_assert_int_eq(task_yield(), 0);
    future_init(&f, "test");
    ck_assert_int_eq(wait_for(&f, 0.001), -ETIMEDOUT);
    ck_assert(future_cancelled(&f));
    ck_assert_journal("sleep:-125");
    return 0;
}

START_TEST(wait_for_comes_too_late)
{
    run(too_late);
}
END_TEST

static int no_time(void *arg)
{
    double seconds = 0;
    struct task *t = task_create(sleeps, &seconds);

    (void)arg;
    ck_assert_int_eq(wait_for(task_future(t), 0), -ETIMEDOUT);
    task_unref(t);
    t = task_create(sleeps, &seconds);
    ck_assert_int_eq(wait_for(task_future(t), -3), -ETIMEDOUT);
    task_unref(t);
    ck_assert_journal(""); /* neither began */
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(wait_for_no_time_at_all)
{
    run(no_time);
}
END_TEST

static int refuses(void *arg)
{
    note("1:%d", task_sleep(AGES));
    note("2:%d", task_sleep(0.01));
    return *(int *)arg;
}

/* Its end is awaited however long it takes, and what it returns is returned. */
static int refused(void *arg)
{
    int results[] = {7, -EIO};

    (void)arg;
    for (int i = 0; i < 2; i++) {
        struct task *t = task_create(refuses, &results[i]);

        ck_assert_int_eq(wait_for(task_future(t), 0.001), results[i]);
        task_unref(t);
        ck_assert_int_eq(task_yield(), 0);
    }
    ck_assert_journal("1:-125 2:0 1:-125 2:0");
    return 0;
}

START_TEST(wait_for_one_who_refuses)
{
    run(refused);
}
END_TEST

static bool refuse(struct future *pending)
{
    (void)pending;
    note("asked");
    return false;
}

static void complete(void *arg)
{
    future_set_result(arg, NULL);
}

static int future_refused(void *arg)
{
    struct timer t;

    (void)arg;
    future_init(&f, "test");
    f.cancel = refuse;
    timer_init(&t, complete, &f);
    loop_call_later(loop_current(), &t, 0.02);
    ck_assert_int_eq(wait_for(&f, 0.001), 0);
    ck_assert_int_eq(task_yield(), 0); /* the request went with the limit */
    ck_assert_journal("asked");
    return 0;
}

START_TEST(wait_for_what_cannot_be_cancelled)
{
    run(future_refused);
}
END_TEST

struct limited {
    struct future *future;
    double seconds;
};

static int waits_for(void *arg)
{
    const struct limited *l = arg;
    int r = wait_for(l->future, l->seconds);

    note("wait_for:%d", r);
    note("next:%d", task_yield());
    return r;
}

static int caller_cancelled(void *arg)
{
    double seconds = AGES;
    struct task *inner = task_create(sleeps, &seconds);
    struct limited l = {task_future(inner), AGES};
    struct task *t = task_create(waits_for, &l);

    (void)arg;
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    task_unref(inner);
    ck_assert_journal("sleep:-125 wait_for:-125 next:0");
    return 0;
}

START_TEST(wait_for_cancelled)
{
    run(caller_cancelled);
}
END_TEST

static int inner_cancelled(void *arg)
{
    double seconds = AGES;
    struct task *inner = task_create(sleeps, &seconds);
    struct limited l = {task_future(inner), AGES};
    struct task *t = task_create(waits_for, &l);

    (void)arg;
    settle();
    task_cancel(inner);
    ck_assert_int_eq(task_await(t), -ECANCELED); /* not in our name: no time-out */
    task_unref(inner);
    task_unref(t);
    ck_assert_journal("sleep:-125 wait_for:-125 next:0");
    return 0;
}

START_TEST(wait_for_one_who_is_cancelled)
{
    run(inner_cancelled);
}
END_TEST

static int with_shield(void *arg)
{
    return shield(arg);
}

static int shielded(void *arg)
{
    struct task *t;

    (void)arg;
    future_init(&f, "test");
    t = task_create(with_shield, &f);
    ck_assert_int_eq(wait_for(task_future(t), 0.001), -ETIMEDOUT);
    ck_assert(!future_done(&f));
    task_unref(t);
    return 0;
}

START_TEST(wait_for_a_shield)
{
    run(shielded);
}
END_TEST

/* ---- timeout ---- */

static int block_in_time(void *arg)
{
    struct timeout limit;

    (void)arg;
    timeout_begin(&limit, AGES);
    ck_assert_int_eq(task_sleep(0.001), 0);
    ck_assert_int_eq(task_yield(), 0);
    ck_assert_int_eq(timeout_end(&limit, 5), 5);
    timeout_begin(&limit, AGES);
    ck_assert_int_eq(timeout_end(&limit, -EIO), -EIO);
    timeout_begin(&limit, WAIT_FOREVER);
    ck_assert_int_eq(timeout_end(&limit, task_sleep(0.001)), 0);
    return 0;
}

START_TEST(block_comes_in_time)
{
    run(block_in_time);
}
END_TEST

static int block_too_late(void *arg)
{
    struct timeout limit;
    int r;

    (void)arg;
    timeout_begin(&limit, AGES);
    ck_assert_int_eq(task_sleep(0.001), 0);
    loop_call_later(loop_current(), &limit.timer, 0.001);
    r = task_sleep(AGES);
    ck_assert_int_eq(r, -ECANCELED);
    ck_assert_int_eq(task_yield(), 0); /* the clean-up is not limited */
    ck_assert_int_eq(timeout_end(&limit, r), -ETIMEDOUT);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);

    timeout_begin(&limit, 0); /* the first suspension is the last */
    r = task_sleep(AGES);
    ck_assert_int_eq(timeout_end(&limit, r), -ETIMEDOUT);
    timeout_begin(&limit, -1);
    r = task_yield();
    ck_assert_int_eq(timeout_end(&limit, r), -ETIMEDOUT);
    return 0;
}

START_TEST(block_comes_too_late)
{
    run(block_too_late);
}
END_TEST

static int block_succeeds(void *arg)
{
    struct timeout limit;

    (void)arg;
    timeout_begin(&limit, 0.001);
    task_sleep(AGES);
    ck_assert_int_eq(timeout_end(&limit, 5), 5);
    ck_assert_int_eq(task_yield(), 0);
    timeout_begin(&limit, 0.001);
    task_sleep(AGES);
    ck_assert_int_eq(timeout_end(&limit, -EIO), -EIO);
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(block_succeeds_or_fails_all_the_same)
{
    run(block_succeeds);
}
END_TEST

/* It expires when the block has its result already, and takes its request along. */
static int expires_at_the_end(void *arg)
{
    struct timeout limit;
    int r;

    (void)arg;
    future_init(&f, "test");
    future_set_result(&f, NULL);
    timeout_begin(&limit, 0);
    task_cancel(task_current()); /* as if it had expired now */
    limit.expired = true;
    r = future_await(&f);
    ck_assert_int_eq(timeout_end(&limit, r), 0);
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(block_ends_as_time_runs_out)
{
    run(expires_at_the_end);
}
END_TEST

/* When the inner limit has expired, the outer one does so while the clean-up sleeps. */
static int nested(double outer, double inner, double sleep, double clean_up)
{
    struct timeout o, i;
    int r;

    timeout_begin(&o, outer);
    timeout_begin(&i, inner);
    r = timeout_end(&i, task_sleep(sleep));
    note("inner:%d", r);
    if (r == -ETIMEDOUT) {
        if (clean_up == AGES)
            loop_call_later(loop_current(), &o.timer, 0.001);
        r = task_sleep(clean_up);
    }
    r = timeout_end(&o, r);
    note("outer:%d", r);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);
    ck_assert_int_eq(task_yield(), 0);
    return r;
}

static int nested_limits(void *arg)
{
    (void)arg;
    nested(AGES, AGES, 0.001, 0);
    nested(AGES, 0.001, AGES, 0.001);
    nested(0.001, AGES, AGES, 0);
    nested(AGES, 0.001, AGES, AGES);
    ck_assert_journal("inner:0 outer:0 inner:-110 outer:0 inner:-125 outer:-110 "
                      "inner:-110 outer:-110");
    return 0;
}

START_TEST(nested_in_each_other)
{
    run(nested_limits);
}
END_TEST

/* Both expire in one round: the outer one has it, in whatever order they do. */
static int nested_at_once(void *arg)
{
    struct timeout o, i;

    (void)arg;
    for (int inner_first = 0; inner_first < 2; inner_first++) {
        double now = loop_time();
        int r;

        timeout_begin(&o, AGES);
        timeout_begin(&i, AGES);
        loop_call_at(loop_current(), &o.timer, now - inner_first);
        loop_call_at(loop_current(), &i.timer, now - 1 + inner_first);
        r = timeout_end(&i, task_sleep(AGES));
        ck_assert_int_eq(r, -ECANCELED);
        ck_assert_int_eq(task_yield(), 0);
        ck_assert_int_eq(timeout_end(&o, r), -ETIMEDOUT);
        ck_assert_int_eq(task_yield(), 0);
        ck_assert_uint_eq(task_cancelling(task_current()), 0);
    }
    return 0;
}

START_TEST(nested_and_expired_at_once)
{
    run(nested_at_once);
}
END_TEST

static int limited_block(void *arg)
{
    struct timeout limit;
    int r;

    timeout_begin(&limit, *(double *)arg);
    r = timeout_end(&limit, task_sleep(AGES));
    note("%d", r);
    note("next:%d", task_yield());
    return r;
}

static void cancel_task(void *t)
{
    task_cancel(t);
}

/* Somebody else's request and the limit's in one round: cancelled, not timed out. */
static int cancelled_as_it_expires(void *arg)
{
    double seconds = 0.001;
    struct task *t = task_create(limited_block, &seconds);
    struct timer timer;
    double both_due;

    (void)arg;
    task_yield();
    timer_init(&timer, cancel_task, t);
    loop_call_later(loop_current(), &timer, 0.001);
    both_due = loop_time() + 0.002;
    while (loop_time() < both_due)
        ;
    ck_assert_int_eq(task_await(t), -ECANCELED);
    ck_assert_uint_eq(task_cancelling(t), 1);
    task_unref(t);
    ck_assert_journal("-125 next:0");
    return 0;
}

START_TEST(block_cancelled_as_it_expires)
{
    run(cancelled_as_it_expires);
}
END_TEST

/* In the clean-up of a task that was cancelled, a limit is a limit like any other. */
static int limit_in_clean_up(void *arg)
{
    struct timeout limit;

    (void)arg;
    task_cancel(task_current());
    ck_assert_int_eq(task_yield(), -ECANCELED);
    timeout_begin(&limit, 0.001);
    ck_assert_int_eq(timeout_end(&limit, task_sleep(AGES)), -ETIMEDOUT);
    ck_assert_uint_eq(task_cancelling(task_current()), 1);
    ck_assert_int_eq(task_yield(), 0);

    future_init(&f, "test"); /* and leaves nothing behind when it was not needed */
    future_set_result(&f, NULL);
    timeout_begin(&limit, 0);
    task_cancel(task_current());
    limit.expired = true;
    ck_assert_int_eq(timeout_end(&limit, future_await(&f)), 0);
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(limit_in_the_clean_up)
{
    run(limit_in_clean_up);
}
END_TEST

/* A request that no await has returned yet is not mistaken for the limit's. */
static int request_before_the_limit(void *arg)
{
    struct timeout limit;
    int r;

    (void)arg;
    future_init(&f, "test");
    task_cancel(task_current());
    ck_assert_int_eq(wait_for(&f, 0), -ECANCELED);
    ck_assert_uint_eq(task_cancelling(task_current()), 1);
    task_uncancel(task_current());

    task_cancel(task_current());
    timeout_begin(&limit, 0.001);
    r = task_sleep(AGES);
    ck_assert_int_eq(timeout_end(&limit, r), -ECANCELED);
    return 0;
}

START_TEST(request_from_before_the_limit)
{
    run(request_before_the_limit);
}
END_TEST

static int wait_for_nested(void *arg)
{
    struct task *t;
    double seconds = AGES;
    struct limited l;

    (void)arg;
    t = task_create(sleeps, &seconds);
    l = (struct limited){task_future(t), AGES};
    struct task *outer = task_create(waits_for, &l);
    ck_assert_int_eq(wait_for(task_future(outer), 0.01), -ETIMEDOUT);
    ck_assert_int_eq(task_result(t), -ECANCELED);
    task_unref(t);
    task_unref(outer);
    ck_assert_journal("sleep:-125 wait_for:-125 next:0");
    return 0;
}

START_TEST(wait_for_a_wait_for)
{
    run(wait_for_nested);
}
END_TEST

/* ---- misuse ---- */

START_TEST(limit_outside_a_task)
{
    struct timeout limit;

    expect_abort();
    loop_new();
    timeout_begin(&limit, 1);
}
END_TEST

static struct timeout shared;

static int ends_anothers(void *arg)
{
    (void)arg;
    return timeout_end(&shared, 0);
}

static int begins(void *arg)
{
    timeout_begin(&shared, AGES);
    return task_await(task_create(ends_anothers, arg));
}

START_TEST(limit_ended_by_another_task)
{
    expect_abort();
    run(begins);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE(
        "async_timeout", wait_for_comes_in_time, wait_for_comes_too_late,
        wait_for_no_time_at_all, wait_for_one_who_refuses,
        wait_for_what_cannot_be_cancelled, wait_for_cancelled,
        wait_for_one_who_is_cancelled, wait_for_a_shield, block_comes_in_time,
        block_comes_too_late, block_succeeds_or_fails_all_the_same,
        block_ends_as_time_runs_out, nested_in_each_other, nested_and_expired_at_once,
        block_cancelled_as_it_expires, limit_in_the_clean_up,
        request_from_before_the_limit, wait_for_a_wait_for);

    return WITH_ABORTS(s, limit_outside_a_task, limit_ended_by_another_task);
}

int main(void)
{
    return check_main(make);
}
