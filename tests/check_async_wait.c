#include "check_async.h"

enum { N = 4 };

static struct future f[N];
static struct future *all[N];

static void init_all(void)
{
    for (int i = 0; i < N; i++) {
        future_init(&f[i], "test");
        all[i] = &f[i];
    }
}

static void clear_all(void)
{
    for (int i = 0; i < N; i++)
        future_clear(&f[i]); /* nobody is left on any of them */
}

struct waiting {
    enum wait_when when;
    double seconds;
};

static int waits(void *arg)
{
    const struct waiting *w = arg;
    int r = future_wait(all, N, w->when, w->seconds);

    note("wait:%d", r);
    note("next:%d", task_yield());
    return r;
}

static struct task *start(struct waiting *w)
{
    struct task *t;

    init_all();
    t = task_create(waits, w);
    settle();
    return t;
}

static int end(struct task *t)
{
    int r = task_await(t);

    task_unref(t);
    clear_all();
    return r;
}

/* ---- when ---- */

static int first_completed(void *arg)
{
    struct waiting w = {WAIT_FIRST_COMPLETED, WAIT_FOREVER};
    struct task *t = start(&w);

    (void)arg;
    future_cancel(&f[2]); /* done is done, whatever the result */
    ck_assert_int_eq(end(t), 1);
    t = start(&w);
    future_set_result(&f[1], NULL);
    future_set_error(&f[3], -EIO);
    ck_assert_int_eq(end(t), 2); /* both, when it gets to look */
    return 0;
}

START_TEST(the_first_that_completes)
{
    run(first_completed);
}
END_TEST

static int first_error(void *arg)
{
    struct waiting w = {WAIT_FIRST_ERROR, WAIT_FOREVER};
    struct task *t = start(&w);

    (void)arg;
    future_set_result(&f[0], NULL);
    future_cancel(&f[1]); /* no error to asyncio.wait */
    settle();
    ck_assert(!task_done(t));
    future_set_error(&f[2], -EIO);
    ck_assert_int_eq(end(t), 3);
    t = start(&w);
    for (int i = 0; i < N; i++)
        future_set_result(&f[i], NULL);
    ck_assert_int_eq(end(t), N); /* none fails: all */
    return 0;
}

START_TEST(the_first_that_fails)
{
    run(first_error);
}
END_TEST

static int all_completed(void *arg)
{
    struct waiting w = {WAIT_ALL_COMPLETED, WAIT_FOREVER};
    struct task *t = start(&w);

    (void)arg;
    for (int i = 0; i < N; i++) {
        ck_assert(!task_done(t));
        future_set_error(&f[i], -EIO);
        settle();
    }
    ck_assert_int_eq(end(t), N);
    return 0;
}

START_TEST(all_that_there_are)
{
    run(all_completed);
}
END_TEST

static int enough_already(void *arg)
{
    struct task *other;

    (void)arg;
    init_all();
    future_set_error(&f[1], -EIO);
    other = task_create(waits, &(struct waiting){WAIT_ALL_COMPLETED, WAIT_FOREVER});
    ck_assert_int_eq(future_wait(all, N, WAIT_FIRST_COMPLETED, WAIT_FOREVER), 1);
    ck_assert_int_eq(future_wait(all, N, WAIT_FIRST_ERROR, 0), 1);
    ck_assert_int_eq(future_wait(all + 1, 1, WAIT_ALL_COMPLETED, WAIT_FOREVER), 1);
    ck_assert_int_eq(future_wait(NULL, 0, WAIT_FIRST_COMPLETED, WAIT_FOREVER), 0);
    note("main"); /* did not suspend: the other has not begun */
    task_yield();
    cancel_and_await(other);
    clear_all();
    ck_assert_journal("main wait:-125 next:0");
    return 0;
}

START_TEST(enough_are_done_already)
{
    run(enough_already);
}
END_TEST

/* ---- time ---- */

static int time_limit(void *arg)
{
    struct waiting w = {WAIT_ALL_COMPLETED, 0.01};
    struct task *t = start(&w);

    (void)arg;
    future_set_result(&f[1], NULL);
    ck_assert_int_eq(end(t), 1);
    ck_assert(!future_done(&f[0])); /* nothing is cancelled */
    w.seconds = 0;
    ck_assert_int_eq(end(start(&w)), 0);
    w.seconds = -1; /* less than nothing is left */
    ck_assert_int_eq(end(start(&w)), 0);
    w.seconds = AGES;
    t = start(&w);
    for (int i = 0; i < N; i++)
        future_set_result(&f[i], NULL);
    ck_assert_int_eq(end(t), N);
    return 0;
}

START_TEST(up_to_a_time)
{
    run(time_limit);
}
END_TEST

/* ---- cancelling ---- */

