/* task.h - coroutines with a stack of their own, scheduled by the loop.
 *
 * A task runs until it awaits, and is never interrupted in between: between two
 * awaits no lock is needed. Its result is what its function returns: 0 or positive
 * for success, -errno for an error.
 *
 * Cancelling is a request: the innermost await of the task returns -ECANCELED, the
 * task cleans up and normally returns that. A task that catches it and returns a
 * result has that result. What a task was given by an await that had already
 * succeeded is never taken away: the request then waits for the next await. */
#ifndef TRAWL_ASYNC_TASK_H
#define TRAWL_ASYNC_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "async/future.h"
#include "base/buf.h"

struct task;

typedef async int task_fn(void *arg);

/* Makes a loop, runs fn(arg) as its first task to the end, cancels and awaits what
 * other tasks are left, frees the loop. Returns what fn returned. (asyncio.run) */
int loop_run(task_fn *fn, void *arg);

/* Starts a task in the next round of the current loop. The caller holds a reference
 * and gives it back with task_unref; a task that still runs lives on without it.
 * `arg` is borrowed for the life of the task. */
struct task *task_create(task_fn *fn, void *arg);
struct task *task_ref(struct task *t);
void task_unref(struct task *t); /* NULL is allowed */

/* Shown in task lists; the string must outlive the task. Default: "task". */
void task_set_name(struct task *t, const char *name);
const char *task_name(const struct task *t);

/* The running task; NULL in a callback. */
struct task *task_current(void);

/* The task as a future, for gather and the like; lives as long as the task. */
struct future *task_future(struct task *t);

/* Suspends until t is done; returns its result. Cancelling the caller meanwhile
 * cancels t too, and awaits its end. */
async int task_await(struct task *t);

bool task_done(const struct task *t);
int task_result(const struct task *t); /* of a done task (asserted) */

/* Requests cancellation; false when the task is done. Requests that come before the
 * task runs again are delivered as one. Each call counts as one until task_uncancel
 * takes it back: that is how timeout (wait.h) tells its own request from another's. */
bool task_cancel(struct task *t);
void task_uncancel(struct task *t);
unsigned task_cancelling(const struct task *t); /* requests not taken back */

/* Suspends for `seconds`; 0 lets every other ready task run once, as task_yield does.
 * Returns 0 or -ECANCELED. */
async int task_sleep(double seconds);
async int task_yield(void);

/* Appends a line for each live task: its name and what it awaits. */
void task_list(struct buf *out);

#endif
