/* wait.h - awaiting with conditions: some of many, up to a time, shielded. */
#ifndef TRAWL_ASYNC_WAIT_H
#define TRAWL_ASYNC_WAIT_H

#include <stddef.h>

#include "async/task.h"

/* ---- wait: some of many ---- */

enum wait_when { WAIT_FIRST_COMPLETED, WAIT_FIRST_ERROR, WAIT_ALL_COMPLETED };

/* A timeout that never comes. */
#define WAIT_FOREVER (-1.0)

/* Suspends until enough of the n futures are done or `seconds` have passed; cancels
 * none of them, not even when the caller is cancelled. Returns how many are done, or
 * -ECANCELED. (asyncio.wait) */
async int future_wait(struct future *const futures[], size_t n, enum wait_when when,
                      double seconds);

/* ---- as_completed: one after the other as they finish ---- */

/*  as_completed_init(&it, futures, n);
 *  while ((r = as_completed_next(&it, &f)) > 0)
 *      use(future_result(f));
 *  as_completed_clear(&it); */
struct as_completed {
    struct future_callback *callbacks;
    struct list finished;
    struct future *wake; /* what next waits on, while it does */
    size_t left;
};

void as_completed_init(struct as_completed *it, struct future *const futures[], size_t n);
void as_completed_clear(struct as_completed *it);

/* Suspends until the next one is done. Returns 1 and sets *done, or 0 after the last,
 * or -ECANCELED (the futures run on). */
async int as_completed_next(struct as_completed *it, struct future **done);

/* ---- time limits ---- */

/* Suspends until f is done, for at most `seconds`; then f is cancelled and its end
 * awaited. Returns its result, or -ETIMEDOUT when the cancellation took. When the
 * caller is cancelled so is f. (asyncio.wait_for) */
async int wait_for(struct future *f, double seconds);

/* A time limit on everything the current task awaits between begin and end
 * (asyncio.timeout). When it expires the innermost await returns -ECANCELED; `end`
 * takes the result of the block and returns -ETIMEDOUT in its place, unless somebody
 * else cancelled the task too.
 *
 *  struct timeout limit;
 *  timeout_begin(&limit, 2.0);
 *  r = talk_to_server();
 *  r = timeout_end(&limit, r); */
struct timeout {
    struct timer timer;
    struct task *task;
    bool expired;
};

void timeout_begin(struct timeout *t, double seconds);
int timeout_end(struct timeout *t, int result);

/* Suspends until f is done and returns its result; when the caller is cancelled,
 * returns -ECANCELED and f runs on. (asyncio.shield) */
async int shield(struct future *f);

#endif
