#include "check_async.h"

#include <pthread.h>

/* ---- results and order ---- */

static int give(void *arg)
{
    return *(int *)arg;
}

START_TEST(run_returns_the_result)
{
    int results[] = {0, 7, -EIO};

    for (size_t i = 0; i < ARRAY_LEN(results); i++)
        ck_assert_int_eq(loop_run(give, &results[i]), results[i]);
}
END_TEST

static int note_it(void *word)
{
    note("%s", (const char *)word);
    return 0;
}

static int creates(void *arg)
{
    struct task *a = task_create(note_it, WORD("a")),
                *b = task_create(note_it, WORD("b"));

    (void)arg;
    note("main"); /* they start in the next round */
    ck_assert_int_eq(task_await(b), 0);
    ck_assert(task_done(a) && task_done(b));
    ck_assert_int_eq(task_result(a), 0);
    ck_assert_int_eq(task_await(a), 0);
    ck_assert(!task_cancel(a));
    task_unref(a);
    task_unref(b);
    task_unref(NULL);
    ck_assert_journal("main a b");
    return 0;
}

START_TEST(starts_in_order)
{
    run(creates);
}
END_TEST

static int unrefs_at_once(void *arg)
{
    (void)arg;
    task_unref(task_create(note_it, WORD("a")));
    task_yield();
    ck_assert_journal("a");
    return 0;
}

START_TEST(lives_on_without_a_reference)
{
    run(unrefs_at_once);
}
END_TEST

static int takes_turns(void *word)
{
    for (int i = 0; i < 3; i++) {
        note("%s%d", (const char *)word, i);
        task_yield();
    }
    return 0;
}

static int starts_turns(void *arg)
{
    struct task *a = task_create(takes_turns, WORD("a"));
    struct task *b = task_create(takes_turns, WORD("b"));

    (void)arg;
    task_await(a);
    task_await(b);
    task_unref(a);
    task_unref(b);
    ck_assert_journal("a0 b0 a1 b1 a2 b2");
    return 0;
}

START_TEST(yield_takes_turns)
{
    run(starts_turns);
}
END_TEST

struct sleeper {
    const char *word;
    double seconds;
};

static int sleeps(void *arg)
{
    const struct sleeper *s = arg;
    double start = loop_time();
    int r = task_sleep(s->seconds);

    if (r == 0)
        ck_assert(loop_time() - start >= s->seconds);
    note("%s:%d", s->word, r);
    return r;
}

static int sleep_order(void *arg)
{
    struct task *t[4];

    (void)arg;
    WITH_LIMITS(part)
    {
        struct sleeper s[] = {{"c", 3 * part}, {"a", part}, {"b", 2 * part}, {"z", 0}};
        double began = loop_time(), all_sleep;

        journal_reset();
        for (int i = 0; i < 4; i++)
            t[i] = task_create(sleeps, &s[i]);
        task_yield();
        all_sleep = loop_time();
        for (int i = 0; i < 4; i++) {
            task_await(t[i]);
            task_unref(t[i]);
        }
        if (all_sleep - began < part)
            break;
    }
    ck_assert_journal("z:0 a:0 b:0 c:0");
    return 0;
}

START_TEST(sleepers_wake_in_order_of_time)
{
    run(sleep_order);
}
END_TEST

/* ---- what is left when the first task ends ---- */

static int refuses_to_end(void *arg)
{
    (void)arg;
    note("a:%d", task_sleep(AGES));
    note("a:%d", task_yield()); /* cancelled once, no more */
    task_unref(task_create(refuses_to_end, arg));
    return 0;
}

static int sleeps_for_ages(void *arg)
{
    (void)arg;
    note("b:%d", task_sleep(AGES));
    return 0;
}

static int generations;

static int makes_another(void *arg)
{
    (void)arg;
    task_sleep(AGES);
    if (++generations < 3)
        task_unref(task_create(makes_another, NULL));
    return 0;
}

static int leaves_tasks(void *arg)
{
    (void)arg;
    task_unref(task_create(sleeps_for_ages, NULL));
    task_unref(task_create(makes_another, NULL));
    return task_yield();
}

