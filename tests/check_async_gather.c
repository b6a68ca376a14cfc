#include "check_async.h"

struct job {
    double seconds;
    int result;       /* what it returns when it has slept */
    int if_cancelled; /* what it returns when it is cancelled; 0: -ECANCELED */
    struct task *task;
};

static int work(void *arg)
{
    struct job *j = arg;

    if (task_sleep(j->seconds) < 0)
        return j->if_cancelled ? j->if_cancelled : -ECANCELED;
    return j->result;
}

enum { MAX = 8 };

static struct future *futures[MAX];
static int results[MAX];

static void start(struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        jobs[i].task = task_create(work, &jobs[i]);
        futures[i] = task_future(jobs[i].task);
        results[i] = 99;
    }
}

static void release(struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        task_unref(jobs[i].task);
}

/* ---- results ---- */

static int all_succeed(void *arg)
{
    struct job jobs[] = {{0.02, 1, 0, 0}, {0, 2, 0, 0}, {0.01, 3, 0, 0}};

    (void)arg;
    start(jobs, 3);
    ck_assert_int_eq(gather(futures, 3, results, GATHER_FIRST_ERROR), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(results[i], i + 1); /* in input order */
    ck_assert_int_eq(gather(futures, 3, NULL, GATHER_FIRST_ERROR), 0);
    release(jobs, 3);
    return 0;
}

START_TEST(results_in_input_order)
{
    run(all_succeed);
}
END_TEST

static int first_error(void *arg)
{
    struct job jobs[] = {
        {AGES, 1, 0, 0}, {AGES, 2, -EIO, 0}, {0.001, 3, 0, 0}, {0.01, -EPERM, 0, 0}};

    (void)arg;
    start(jobs, 4);
    ck_assert_int_eq(gather(futures, 4, results, GATHER_FIRST_ERROR), -EPERM);
    ck_assert_int_eq(results[0], -EINPROGRESS);
    ck_assert_int_eq(results[1], -EINPROGRESS);
    ck_assert_int_eq(results[2], 3);
    ck_assert_int_eq(results[3], -EPERM);
    settle();
    for (int i = 0; i < 2; i++) {
        ck_assert(!task_done(jobs[i].task)); /* it runs on */
        task_cancel(jobs[i].task);
        ck_assert_int_eq(task_await(jobs[i].task), i ? -EIO : -ECANCELED);
    }
    release(jobs, 4);
    return 0;
}

START_TEST(the_first_error_ends_it)
{
    run(first_error);
}
END_TEST

static int return_errors(void *arg)
{
    struct job jobs[] = {{0.01, -EIO, 0, 0}, {AGES, 2, 0, 0}, {0.02, 3, 0, 0}};

    (void)arg;
    start(jobs, 3);
    task_yield();
    task_cancel(jobs[1].task);
    ck_assert_int_eq(gather(futures, 3, results, GATHER_RETURN_ERRORS), 0);
    ck_assert_int_eq(results[0], -EIO);
    ck_assert_int_eq(results[1], -ECANCELED);
    ck_assert_int_eq(results[2], 3);
    release(jobs, 3);
    return 0;
}

START_TEST(errors_are_results)
{
    run(return_errors);
}
END_TEST

/* As in asyncio, one that is cancelled by somebody else counts as an error. */
static int child_cancelled(void *arg)
{
    struct job jobs[] = {{AGES, 1, 0, 0}, {AGES, 2, 0, 0}};

    (void)arg;
    start(jobs, 2);
    task_yield();
    task_cancel(jobs[1].task);
    ck_assert_int_eq(gather(futures, 2, results, GATHER_FIRST_ERROR), -ECANCELED);
    ck_assert_int_eq(results[0], -EINPROGRESS);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);
    settle();
    ck_assert(!task_done(jobs[0].task));
    task_cancel(jobs[0].task);
    task_await(jobs[0].task);
    release(jobs, 2);
    return 0;
}

START_TEST(a_cancelled_child_is_an_error)
{
    run(child_cancelled);
}
END_TEST

static int done_already(void *arg)
{
    struct job jobs[] = {{0, -EIO, 0, 0}, {0, -EPERM, 0, 0}, {AGES, 0, 0, 0}};
    struct task *other = task_create(work, &jobs[2]);

    (void)arg;
    ck_assert_int_eq(gather(NULL, 0, NULL, GATHER_FIRST_ERROR), 0);
    start(jobs, 2);
    settle();
    futures[2] = task_future(other);
    ck_assert_int_eq(gather(futures, 3, results, GATHER_FIRST_ERROR), -EIO);
    ck_assert_int_eq(results[1], -EPERM);
    ck_assert_int_eq(results[2], -EINPROGRESS);
    ck_assert_int_eq(gather(futures, 2, results, GATHER_RETURN_ERRORS), 0);
    cancel_and_await(other);
    release(jobs, 2);
    return 0;
}

START_TEST(what_is_done_already)
{
    run(done_already);
}
END_TEST

