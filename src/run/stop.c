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

/* Who interrupts a run is not kept waiting for a reader that does not read: it leaves
 * within a second. */
static void leave_soon(struct run *run)
{
    if (!timer_active(&run->patience))
        loop_call_later(run->loop, &run->patience, 0.8);
}

static void on_patience(void *arg)
{
    struct run *run = arg;
    uint64_t before = run->seen_written;

    if (!run->sink)
        return;
    run->seen_written = sink_written(run->sink);
    if (!run->signo && run->seen_written > before)
        leave_soon(run); /* past the deadline: slow, but it reads */
    else
        sink_abandon(run->sink);
}

static void interrupted(int signo, void *arg)
{
    struct run *run = arg;

    run->signo = signo;
    run_stop(run, signo == SIGINT ? "interrupted" : "terminated");
    leave_soon(run);
}

static void on_deadline(void *arg)
{
    run_stop(arg, "the deadline has passed (--deadline)");
    leave_soon(arg);
}

void stop_watch(struct run *run)
{
    interrupt_watch(&run->interrupt, run->loop, interrupted, run);
    timer_init(&run->deadline, on_deadline, run);
    timer_init(&run->patience, on_patience, run);
    if (run->o->deadline > 0)
        loop_call_later(run->loop, &run->deadline, run->o->deadline);
}

void stop_forget_deadline(struct run *run)
{
    timer_stop(&run->deadline);
}

void stop_unwatch(struct run *run)
{
    timer_stop(&run->patience);
    interrupt_unwatch(&run->interrupt);
}
