/* Time limits: on a block of code, and on a future. */
#include <assert.h>
#include <errno.h>

#include "async/task_internal.h"
#include "async/wait.h"

static void expire(void *arg)
{
    struct timeout *t = arg;

    t->expired = true;
    task_cancel(t->task);
}

void timeout_begin(struct timeout *t, double seconds)
{
    struct loop *loop = loop_current();

    t->task = task_current();
    assert(t->task && "a time limit is for what a task awaits");
    t->cancelled = task_cancel_delivered(t->task);
    t->expired = false;
    timer_init(&t->timer, expire, t);
    if (seconds <= 0)
        loop_call_soon(loop, &t->timer.handle); /* not after the next poll */
    else if (seconds < WAIT_FOREVER)
        loop_call_later(loop, &t->timer, seconds);
}

int timeout_end(struct timeout *t, int result)
{
    bool ours;

    assert(t->task == task_current());
    timer_stop(&t->timer);
    if (!t->expired)
        return result;
    ours = task_uncancel_to(t->task, t->cancelled);
    return ours && result == -ECANCELED ? -ETIMEDOUT : result;
}

int wait_for(struct future *f, double seconds)
{
    struct timeout limit;

    timeout_begin(&limit, seconds);
    if (seconds <= 0 && !f->done) { /* now: what has not begun shall not begin */
        timer_stop(&limit.timer);
        expire(&limit);
    }
    return timeout_end(&limit, future_await(f));
}
