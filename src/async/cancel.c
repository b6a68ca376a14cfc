/* Cancelling tasks: how a request finds its way, and how it is taken back. */
#include <assert.h>
#include <stddef.h>

#include "async/task_internal.h"
#include "base/mem.h"

bool task_cancel_future(struct future *f)
{
    return task_cancel(container_of(f, struct task, future));
}

/* The task that t awaits and would pass a request on to, or NULL. */
static struct task *awaited_task(const struct task *t)
{
    struct future *f = t->awaits;

    return f && !f->done && !t->shielded && f->cancel == task_cancel_future
               ? container_of(f, struct task, future)
               : NULL;
}

/* Counts the request in each of the tasks that await one another and returns the
 * innermost. A loop: the chain may be longer than a stack is deep. */
static struct task *pass_on(struct task *t)
{
    struct task *inner, *behind = t;

    for (bool odd = false; (inner = awaited_task(t)); odd = !odd) {
        t->cancelling++;
        t = inner;
        assert(t != behind && "tasks that await each other in a circle");
        if (odd)
            behind = awaited_task(behind);
    }
    return t;
}

bool task_cancel(struct task *t)
{
    if (future_done(&t->future))
        return false;
    t = pass_on(t);
    t->cancelling++;
    if (t->awaits && !t->awaits->done) {
        if (!t->shielded && future_cancel(t->awaits))
            return true;
        if (t->shielded)
            loop_call_soon(t->future.loop, &t->step);
    }
    t->must_cancel = true;
    return true;
}

void task_uncancel(struct task *t)
{
    task_uncancel_to(t, 0);
}

bool task_uncancel_to(struct task *t, unsigned base)
{
    assert(t->cancelling > 0);
    if (--t->cancelling > base)
        return false;
    t->must_cancel = false;
    return true;
}

unsigned task_cancel_delivered(const struct task *t)
{
    return t->cancelling - (t->must_cancel ? 1 : 0);
}

void task_cancel_again(struct task *t)
{
    t->must_cancel = true;
}

unsigned task_cancelling(const struct task *t)
{
    return t->cancelling;
}
