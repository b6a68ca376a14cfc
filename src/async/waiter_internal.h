/* waiter_internal.h - the queue that semaphore, event and channel have in common.
 *
 * A waiter is a record on the waiting task's stack. It is in its queue exactly while
 * nobody has woken or cancelled it, so that a queue is empty if and only if nobody
 * waits, and what is handed to its first member always arrives. */
#ifndef TRAWL_ASYNC_WAITER_INTERNAL_H
#define TRAWL_ASYNC_WAITER_INTERNAL_H

#include "async/future.h"

struct waiter {
    struct list node;
    struct future future;
    void *item; /* what is handed over, in either direction */
};

/* Suspends at the end of the queue until woken; returns what waiter_wake was given, or
 * -ECANCELED when nobody had woken it yet. `what` is for task lists. */
async int waiter_wait(struct waiter *w, struct list *queue, const char *what);

/* Takes the first out of the queue and lets its waiter_wait return `result`. Returns
 * it, so that the caller can exchange the item, or NULL when nobody waits. */
struct waiter *waiter_wake(struct list *queue, int result);

#endif
