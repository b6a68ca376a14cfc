/* executor.h - blocking work on other threads.
 *
 * Disk writes, fsync, hashing: what would stop the loop runs on a small pool of
 * threads that starts with the first job. The job runs beside the loop: it must touch
 * nothing that tasks touch meanwhile. */
#ifndef TRAWL_ASYNC_EXECUTOR_H
#define TRAWL_ASYNC_EXECUTOR_H

#include "async/future.h"

typedef int executor_fn(void *arg); /* 0 or positive, or -errno; must not await */

struct executor_job {
    struct future future;
    struct handle finished;
    struct list node;
    executor_fn *fn;
    void *arg;
    int result;
    bool started;
};

/* Queues fn(arg); the job is the caller's and lives until its future is done. The
 * future can be cancelled only until a thread has taken the job up: after that
 * future_cancel refuses, and a cancelled task learns of it at its next await. Jobs
 * start in the order in which they came. When no thread can be had at all, it runs at
 * once, here. */
void executor_submit(struct executor_job *job, executor_fn *fn, void *arg);

/* Suspends until fn(arg) has run on another thread; returns its result, or -ECANCELED
 * when it never started. (asyncio: run_in_executor) */
async int loop_run_in_executor(executor_fn *fn, void *arg);

/* The same, and fn(arg) always runs to its end: a request for cancellation that comes
 * meanwhile is used up. For what must not be left half done. */
async int loop_finish_in_executor(executor_fn *fn, void *arg);

#endif