static int caller_cancelled(void *arg)
{
    struct waiting w = {WAIT_ALL_COMPLETED, AGES};
    struct task *t = start(&w);

    (void)arg;
    task_cancel(t);
    ck_assert_int_eq(end(t), -ECANCELED);
    for (int i = 0; i < N; i++)
        ck_assert(!future_done(&f[i]));
    ck_assert_journal("wait:-125 next:0");
    return 0;
}

START_TEST(cancelling_the_caller_cancels_none)
{
    run(caller_cancelled);
}
END_TEST

static int cancelled_too_late(void *arg)
{
    struct waiting w = {WAIT_FIRST_COMPLETED, AGES};
    struct task *t = start(&w);

    (void)arg;
    future_set_result(&f[0], NULL);
    task_yield();
    task_cancel(t);
    ck_assert_int_eq(end(t), 1);
    ck_assert_journal("wait:1 next:-125");
    return 0;
}

START_TEST(a_late_request_waits)
{
    run(cancelled_too_late);
}
END_TEST

/* ---- shield ---- */

static int shields(void *arg)
{
    int r = shield(arg);

    note("shield:%d", r);
    note("next:%d", task_yield());
    return r;
}

static int shielded(void *arg)
{
    struct task *t;

    (void)arg;
    init_all();
    t = task_create(shields, &f[0]);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert(!future_done(&f[0]));

    t = task_create(shields, &f[0]);
    settle();
    future_set_error(&f[0], -EIO);
    ck_assert_int_eq(task_await(t), -EIO);
    task_unref(t);

    t = task_create(shields, &f[1]);
    settle();
    future_cancel(&f[1]); /* the other way it is open */
    ck_assert_int_eq(task_await(t), -ECANCELED);
    ck_assert_uint_eq(task_cancelling(t), 0);
    task_unref(t);
    clear_all();
    ck_assert_journal("shield:-125 next:0 shield:-5 next:0 shield:-125 next:0");
    return 0;
}

START_TEST(shield_keeps_a_request_out)
{
    run(shielded);
}
END_TEST

/* In one round both come: whichever the task sees first, nothing is lost and nothing
 * wakes it twice. */
static int request_and_result(void *arg)
{
    struct task *t;

    (void)arg;
    init_all();
    t = task_create(shields, &f[0]);
    settle();
    task_cancel(t);
    future_set_result(&f[0], NULL);
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    t = task_create(shields, &f[1]);
    settle();
    future_set_result(&f[1], NULL);
    task_cancel(t);
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    t = task_create(shields, &f[2]);
    settle();
    future_cancel(&f[2]);
    task_cancel(t); /* one with the first: it is delivered once */
    ck_assert_int_eq(task_await(t), -ECANCELED);
    task_unref(t);
    clear_all();
    ck_assert_journal("shield:0 next:-125 shield:0 next:-125 shield:-125 next:0");
    return 0;
}

START_TEST(shield_with_both_at_once)
{
    run(request_and_result);
}
END_TEST

/* A cancellation goes down a chain as far as a shield and no further. */
static int awaits(void *t)
{
    return task_await(t);
}

static int chain_with_shield(void *arg)
{
    struct task *inner, *middle, *outer;

    (void)arg;
    init_all();
    inner = task_create(shields, &f[0]);
    middle = task_create(awaits, inner);
    outer = task_create(awaits, middle);
    settle();
    ck_assert_int_eq(cancel_and_await(outer), -ECANCELED);
    ck_assert(!future_done(&f[0]));
    ck_assert_int_eq(task_result(inner), -ECANCELED);
    task_unref(inner);
    task_unref(middle);
    clear_all();
    return 0;
}

START_TEST(shield_at_the_end_of_a_chain)
{
    run(chain_with_shield);
}
END_TEST

/* A shielded task is no link of the chain. */
static int shielded_task(void *arg)
{
    struct task *inner, *outer;

    (void)arg;
    init_all();
    inner = task_create(shields, &f[0]);
    outer = task_create(shields, task_future(inner));
    settle();
    ck_assert_int_eq(cancel_and_await(outer), -ECANCELED);
    settle();
    ck_assert(!task_done(inner));
    ck_assert_uint_eq(task_cancelling(inner), 0);
    future_set_result(&f[0], NULL);
    ck_assert_int_eq(task_await(inner), 0);
    task_unref(inner);
    clear_all();
    ck_assert_journal("shield:-125 next:0 shield:0 next:0");
    return 0;
}

START_TEST(shield_around_a_task)
{
    run(shielded_task);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_wait", the_first_that_completes, the_first_that_fails,
                       all_that_there_are, enough_are_done_already, up_to_a_time,
                       cancelling_the_caller_cancels_none, a_late_request_waits,
                       shield_keeps_a_request_out, shield_with_both_at_once,
                       shield_at_the_end_of_a_chain, shield_around_a_task);
}

int main(void)
{
    return check_main(make);
}
