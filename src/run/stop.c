/* Ending early: a signal, the deadline, the first failure, an output that is gone. */
#include <signal.h>

#include "run/run_internal.h"

void run_stop(struct run *run, const char *why)
{
    if (run->stopped)
        return;
    run->stopped = why;
    if (run->reader)
        task_cancel(run->reader);
    if (!run->pool) /* nothing has begun yet, or all has ended */
        return;
    pool_cancel(run->pool, why);
    if (run->scenario->stopped)
        run->scenario->stopped(run);
}

void run_fail_locally(struct run *run, int error, const char *why)
{
    if (!run->local_error)
        run->local_error = error;
    run_stop(run, why);
}

static void interrupted(int signo, void *arg)
{
    struct run *run = arg;

    run_stop(run, signo == SIGINT ? "interrupted" : "terminated");
    patience_begin(&run->patience);
}

static void on_deadline(void *arg)
{
    struct run *run = arg;

    run_stop(run, "the deadline has passed (--deadline)");
    patience_begin(&run->patience);
}

void stop_watch(struct run *run)
{
    interrupt_watch(&run->interrupt, run->loop, interrupted, run);
    timer_init(&run->deadline, on_deadline, run);
    patience_init(&run->patience, run->loop, &run->sink, &run->interrupt);
    if (run->o->deadline > 0)
        loop_call_later(run->loop, &run->deadline, run->o->deadline);
}

void stop_forget_deadline(struct run *run)
{
    timer_stop(&run->deadline);
}

void stop_unwatch(struct run *run)
{
    patience_end(&run->patience);
    interrupt_unwatch(&run->interrupt);
}