static int same_twice(void *arg)
{
    struct job job = {0.001, 4, 0, 0};

    (void)arg;
    start(&job, 1);
    futures[1] = futures[2] = futures[0];
    ck_assert_int_eq(gather(futures, 3, results, GATHER_FIRST_ERROR), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(results[i], 4);
    release(&job, 1);
    return 0;
}

START_TEST(the_same_one_twice)
{
    run(same_twice);
}
END_TEST

/* ---- cancelling the caller ---- */

struct gathering {
    size_t n;
    enum gather_mode mode;
};

static int gathers(void *arg)
{
    const struct gathering *g = arg;
    int r = gather(futures, g->n, results, g->mode);

    note("gather:%d", r);
    note("next:%d", task_yield());
    return r;
}

static void caller_cancelled(enum gather_mode mode)
{
    struct job jobs[] = {
        {AGES, 1, 0, 0}, {AGES, 2, 22, 0}, {0, 3, 0, 0}, {AGES, 4, -EIO, 0}};
    struct gathering g = {4, mode};
    struct task *t;

    journal_reset();
    start(jobs, 4);
    t = task_create(gathers, &g);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_int_eq(results[0], -ECANCELED);
    ck_assert_int_eq(results[1], 22); /* caught it */
    ck_assert_int_eq(results[2], 3);
    ck_assert_int_eq(results[3], -EIO);
    ck_assert_journal("gather:-125 next:0");
    release(jobs, 4);
}

static int both_modes(void *arg)
{
    (void)arg;
    caller_cancelled(GATHER_FIRST_ERROR);
    caller_cancelled(GATHER_RETURN_ERRORS);
    return 0;
}

START_TEST(cancelling_the_caller_cancels_all)
{
    run(both_modes);
}
END_TEST

static int stubborn(void *arg)
{
    (void)arg;
    note("1:%d", task_sleep(AGES));
    note("2:%d", task_sleep(AGES));
    return 8;
}

/* A second request reaches them too. */
static int cancelled_again(void *arg)
{
    struct gathering g = {1, GATHER_RETURN_ERRORS};
    struct task *s = task_create(stubborn, arg), *t;

    futures[0] = task_future(s);
    t = task_create(gathers, &g);
    settle();
    task_cancel(t);
    settle();
    ck_assert_journal("1:-125");
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_int_eq(results[0], 8);
    task_unref(s);
    ck_assert_journal("1:-125 2:-125 gather:-125 next:0");
    return 0;
}

START_TEST(a_second_request_is_passed_on)
{
    run(cancelled_again);
}
END_TEST

/* All was done when the request came: the results are not taken away. */
static int cancelled_too_late(void *arg)
{
    struct gathering g = {1, GATHER_FIRST_ERROR};
    struct future f;
    struct task *t;

    (void)arg;
    future_init(&f, "test");
    futures[0] = &f;
    t = task_create(gathers, &g);
    settle();
    future_set_result(&f, NULL);
    task_yield(); /* the gather has been told, its task has not run */
    ck_assert_int_eq(cancel_and_await(t), 0);
    ck_assert_journal("gather:0 next:-125");
    return 0;
}

START_TEST(a_late_request_waits)
{
    run(cancelled_too_late);
}
END_TEST

static int cancelled_before(void *arg)
{
    struct job jobs[] = {{AGES, 1, 0, 0}, {AGES, 2, 0, 0}};

    (void)arg;
    start(jobs, 2);
    task_cancel(task_current());
    ck_assert_int_eq(gather(futures, 2, results, GATHER_RETURN_ERRORS), -ECANCELED);
    ck_assert_int_eq(results[0], -ECANCELED);
    ck_assert_int_eq(results[1], -ECANCELED);
    release(jobs, 2);
    return 0;
}

START_TEST(a_request_made_before)
{
    run(cancelled_before);
}
END_TEST

/* ---- many ---- */

static int many(void *arg)
{
    enum { N = 10000 };
    struct job *jobs = mem_zalloc(N * sizeof(*jobs));
    struct future **f = mem_alloc(N * sizeof(struct future *));
    int *r = mem_alloc(N * sizeof(int));

    (void)arg;
    for (int i = 0; i < N; i++) {
        jobs[i] = (struct job){(N - i) * 1e-6, i, 0, 0};
        jobs[i].task = task_create(work, &jobs[i]);
        f[i] = task_future(jobs[i].task);
    }
    ck_assert_int_eq(gather(f, N, r, GATHER_FIRST_ERROR), 0);
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(r[i], i);
    release(jobs, N);
    free(jobs);
    free(f);
    free(r);
    return 0;
}

START_TEST(ten_thousand)
{
    run(many);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_gather", results_in_input_order, the_first_error_ends_it,
                       errors_are_results, a_cancelled_child_is_an_error,
                       what_is_done_already, the_same_one_twice,
                       cancelling_the_caller_cancels_all, a_second_request_is_passed_on,
                       a_late_request_waits, a_request_made_before, ten_thousand);
}

int main(void)
{
    return check_main(make);
}
