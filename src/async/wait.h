/* wait.h - awaiting with conditions: some of many, up to a time, shielded. */
#ifndef TRAWL_ASYNC_WAIT_H
#define TRAWL_ASYNC_WAIT_H

#include <math.h>
#include <stddef.h>

#include "async/task.h"

/* ---- wait: some of many ---- */

enum wait_when { WAIT_FIRST_COMPLETED, WAIT_FIRST_ERROR, WAIT_ALL_COMPLETED };

/* A time that never comes. One that is not positive has come already: what is left of a
 * deadline may be negative. */
#define WAIT_FOREVER INFINITY

/* Suspends until enough of the n futures are done or `seconds` have passed; at once,
 * without suspending, when enough are. Cancels none of them, not even when the caller
 * is cancelled. A cancelled future is no error. Returns how many are done, or
 * -ECANCELED. (asyncio.wait) */
async int future_wait(struct future *const futures[], size_t n, enum wait_when when,
                      double seconds);

/* ---- as_completed: one after the other as they finish ---- */

/*  as_completed_init(&it, futures, n);
 *  while ((r = as_completed_next(&it, &f)) > 0)
 *      use(future_result(f));
 *  as_completed_clear(&it); */
struct completion;

struct as_completed {
    struct completion *completions; /* one for each future */
    struct list finished;
    struct future *wake; /* what next waits on, while it does */
    size_t n, left;
};

/* The futures must live until as_completed_clear, which may come before the last. */
void as_completed_init(struct as_completed *it, struct future *const futures[],
                       size_t n);
void as_completed_clear(struct as_completed *it);

/* Suspends until the next one is done. Returns 1 and sets *done, or 0 after the last,
 * or -ECANCELED (the futures run on). For one task at a time. */
async int as_completed_next(struct as_completed *it, struct future **done);

/* ---- time limits ---- */

/* Suspends until f is done, for at most `seconds`; then f is cancelled and its end
 * awaited. Returns its result, or -ETIMEDOUT when the cancellation took. When the
 * caller is cancelled so is f. With no time left and f not done it is cancelled at
 * once: a task that has not begun never does. (asyncio.wait_for) */
async int wait_for(struct future *f, double seconds);

/* A time limit on everything the current task awaits between begin and end
 * (asyncio.timeout). When it expires the innermost await returns -ECANCELED; `end`
 * takes the result of the block and returns -ETIMEDOUT in place of -ECANCELED, unless
 * somebody else cancelled the task too. A block that succeeds all the same, or fails in
 * another way, has its result. Limits may be nested; each begin needs its end.
 *
 *  struct timeout limit;
 *  timeout_begin(&limit, 2.0);
 *  r = talk_to_server();
 *  r = timeout_end(&limit, r); */
struct timeout {
    struct timer timer;
    struct task *task;
    unsigned cancelled; /* requests that the task had seen before */
    bool expired;
};

void timeout_begin(struct timeout *t, double seconds);
int timeout_end(struct timeout *t, int result);

/* Suspends until f is done and returns its result; when the caller is cancelled,
 * returns -ECANCELED and f runs on. (asyncio.shield) */
async int shield(struct future *f);

#endif
