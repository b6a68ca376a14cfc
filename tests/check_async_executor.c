#include "check_async.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "async/executor_internal.h"

static int adds_one(void *arg)
{
    return *(int *)arg + 1;
}

static int fails(void *arg)
{
    (void)arg;
    return -EIO;
}

static pthread_t loop_thread;

static int is_elsewhere(void *arg)
{
    (void)arg;
    return !pthread_equal(pthread_self(), loop_thread);
}

static int simple(void *arg)
{
    int n = 41;

    (void)arg;
    loop_thread = pthread_self();
    ck_assert_int_eq(loop_run_in_executor(adds_one, &n), 42);
    ck_assert_int_eq(loop_run_in_executor(fails, NULL), -EIO);
    ck_assert_int_eq(loop_run_in_executor(is_elsewhere, NULL), 1);
    return 0;
}

START_TEST(runs_on_another_thread)
{
    run(simple);
}
END_TEST

/* ---- jobs that hold a thread until they are let go ---- */

static sem_t started, go;
static atomic_int ran;

static int holds(void *arg)
{
    sem_post(&started);
    while (sem_wait(&go) < 0)
        ;
    ran++;
    return arg ? *(int *)arg : 0;
}

static void set_up(void)
{
    sem_init(&started, 0, 0);
    sem_init(&go, 0, 0);
    ran = 0;
}

enum { THREADS = 4 };

/* Fills every thread of the pool, and waits until they have their jobs. */
static void occupy(struct executor_job jobs[THREADS])
{
    for (int i = 0; i < THREADS; i++)
        executor_submit(&jobs[i], holds, NULL);
    for (int i = 0; i < THREADS; i++)
        while (sem_wait(&started) < 0)
            ;
}

static void let_go(struct executor_job jobs[THREADS])
{
    for (int i = 0; i < THREADS; i++)
        sem_post(&go);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(future_await(&jobs[i].future), 0);
        future_clear(&jobs[i].future);
    }
}

static int side_by_side(void *arg)
{
    struct executor_job jobs[THREADS];

    (void)arg;
    set_up();
    for (int again = 0; again < 20; again++) {
        occupy(jobs); /* would never return if two of them shared a thread */
        ck_assert_int_eq(task_yield(), 0); /* the loop goes on meanwhile */
        let_go(jobs);
    }
    return 0;
}

START_TEST(four_at_once)
{
    run(side_by_side);
}
END_TEST

static int runs_in_executor(void *result)
{
    int r = loop_run_in_executor(holds, result);

    note("job:%d", r);
    note("next:%d", task_yield());
    return r;
}

static int cancel_queued(void *arg)
{
    struct executor_job jobs[THREADS];
    struct task *t;

    set_up();
    occupy(jobs);
    t = task_create(runs_in_executor, arg);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("job:-125 next:0");
    let_go(jobs);
    ck_assert_int_eq(ran, THREADS); /* it never ran */
    return 0;
}

START_TEST(cancelled_before_it_starts)
{
    run(cancel_queued);
}
END_TEST

static int cancel_running(void *arg)
{
    int result = 6;
    struct task *t;

    (void)arg;
    set_up();
    t = task_create(runs_in_executor, &result);
    task_yield();
    while (sem_wait(&started) < 0)
        ;
    task_cancel(t);
    settle();
    ck_assert(!task_done(t)); /* what runs cannot be stopped */
    sem_post(&go);
    ck_assert_int_eq(task_await(t), 6);
    task_unref(t);
    ck_assert_journal("job:6 next:-125");
    return 0;
}

START_TEST(cancelled_while_it_runs)
{
    run(cancel_running);
}
END_TEST

static int cancel_future(void *arg)
{
    struct executor_job jobs[THREADS], extra;

    (void)arg;
    set_up();
    occupy(jobs);
    executor_submit(&extra, holds, NULL);
    ck_assert(!future_cancel(&jobs[0].future));
    ck_assert(future_cancel(&extra.future));
    ck_assert(!future_cancel(&extra.future));
    ck_assert(future_cancelled(&extra.future));
    let_go(jobs);
    ck_assert(!future_cancel(&jobs[0].future));
    ck_assert_int_eq(ran, THREADS);
    return 0;
}

START_TEST(the_future_of_a_job)
{
    run(cancel_future);
}
END_TEST

/* ---- order ---- */

static atomic_int turn;

static int takes_a_number(void *arg)
{
    *(int *)arg = turn++;
    return 0;
}

/* With three threads held, one is left to work off the queue. */
static int in_order(void *arg)
{
    enum { JOBS = 100 };
    struct executor_job held[THREADS], jobs[JOBS];
    int numbers[JOBS];

    (void)arg;
    set_up();
    turn = 0;
    occupy(held);
    for (int i = 0; i < JOBS; i++)
        executor_submit(&jobs[i], takes_a_number, &numbers[i]);
    sem_post(&go);
    for (int i = 0; i < JOBS; i++) {
        ck_assert_int_eq(future_await(&jobs[i].future), 0);
        ck_assert_int_eq(numbers[i], i);
    }
    for (int i = 1; i < THREADS; i++)
        sem_post(&go);
    for (int i = 0; i < THREADS; i++)
        future_await(&held[i].future);
    return 0;
}

START_TEST(jobs_start_in_order)
{
    run(in_order);
}
END_TEST

static int counts(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

static int submits(void *arg)
{
    return loop_run_in_executor(counts, arg);
}

static int many(void *arg)
{
    struct group g;

    ran = 0;
    group_init(&g);
    for (int i = 0; i < 2000; i++)
        group_create_task(&g, submits, arg);
    ck_assert_int_eq(group_wait(&g), 0);
    return ran;
}

START_TEST(many_jobs)
{
    ck_assert_int_eq(run(many), 2000);
}
END_TEST

/* ---- signals and the end ---- */

static int blocks_signals(void *arg)
{
    sigset_t mask;

    (void)arg;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, SIGINT) && sigismember(&mask, SIGTERM) &&
           sigismember(&mask, SIGUSR1) && sigismember(&mask, SIGCHLD);
}

static int signal_masks(void *arg)
{
    sigset_t mask;

    ck_assert_int_eq(loop_run_in_executor(blocks_signals, arg), 1);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    ck_assert(!sigismember(&mask, SIGINT));
    return 0;
}

START_TEST(signals_are_for_the_loop)
{
    run(signal_masks);
}
END_TEST

/* What was submitted is done, also when nobody waited for it. */
START_TEST(the_loop_ends_after_its_jobs)
{
    enum { JOBS = 50 };
    struct executor_job jobs[JOBS];
    struct loop *loop = loop_new();

    ran = 0;
    for (int i = 0; i < JOBS; i++)
        executor_submit(&jobs[i], counts, NULL);
    loop_free(loop);
    ck_assert_int_eq(ran, JOBS);
    executor_free(NULL);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_executor", runs_on_another_thread, four_at_once,
                       cancelled_before_it_starts, cancelled_while_it_runs,
                       the_future_of_a_job, jobs_start_in_order, many_jobs,
                       signals_are_for_the_loop, the_loop_ends_after_its_jobs);
}

int main(void)
{
    return check_main(make);
}