START_TEST(run_cancels_what_is_left)
{
    generations = 0;
    ck_assert_int_eq(run(leaves_tasks), 0);
    ck_assert_journal("b:-125");
    ck_assert_int_eq(generations, 1); /* the next was cancelled before it began */
}
END_TEST

static int leaves_one_who_refuses(void *arg)
{
    task_unref(task_create(refuses_to_end, arg));
    task_unref(task_create(sleeps_for_ages, arg));
    return task_yield();
}

START_TEST(run_cancels_each_once)
{
    run(leaves_one_who_refuses);
    ck_assert_journal("a:-125 b:-125 a:0");
}
END_TEST

/* ---- cancelling ---- */

static int yields(void *arg)
{
    (void)arg;
    note("%d", task_yield());
    note("%d", task_yield());
    return 5;
}

static int cancels_before_start(void *arg)
{
    struct task *t = task_create(yields, arg);

    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("");
    return 0;
}

START_TEST(cancelled_before_it_starts)
{
    run(cancels_before_start);
}
END_TEST

static int cancels_yield(void *arg)
{
    struct task *t = task_create(yields, arg);

    task_yield();
    ck_assert_int_eq(cancel_and_await(t), 5); /* it went on: that is allowed */
    ck_assert_journal("-125 0");
    return 0;
}

START_TEST(cancelled_in_yield)
{
    run(cancels_yield);
}
END_TEST

static int cancels_sleep(void *arg)
{
    struct sleeper s = {"s", AGES};
    struct task *t = task_create(sleeps, &s);

    (void)arg;
    task_yield();
    ck_assert(task_cancel(t));
    ck_assert_journal(""); /* no callback and no cancel resumes a task */
    ck_assert_int_eq(task_await(t), -ECANCELED);
    ck_assert(!task_cancel(t));
    ck_assert_journal("s:-125");
    task_unref(t);
    return 0;
}

START_TEST(cancelled_in_sleep)
{
    run(cancels_sleep);
}
END_TEST

static int cancels_itself(void *arg)
{
    (void)arg;
    ck_assert(task_cancel(task_current()));
    ck_assert_int_eq(task_sleep(AGES), -ECANCELED);
    ck_assert_int_eq(task_yield(), 0);
    task_cancel(task_current());
    ck_assert_int_eq(task_yield(), -ECANCELED);
    ck_assert_int_eq(task_sleep(0.001), 0);
    return 1;
}

START_TEST(cancels_the_next_await)
{
    ck_assert_int_eq(run(cancels_itself), 1);
}
END_TEST

static int cleans_up(void *arg)
{
    struct sleeper *s = arg;
    int r = sleeps(s);

    for (int i = 0; i < 2; i++)
        note("clean-up:%d", task_sleep(0.001));
    return r;
}

/* Two requests before it runs are one; a later one reaches its clean-up. */
static int cancels_twice(void *arg)
{
    struct sleeper s = {"s", AGES};
    struct task *t = task_create(cleans_up, &s);

    (void)arg;
    task_yield();
    task_cancel(t);
    task_cancel(t);
    ck_assert_uint_eq(task_cancelling(t), 2);
    ck_assert_int_eq(task_await(t), -ECANCELED);
    task_unref(t);
    ck_assert_journal("s:-125 clean-up:0 clean-up:0");

    t = task_create(cleans_up, &s);
    task_yield();
    task_cancel(t);
    task_yield();
    task_cancel(t);
    ck_assert_int_eq(task_await(t), -ECANCELED);
    task_unref(t);
    ck_assert_journal("s:-125 clean-up:0 clean-up:0 s:-125 clean-up:-125 clean-up:0");
    return 0;
}

START_TEST(requests_are_delivered_once)
{
    run(cancels_twice);
}
END_TEST

