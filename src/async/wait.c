#include "async/wait.h"

#include <errno.h>

#include "async/future_internal.h"
#include "async/watch_internal.h"

static bool any(const struct future *f)
{
    (void)f;
    return true;
}

static bool failed(const struct future *f)
{
    return f->result < 0 && f->result != -ECANCELED;
}

static watch_stop *stop_rule(enum wait_when when)
{
    return when == WAIT_FIRST_COMPLETED ? any
           : when == WAIT_FIRST_ERROR   ? failed
                                        : NULL;
}

static void time_is_up(void *arg)
{
    watch_end(arg);
}

int future_wait(struct future *const futures[], size_t n, enum wait_when when,
                double seconds)
{
    struct watch w;
    struct timer timer;
    int r, done = 0;

    watch_init(&w, futures, n, stop_rule(when), "wait");
    timer_init(&timer, time_is_up, &w);
    if (!w.over.done && seconds < WAIT_FOREVER)
        loop_call_later(w.over.loop, &timer, seconds);
    r = watch_await(&w);
    timer_stop(&timer);
    watch_clear(&w);
    for (size_t i = 0; i < n; i++)
        done += futures[i]->done;
    return r < 0 ? r : done;
}

int shield(struct future *f)
{
    return future_await_shielded(f);
}
