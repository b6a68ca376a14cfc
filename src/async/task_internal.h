/* task_internal.h - a task's insides, and its accounts of cancellation. */
#ifndef TRAWL_ASYNC_TASK_INTERNAL_H
#define TRAWL_ASYNC_TASK_INTERNAL_H

#include "async/context.h"
#include "async/task.h"

struct task {
    struct future future; /* its result; completed when it has left its stack */
    struct list all;      /* among the loop's live tasks */
    struct handle step;   /* for a resumption that no future brings */
    struct future_callback wakeup;
    struct context context;
    struct stack *stack;
    task_fn *fn;
    void *arg;
    const char *name;
    struct future *awaits; /* NULL: runs or is ready to */
    int result;
    unsigned refs;
    unsigned cancelling; /* requests made and not taken back */
    bool must_cancel;    /* a request that no await has returned yet */
    bool shielded;       /* awaits without passing a request on */
    bool finished;
};

/* The task's future is cancelled by cancelling the task. */
bool task_cancel_future(struct future *f);

/* How many of the requests that count (task_cancelling) were delivered; at most all but
 * one when one still is to be. */
unsigned task_cancel_delivered(const struct task *t);

/* Takes one request back. When no more than `base` are left, all that were delivered
 * before it was made, one that waits for the next await is dropped with it: it can be
 * no other's. True when no more than `base` are left. */
bool task_uncancel_to(struct task *t, unsigned base);

/* Makes a request that was delivered wait for the next await again. */
void task_cancel_again(struct task *t);

#endif
