#include "check_async.h"

static struct future f;

static void note_result(struct future *done, void *word)
{
    note("%s:%d", (const char *)word, future_result(done));
}

static int init(void *arg)
{
    (void)arg;
    future_init(&f, "test");
    ck_assert(!future_done(&f));
    ck_assert(!future_cancelled(&f));
    return 0;
}

/* ---- ways to be done ---- */

static int results(void *arg)
{
    int x;

    init(arg);
    future_set_result(&f, &x);
    ck_assert(future_done(&f));
    ck_assert_int_eq(future_result(&f), 0);
    ck_assert_ptr_eq(future_value(&f), &x);
    ck_assert(!future_cancel(&f)); /* too late */
    ck_assert_int_eq(future_await(&f), 0);
    init(arg);
    future_set_error(&f, -EIO);
    ck_assert_int_eq(future_result(&f), -EIO);
    ck_assert_ptr_null(future_value(&f));
    ck_assert(!future_cancelled(&f));
    init(arg);
    ck_assert(future_cancel(&f));
    ck_assert(future_cancelled(&f));
    ck_assert_int_eq(future_result(&f), -ECANCELED);
    ck_assert(!future_cancel(&f));
    future_clear(&f);
    return 1;
}

START_TEST(value_error_cancelled)
{
    ck_assert_int_eq(run(results), 1);
}
END_TEST

static bool refuse(struct future *pending)
{
    (void)pending;
    note("asked");
    return false;
}

static int refuses(void *arg)
{
    init(arg);
    f.cancel = refuse;
    ck_assert(!future_cancel(&f));
    ck_assert(!future_done(&f));
    future_set_result(&f, NULL);
    ck_assert(!future_cancel(&f)); /* not asked any more */
    ck_assert_journal("asked");
    return 0;
}

START_TEST(may_refuse)
{
    run(refuses);
}
END_TEST

/* ---- callbacks ---- */

static struct future_callback a, b, c;

static int callbacks_in_order(void *arg)
{
    init(arg);
    future_add_done_callback(&f, &a, note_result, WORD("a"));
    future_add_done_callback(&f, &b, note_result, WORD("b"));
    future_set_error(&f, -EIO);
    ck_assert_journal(""); /* later, on the loop */
    future_add_done_callback(&f, &c, note_result, WORD("c"));
    task_yield();
    ck_assert_journal("a:-5 b:-5 c:-5");
    future_remove_done_callback(&a);
    return 0;
}

START_TEST(callbacks_run_in_order)
{
    run(callbacks_in_order);
}
END_TEST

static int callbacks_removed(void *arg)
{
    init(arg);
    future_add_done_callback(&f, &a, note_result, WORD("a"));
    future_add_done_callback(&f, &b, note_result, WORD("b"));
    future_add_done_callback(&f, &c, note_result, WORD("c"));
    future_remove_done_callback(&b);
    future_remove_done_callback(&b);
    future_cancel(&f);
    future_remove_done_callback(&c); /* on its way already */
    task_yield();
    ck_assert_journal("a:-125");
    return 0;
}

START_TEST(callbacks_are_removed)
{
    run(callbacks_removed);
}
END_TEST

static void remove_b(struct future *done, void *word)
{
    note_result(done, word);
    future_remove_done_callback(&b);
}

static int callback_removes_next(void *arg)
{
    init(arg);
    future_add_done_callback(&f, &a, remove_b, WORD("a"));
    future_add_done_callback(&f, &b, note_result, WORD("b"));
    future_set_result(&f, NULL);
    task_yield();
    ck_assert_journal("a:0");
    return 0;
}

START_TEST(a_callback_removes_the_next)
{
    run(callback_removes_next);
}
END_TEST

/* ---- awaiting ---- */

static int await_it(void *word)
{
    int r = future_await(&f);

    note("%s:%d", (const char *)word, r);
    return r;
}

static struct task *start(task_fn *fn, void *arg)
{
    struct task *t = task_create(fn, arg);

    task_yield();
    return t;
}

static int waiters_in_order(void *arg)
{
    struct task *t[3];

    init(arg);
    t[0] = start(await_it, WORD("a"));
    t[1] = start(await_it, WORD("b"));
    t[2] = start(await_it, WORD("c"));
    future_set_result(&f, NULL);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(task_await(t[i]), 0);
        task_unref(t[i]);
    }
    ck_assert_journal("a:0 b:0 c:0");
    return 0;
}

