/* future.h - a result that is not there yet.
 *
 * Pending first, then done for good: with a value, with an error (-errno), or
 * cancelled (which reads as the error -ECANCELED). The struct is embedded by its
 * owner, who keeps it alive while anybody awaits it or has a callback on it. */
#ifndef TRAWL_ASYNC_FUTURE_H
#define TRAWL_ASYNC_FUTURE_H

#include <stdbool.h>

#include "async/loop.h"

struct future;
struct future_callback;

typedef void future_fn(struct future *f, void *arg);

struct future {
    struct loop *loop;
    struct list callbacks;
    const char *what; /* static: what one who awaits it waits for, "sleep" */
    bool (*cancel)(struct future *f); /* replaces future_cancel's way; NULL: plain */
    void *value;
    int result;
    bool done;
};

/* Binds it to the current loop, pending. `what` is a static string for task lists. */
void future_init(struct future *f, const char *what);

/* Ends its life: pending or done, but with nobody waiting (asserted). */
void future_clear(struct future *f);

/* Complete it. Each asserts that it is pending: whoever may come second asks
 * future_done first (asyncio: InvalidStateError). Waiters and callbacks run in the
 * next round, in the order in which they came. */
void future_set_result(struct future *f, void *value);
void future_set_error(struct future *f, int error); /* -errno */

/* Asks for cancellation. A plain future is cancelled at once; a task's is passed on
 * to the task; work that cannot be stopped refuses. False when it is done already or
 * refuses. */
bool future_cancel(struct future *f);

bool future_done(const struct future *f);
bool future_cancelled(const struct future *f);

/* Of a done future (asserted): 0 or positive for success (what a task returned), or
 * -errno; and the value, NULL unless one was set. */
int future_result(const struct future *f);
void *future_value(const struct future *f);

/* Suspends the calling task until f is done; returns future_result. At once, without
 * suspending, when it is done. When the calling task is cancelled meanwhile, f is
 * cancelled (shield, in wait.h, keeps it from that) and its end awaited. */
async int future_await(struct future *f);

struct future_callback {
    struct handle handle;
    struct future *future;
    future_fn *fn;
    void *arg;
};

/* Calls fn(f, arg) on the loop once f is done; in the next round when it is done
 * already. The record is the caller's and must live until then or until it is
 * removed; removing it twice, or after it ran, is harmless. */
void future_add_done_callback(struct future *f, struct future_callback *cb,
                              future_fn *fn, void *arg);
void future_remove_done_callback(struct future_callback *cb);

#endif