static int withdraws(void *arg)
{
    struct task *self = task_current();

    (void)arg;
    task_cancel(self);
    task_cancel(self);
    ck_assert_uint_eq(task_cancelling(self), 2);
    task_uncancel(self);
    ck_assert_int_eq(task_yield(), -ECANCELED); /* one request still counts */
    task_uncancel(self);
    ck_assert_uint_eq(task_cancelling(self), 0);
    task_cancel(self);
    task_uncancel(self);
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(requests_are_taken_back)
{
    run(withdraws);
}
END_TEST

/* ---- chains ---- */

struct link {
    struct task *inner;
    int result;
};

static int awaits_link(void *arg)
{
    struct link *l = arg;

    return l->result = l->inner ? task_await(l->inner) : task_sleep(AGES);
}

static void run_chain(size_t n)
{
    struct link *links = mem_zalloc(n * sizeof(*links));
    struct task *outer = NULL;

    for (size_t i = 0; i < n; i++) {
        links[i].inner = outer;
        outer = task_create(awaits_link, &links[i]);
    }
    settle();
    ck_assert_int_eq(cancel_and_await(outer), -ECANCELED);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(links[i].result, -ECANCELED);
        if (links[i].inner) {
            ck_assert_uint_eq(task_cancelling(links[i].inner), 1);
            task_unref(links[i].inner);
        }
    }
    free(links);
}

static int chains(void *arg)
{
    (void)arg;
    run_chain(1);
    run_chain(2);
    run_chain(10000);
    return 0;
}

START_TEST(a_request_reaches_the_innermost)
{
    run(chains);
}
END_TEST

static int catches(void *arg)
{
    (void)arg;
    return task_sleep(AGES) == -ECANCELED ? 42 : 0;
}

static int awaits_task(void *t)
{
    note("inner:%d", task_await(t));
    note("next:%d", task_yield());
    return 1;
}

/* The inner task takes the request as its own: the outer one never hears of it. */
static int inner_catches(void *arg)
{
    struct task *inner = task_create(catches, arg);
    struct task *outer = task_create(awaits_task, inner);

    settle();
    ck_assert_int_eq(cancel_and_await(outer), 1);
    task_unref(inner);
    ck_assert_journal("inner:42 next:0");
    return 0;
}

START_TEST(an_inner_task_may_catch_it)
{
    run(inner_catches);
}
END_TEST

static int inner_ended_already(void *arg)
{
    int seven = 7;
    struct task *inner = task_create(give, &seven);
    struct task *outer = task_create(awaits_task, inner);

    (void)arg;
    while (!task_done(inner))
        task_yield();
    ck_assert(!task_done(outer));
    ck_assert_int_eq(cancel_and_await(outer), 1);
    task_unref(inner);
    ck_assert_journal("inner:7 next:-125");
    return 0;
}

START_TEST(a_result_that_was_there_is_kept)
{
    run(inner_ended_already);
}
END_TEST

/* ---- many ---- */

enum { MANY = 10000 };

static int adds_one(void *sum)
{
    for (int i = 0; i < 3; i++)
        task_yield();
    task_sleep(0.001);
    ++*(int *)sum;
    return 0;
}

static int starts_many(void *arg)
{
    struct task **t = mem_alloc(MANY * sizeof(struct task *));
    int sum = 0;

    (void)arg;
    for (int round = 0; round < 2; round++) { /* the second on stacks from the pool */
        for (int i = 0; i < MANY; i++)
            t[i] = task_create(adds_one, &sum);
        for (int i = 0; i < MANY; i++) {
            ck_assert_int_eq(task_await(t[i]), 0);
            task_unref(t[i]);
        }
    }
    free(t);
    return sum;
}

START_TEST(ten_thousand)
{
    ck_assert_int_eq(run(starts_many), 2 * MANY);
}
END_TEST

static int cancels_many(void *arg)
{
    struct task **t = mem_alloc(MANY * sizeof(struct task *));

    for (int i = 0; i < MANY; i++)
        t[i] = task_create(catches, arg);
    task_yield();
    for (int i = 0; i < MANY; i++)
        task_cancel(t[i]);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(task_await(t[i]), 42);
        task_unref(t[i]);
    }
    free(t);
    return 0;
}

START_TEST(ten_thousand_cancelled)
{
    run(cancels_many);
}
END_TEST

/* ---- lists ---- */

