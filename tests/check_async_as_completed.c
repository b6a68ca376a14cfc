#include "check_async.h"

enum { N = 4 };

static struct future f[N];
static struct future *all[N];
static struct as_completed it;

static void set_up(size_t n)
{
    for (int i = 0; i < N; i++) {
        future_init(&f[i], "test");
        all[i] = &f[i];
    }
    as_completed_init(&it, all, n);
}

static void tear_down(void)
{
    as_completed_clear(&it);
    for (int i = 0; i < N; i++)
        future_clear(&f[i]);
}

/* Takes all there are and notes which. */
static int takes_all(void *arg)
{
    struct future *done;
    int r;

    (void)arg;
    while ((r = as_completed_next(&it, &done)) > 0)
        note("%d", (int)(done - f));
    note("end:%d", r);
    return r;
}

static int order(void *arg)
{
    struct task *t;

    set_up(N);
    t = task_create(takes_all, arg);
    settle();
    future_set_result(&f[2], NULL);
    settle();
    ck_assert_journal("2");
    future_set_error(&f[3], -EIO);
    future_cancel(&f[0]);
    settle();
    ck_assert_journal("2 3 0");
    future_set_result(&f[1], NULL);
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    tear_down();
    ck_assert_journal("2 3 0 1 end:0");
    return 0;
}

START_TEST(in_order_of_completion)
{
    run(order);
}
END_TEST

static int all_before(void *arg)
{
    set_up(N);
    future_set_result(&f[3], NULL);
    future_set_result(&f[1], NULL);
    future_set_result(&f[0], NULL);
    future_set_result(&f[2], NULL);
    ck_assert_int_eq(takes_all(arg), 0);
    ck_assert_int_eq(takes_all(arg), 0); /* the end stays the end */
    tear_down();
    ck_assert_journal("3 1 0 2 end:0 end:0");
    return 0;
}

START_TEST(done_before_anybody_asks)
{
    run(all_before);
}
END_TEST

static int done_at_the_start(void *arg)
{
    set_up(0);
    ck_assert_int_eq(takes_all(arg), 0);
    future_set_result(&f[2], NULL);
    future_set_result(&f[1], NULL);
    as_completed_clear(&it);
    as_completed_init(&it, all + 1, 2);
    ck_assert_int_eq(takes_all(arg), 0);
    tear_down();
    ck_assert_journal("end:0 1 2 end:0"); /* in input order: which came first is gone */
    return 0;
}

START_TEST(done_at_the_beginning_and_none)
{
    run(done_at_the_start);
}
END_TEST

static int cleared_early(void *arg)
{
    struct future *done;

    (void)arg;
    set_up(N);
    future_set_result(&f[1], NULL);
    ck_assert_int_eq(as_completed_next(&it, &done), 1);
    ck_assert_ptr_eq(done, &f[1]);
    future_set_result(&f[2], NULL);
    task_yield();                   /* lined up and not taken */
    future_set_result(&f[3], NULL); /* on its way */
    tear_down();
    settle();
    return 0;
}

START_TEST(ends_before_the_last)
{
    run(cleared_early);
}
END_TEST

static int cancelled(void *arg)
{
    struct task *t;

    set_up(N);
    t = task_create(takes_all, arg);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    for (int i = 0; i < N; i++)
        ck_assert(!future_done(&f[i]));
    for (int i = N - 1; i >= 0; i--)
        future_set_result(&f[i], NULL);
    ck_assert_int_eq(takes_all(arg), 0); /* and goes on */
    tear_down();
    ck_assert_journal("end:-125 3 2 1 0 end:0");
    return 0;
}

START_TEST(cancelling_the_caller)
{
    run(cancelled);
}
END_TEST

static int next_and_yield(void *arg)
{
    struct future *done = NULL;

    (void)arg;
    note("%d", as_completed_next(&it, &done));
    ck_assert_ptr_eq(done, &f[0]);
    note("next:%d", task_yield());
    return 0;
}

static int cancelled_too_late(void *arg)
{
    struct task *t;

    set_up(N);
    t = task_create(next_and_yield, arg);
    settle();
    future_set_result(&f[0], NULL);
    task_yield();
    cancel_and_await(t);
    tear_down();
    ck_assert_journal("1 next:-125");
    return 0;
}

START_TEST(a_late_request_waits)
{
    run(cancelled_too_late);
}
END_TEST

static int two_at_once(void *arg)
{
    set_up(N);
    task_create(takes_all, arg);
    task_create(takes_all, arg);
    settle();
    return 0;
}

START_TEST(two_tasks_at_once)
{
    expect_abort();
    run(two_at_once);
}
END_TEST

static Suite *make(void)
{
    Suite *s =
        CHECK_SUITE("async_as_completed", in_order_of_completion,
                    done_before_anybody_asks, done_at_the_beginning_and_none,
                    ends_before_the_last, cancelling_the_caller, a_late_request_waits);

    return WITH_ABORTS(s, two_tasks_at_once);
}

int main(void)
{
    return check_main(make);
}