START_TEST(waiters_wake_in_order)
{
    run(waiters_in_order);
}
END_TEST

/* As in asyncio: who is cancelled cancels what it awaits, for all. */
static int one_waiter_cancelled(void *arg)
{
    struct task *first, *second;

    init(arg);
    first = start(await_it, WORD("a"));
    second = start(await_it, WORD("b"));
    ck_assert_int_eq(cancel_and_await(second), -ECANCELED);
    ck_assert(future_cancelled(&f));
    ck_assert_int_eq(task_await(first), -ECANCELED);
    ck_assert_uint_eq(task_cancelling(first), 0);
    task_unref(first);
    ck_assert_journal("a:-125 b:-125");
    return 0;
}

START_TEST(a_cancelled_waiter_cancels_the_future)
{
    run(one_waiter_cancelled);
}
END_TEST

/* The result came first: the task has it, and learns of the request afterwards. */
static int await_then_yield(void *word)
{
    await_it(word);
    note("then:%d", task_yield());
    note("then:%d", task_yield());
    return 0;
}

static int result_before_cancel(void *arg)
{
    struct task *t;

    init(arg);
    t = start(await_then_yield, WORD("a"));
    future_set_result(&f, NULL);
    task_cancel(t);
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    ck_assert_journal("a:0 then:-125 then:0");
    return 0;
}

START_TEST(a_result_is_not_taken_away)
{
    run(result_before_cancel);
}
END_TEST

static int refused_then_result(void *arg)
{
    struct task *t;

    init(arg);
    f.cancel = refuse;
    t = start(await_then_yield, WORD("a"));
    task_cancel(t);
    task_cancel(t);
    settle();
    ck_assert_journal("asked asked");
    future_set_result(&f, NULL);
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    ck_assert_journal("asked asked a:0 then:-125 then:0");
    return 0;
}

START_TEST(a_refusal_is_awaited)
{
    run(refused_then_result);
}
END_TEST

static int await_done(void *arg)
{
    struct task *other;

    init(arg);
    future_set_result(&f, NULL);
    other = task_create(await_it, WORD("other"));
    ck_assert_int_eq(future_await(&f), 0);
    note("main"); /* did not suspend */
    task_await(other);
    task_unref(other);
    ck_assert_journal("main other:0");
    return 0;
}

START_TEST(a_done_future_does_not_suspend)
{
    run(await_done);
}
END_TEST

/* ---- misuse ---- */

static int set_twice(void *arg)
{
    init(arg);
    future_set_result(&f, NULL);
    future_set_error(&f, -EIO);
    return 0;
}

START_TEST(completed_twice)
{
    expect_abort();
    run(set_twice);
}
END_TEST

static int set_no_error(void *arg)
{
    init(arg);
    future_set_error(&f, 5);
    return 0;
}

START_TEST(positive_error)
{
    expect_abort();
    run(set_no_error);
}
END_TEST

static int ask_pending(void *arg)
{
    init(arg);
    return future_result(&f);
}

START_TEST(result_of_a_pending_one)
{
    expect_abort();
    run(ask_pending);
}
END_TEST

static int clear_awaited(void *arg)
{
    init(arg);
    start(await_it, WORD("a"));
    future_clear(&f);
    return 0;
}

START_TEST(cleared_while_awaited)
{
    expect_abort();
    run(clear_awaited);
}
END_TEST

static void await_in_callback(struct future *done, void *arg)
{
    (void)arg;
    future_await(done);
}

static int await_outside(void *arg)
{
    init(arg);
    future_add_done_callback(&f, &a, await_in_callback, NULL);
    future_set_result(&f, NULL);
    return task_yield();
}

START_TEST(awaited_in_a_callback)
{
    expect_abort();
    run(await_outside);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE(
        "async_future", value_error_cancelled, may_refuse, callbacks_run_in_order,
        callbacks_are_removed, a_callback_removes_the_next, waiters_wake_in_order,
        a_cancelled_waiter_cancels_the_future, a_result_is_not_taken_away,
        a_refusal_is_awaited, a_done_future_does_not_suspend);

    return WITH_ABORTS(s, completed_twice, positive_error, result_of_a_pending_one,
                       cleared_while_awaited, awaited_in_a_callback);
}

int main(void)
{
    return check_main(make);
}