static void no_task(void *arg)
{
    ck_assert_ptr_null(task_current());
    future_set_result(arg, NULL);
}

static int lists(void *arg)
{
    struct buf text = BUF_INIT;
    struct handle h;
    struct future f;
    struct task *a = task_create(catches, arg), *b;

    task_set_name(a, "sleeper");
    ck_assert_str_eq(task_name(a), "sleeper");
    task_yield();
    b = task_create(awaits_task, a);
    task_list(&text);
    ck_assert_str_eq(text.data,
                     "  main: runs\n  sleeper: awaits sleep\n  task: ready\n");
    task_yield();
    buf_reset(&text);
    task_list(&text);
    ck_assert_str_eq(text.data,
                     "  main: runs\n  sleeper: awaits sleep\n  task: awaits sleeper\n");
    buf_clear(&text);
    future_init(&f, "callback");
    handle_init(&h, no_task, &f);
    loop_call_soon(loop_current(), &h);
    ck_assert_int_eq(future_await(&f), 0);
    cancel_and_await(b);
    task_unref(a);
    return 0;
}

START_TEST(tells_what_each_awaits)
{
    run(lists);
}
END_TEST

static int holds_references(void *arg)
{
    struct task *t = task_ref(task_create(yields, arg));

    task_unref(t);
    ck_assert_ptr_eq(container_of(task_future(t), struct future, loop), task_future(t));
    ck_assert_int_eq(future_await(task_future(t)), 5);
    task_unref(t);
    return 0;
}

START_TEST(references)
{
    run(holds_references);
}
END_TEST

/* ---- misuse ---- */

static int awaits_itself(void *arg)
{
    (void)arg;
    return task_await(task_current());
}

START_TEST(a_task_awaits_itself)
{
    expect_abort();
    run(awaits_itself);
}
END_TEST

static int makes_a_circle(void *arg)
{
    struct link a = {0}, b = {0};
    struct task *t;

    (void)arg;
    a.inner = task_create(awaits_link, &b);
    b.inner = t = task_create(awaits_link, &a);
    task_yield();
    task_cancel(t);
    return 0;
}

START_TEST(tasks_await_each_other)
{
    expect_abort();
    run(makes_a_circle);
}
END_TEST

START_TEST(a_circle_is_a_deadlock)
{
    struct link a = {0}, b = {0};
    struct loop *loop;

    expect_abort();
    loop = loop_new();
    a.inner = task_create(awaits_link, &b);
    b.inner = task_create(awaits_link, &a);
    loop_run_until_complete(loop, task_future(a.inner));
}
END_TEST

START_TEST(sleep_outside_a_task)
{
    expect_abort();
    loop_new();
    task_sleep(0);
}
END_TEST

static int uncancels(void *arg)
{
    (void)arg;
    task_uncancel(task_current());
    return 0;
}

START_TEST(uncancelled_without_a_request)
{
    expect_abort();
    run(uncancels);
}
END_TEST

static int unrefs_too_often(void *arg)
{
    struct task *t = task_create(yields, arg);

    task_unref(t);
    task_unref(t);
    return 0;
}

START_TEST(a_reference_too_many_given_back)
{
    expect_abort();
    run(unrefs_too_often);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE(
        "async_task", run_returns_the_result, starts_in_order,
        lives_on_without_a_reference, yield_takes_turns, sleepers_wake_in_order_of_time,
        run_cancels_what_is_left, run_cancels_each_once, cancelled_before_it_starts,
        cancelled_in_yield, cancelled_in_sleep, cancels_the_next_await,
        requests_are_delivered_once, requests_are_taken_back,
        a_request_reaches_the_innermost, an_inner_task_may_catch_it,
        a_result_that_was_there_is_kept, ten_thousand, ten_thousand_cancelled,
        tells_what_each_awaits, references);

    return WITH_ABORTS(s, a_task_awaits_itself, tasks_await_each_other,
                       a_circle_is_a_deadlock, sleep_outside_a_task,
                       uncancelled_without_a_request, a_reference_too_many_given_back);
}

int main(void)
{
    return check_main(make);
}
