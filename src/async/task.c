/* Tasks: a function, a stack, and the future of its result. */
#include "async/task.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "async/context.h"
#include "async/future_internal.h"
#include "async/loop_internal.h"
#include "async/stack.h"
#include "async/task_internal.h"
#include "base/mem.h"

static struct task_state *state(void)
{
    return loop_tasks(loop_current());
}

struct task *task_current(void)
{
    return state()->running;
}

/* ---- running ---- */

static void task_main(void *arg)
{
    struct task *t = arg;
    struct task_state *st = loop_tasks(t->future.loop);

    context_entered(&t->context, &st->context);
    t->result = t->fn(t->arg);
    t->finished = true;
    context_exit(&t->context, &st->context);
}

static void task_finish(struct task *t)
{
    list_remove(&t->all);
    if (t->stack) {
        stack_put(&loop_tasks(t->future.loop)->stacks, t->stack);
        context_clear(&t->context);
        t->stack = NULL;
    }
    future_finish(&t->future, t->result, NULL);
    task_unref(t);
}

/* Resumes the task, on the loop's stack, until it suspends again or ends. */
static void task_step(void *arg)
{
    struct task *t = arg;
    struct task_state *st = loop_tasks(t->future.loop);

    assert(!st->running);
    if (!t->stack && t->must_cancel) { /* cancelled before it began: never begins */
        t->result = -ECANCELED;
        task_finish(t);
        return;
    }
    if (!t->stack) {
        t->stack = stack_get(&st->stacks);
        context_init(&t->context, t->stack, task_main, t);
    }
    t->awaits = NULL;
    st->running = t;
    context_switch(&st->context, &t->context);
    st->running = NULL;
    if (t->finished)
        task_finish(t);
}

static void woken(struct future *f, void *arg)
{
    (void)f;
    task_step(arg);
}

static void suspend(struct task *t)
{
    struct task_state *st = loop_tasks(t->future.loop);

    context_switch(&t->context, &st->context);
}

struct task *task_create(task_fn *fn, void *arg)
{
    struct task *t = mem_zalloc(sizeof(*t));

    t->name = "task";
    future_init(&t->future, t->name);
    t->future.cancel = task_cancel_future;
    handle_init(&t->step, task_step, t);
    t->fn = fn;
    t->arg = arg;
    t->refs = 2; /* the caller's, and the loop's until it has ended */
    list_init(&t->all);
    list_append(&loop_tasks(t->future.loop)->all, &t->all);
    loop_call_soon(t->future.loop, &t->step);
    return t;
}

struct task *task_ref(struct task *t)
{
    t->refs++;
    return t;
}

void task_unref(struct task *t)
{
    if (!t || --t->refs > 0)
        return;
    assert(future_done(&t->future));
    future_clear(&t->future);
    free(t);
}

void task_set_name(struct task *t, const char *name)
{
    t->name = t->future.what = name;
}

const char *task_name(const struct task *t)
{
    return t->name;
}

struct future *task_future(struct task *t)
{
    return &t->future;
}

bool task_done(const struct task *t)
{
    return future_done(&t->future);
}

int task_result(const struct task *t)
{
    return future_result(&t->future);
}

/* ---- awaiting ---- */

static struct task *awaiting_task(void)
{
    struct task *t = task_current();

    assert(t && "awaiting is for tasks: this is a callback, or no task runs");
    return t;
}

static bool take_cancellation(struct task *t)
{
    bool requested = t->must_cancel;

    t->must_cancel = false;
    return requested;
}

static void suspend_on(struct task *t, struct future *f)
{
    assert(f != &t->future && "a task cannot await itself");
    t->awaits = f;
    future_add_done_callback(f, &t->wakeup, woken, t);
    suspend(t);
}

/* A request that came after f was cancelled, and before its waiter ran, is one with
 * what f brings: the task must not be cancelled once more in its clean-up. */
static void take_what_came(struct task *t, const struct future *f)
{
    if (f->result == -ECANCELED)
        take_cancellation(t);
}

int future_await(struct future *f)
{
    struct task *t = awaiting_task();

    /* A result that is there is not refused: the request waits for the next await. */
    if (!f->done && take_cancellation(t) && !future_cancel(f))
        t->must_cancel = true;
    if (!f->done) {
        suspend_on(t, f);
        take_what_came(t, f);
    }
    assert(f->done);
    return f->result;
}

int future_await_shielded(struct future *f)
{
    struct task *t = awaiting_task();

    if (f->done)
        return f->result;
    if (take_cancellation(t))
        return -ECANCELED;
    t->shielded = true;
    suspend_on(t, f);
    t->shielded = false;
    /* Woken by the one or the other; the second must not resume what comes next. */
    future_remove_done_callback(&t->wakeup);
    handle_cancel(&t->step);
    if (f->done) {
        take_what_came(t, f);
        return f->result;
    }
    take_cancellation(t);
    return -ECANCELED;
}

int task_await(struct task *t)
{
    return future_await(&t->future);
}

int task_yield(void)
{
    struct task *t = awaiting_task();

    if (take_cancellation(t))
        return -ECANCELED;
    loop_call_soon(t->future.loop, &t->step);
    suspend(t);
    return take_cancellation(t) ? -ECANCELED : 0;
}

static void sleep_over(void *arg)
{
    struct future *f = arg;

    if (!f->done)
        future_set_result(f, NULL);
}

int task_sleep(double seconds)
{
    struct future over;
    struct timer timer;
    int r;

    if (seconds <= 0)
        return task_yield();
    future_init(&over, "sleep");
    timer_init(&timer, sleep_over, &over);
    loop_call_later(over.loop, &timer, seconds);
    r = future_await(&over);
    timer_stop(&timer);
    future_clear(&over);
    return r;
}

/* ---- lists ---- */

void task_list(struct buf *out)
{
    list_for_each (node, &state()->all) {
        struct task *t = container_of(node, struct task, all);

        if (t->awaits)
            buf_appendf(out, "  %s: awaits %s\n", t->name, t->awaits->what);
        else
            buf_appendf(out, "  %s: %s\n", t->name,
                        t == task_current() ? "runs" : "ready");
    }
}
