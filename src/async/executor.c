/* The executor: a few threads and a queue under one lock. */
#include "async/executor.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "async/executor_internal.h"
#include "async/future_internal.h"
#include "async/loop_internal.h"
#include "async/wait.h"
#include "base/mem.h"

enum { THREADS_MAX = 4 };

struct executor {
    struct loop *loop;
    pthread_t threads[THREADS_MAX];
    size_t count; /* of threads; the loop's thread alone looks at it */

    pthread_mutex_t
        lock; /* guards what follows, and each queued job's node and started */
    pthread_cond_t wanted;
    struct list queue;
    size_t queued;
    size_t idle; /* threads without a job, those included that are just being started */
    bool closing;
};

/* ---- on the pool's threads ---- */

/* The next job, or NULL when the executor closes and the queue has been worked off. */
static struct executor_job *take_job(struct executor *e)
{
    struct executor_job *job = NULL;

    pthread_mutex_lock(&e->lock);
    while (list_empty(&e->queue) && !e->closing)
        pthread_cond_wait(&e->wanted, &e->lock);
    if (!list_empty(&e->queue)) {
        job = container_of(list_shift(&e->queue), struct executor_job, node);
        job->started = true;
        e->queued--;
        e->idle--;
    }
    pthread_mutex_unlock(&e->lock);
    return job;
}

static void thread_is_idle(struct executor *e)
{
    pthread_mutex_lock(&e->lock);
    e->idle++;
    pthread_mutex_unlock(&e->lock);
}

static void *work(void *arg)
{
    struct executor *e = arg;
    struct executor_job *job;

    while ((job = take_job(e))) {
        job->result = job->fn(job->arg);
        thread_is_idle(e);
        loop_call_soon_threadsafe(e->loop, &job->finished); /* and it may be gone */
    }
    return NULL;
}

/* ---- on the loop's thread ---- */

static struct executor *executor_get(struct loop *loop)
{
    struct executor **e = loop_executor(loop);

    if (!*e) {
        *e = mem_zalloc(sizeof(**e));
        (*e)->loop = loop;
        pthread_mutex_init(&(*e)->lock, NULL);
        pthread_cond_init(&(*e)->wanted, NULL);
        list_init(&(*e)->queue);
    }
    return *e;
}

void executor_free(struct executor *e)
{
    if (!e)
        return;
    pthread_mutex_lock(&e->lock);
    e->closing = true;
    pthread_cond_broadcast(&e->wanted);
    pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < e->count; i++)
        pthread_join(e->threads[i], NULL);
    pthread_cond_destroy(&e->wanted);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

/* Signals are for the loop's thread: a thread starts with the mask of its maker. */
static bool start_thread(struct executor *e)
{
    sigset_t all, saved;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &saved);
    error = pthread_create(&e->threads[e->count], NULL, work, e);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    if (error)
        return false;
    e->count++;
    thread_is_idle(e);
    return true;
}

static void job_finished(void *arg)
{
    struct executor_job *job = arg;

    loop_expect(job->future.loop, -1);
    future_finish(&job->future, job->result, NULL);
}

static bool cancel_job(struct future *f)
{
    struct executor_job *job = container_of(f, struct executor_job, future);
    struct executor *e = *loop_executor(f->loop);
    bool started;

    pthread_mutex_lock(&e->lock);
    started = job->started;
    if (!started) {
        list_remove(&job->node);
        e->queued--;
    }
    pthread_mutex_unlock(&e->lock);
    if (started)
        return false;
    loop_expect(f->loop, -1);
    future_finish(f, -ECANCELED, NULL);
    return true;
}

/* Not one thread is to be had: better the loop stands still than the job is lost. */
static void run_here(struct executor_job *job)
{
    job->started = true;
    job->result = job->fn(job->arg);
    loop_call_soon(job->future.loop, &job->finished);
}

static void enqueue(struct executor *e, struct executor_job *job)
{
    bool busy;

    pthread_mutex_lock(&e->lock);
    list_append(&e->queue, &job->node);
    e->queued++;
    busy = e->queued > e->idle; /* each idle one will fetch one of them */
    pthread_cond_signal(&e->wanted);
    pthread_mutex_unlock(&e->lock);
    if (busy && e->count > 0 && e->count < THREADS_MAX)
        start_thread(e);
}

void executor_submit(struct executor_job *job, executor_fn *fn, void *arg)
{
    struct loop *loop = loop_current();
    struct executor *e = executor_get(loop);

    future_init(&job->future, "executor");
    job->future.cancel = cancel_job;
    handle_init(&job->finished, job_finished, job);
    list_init(&job->node);
    job->fn = fn;
    job->arg = arg;
    job->result = 0;
    job->started = false;
    loop_expect(loop, 1);
    if (e->count == 0 && !start_thread(e))
        run_here(job);
    else
        enqueue(e, job);
}

int loop_finish_in_executor(executor_fn *fn, void *arg)
{
    struct executor_job job;

    executor_submit(&job, fn, arg);
    while (!future_done(&job.future))
        shield(&job.future);
    future_clear(&job.future);
    return job.result;
}

int loop_run_in_executor(executor_fn *fn, void *arg)
{
    struct executor_job job;
    int r;

    executor_submit(&job, fn, arg);
    r = future_await(&job.future);
    future_clear(&job.future);
    return r;
}
