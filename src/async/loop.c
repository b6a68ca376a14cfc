/* The event loop, over libev. Nothing else in the program sees <ev.h>. */
#include "async/loop.h"

#include <assert.h>
#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "async/executor_internal.h"
#include "async/future.h"
#include "async/loop_internal.h"
#include "async/task.h"
#include "base/log.h"
#include "base/mem.h"

/* Rounds of ready callbacks between two looks at the file descriptors: what one
 * completion sets off is mostly done in a few, and each look is a system call. */
#define ROUNDS_PER_POLL 8

struct signal_watcher {
    ev_signal watcher;
    loop_fn *fn;
    void *arg;
};

struct loop {
    struct ev_loop *ev;
    ev_timer wake;     /* for the earliest of our own timers */
    struct list ready; /* handles, in the order in which they run */
    struct timer_heap timers;
    struct task_state tasks;
    struct executor *executor;
    size_t ios;   /* watchers with events: they can wake us */
    int expected; /* calls to come from other threads */
    bool stop;

    ev_async remote_wake;
    pthread_mutex_t remote_lock;
    struct list remote; /* handles from other threads, under the lock */

    struct signal_watcher *signals[NSIG];
    size_t signal_count;
};

static _Thread_local struct loop *current;

struct io {
    ev_io watcher;
    struct loop *loop;
    io_fn *fn;
    void *arg;
    unsigned events;
};

/* ---- accessors for the rest of async/ ---- */

struct task_state *loop_tasks(struct loop *loop)
{
    return &loop->tasks;
}

struct timer_heap *loop_timers(struct loop *loop)
{
    return &loop->timers;
}

struct list *loop_ready(struct loop *loop)
{
    return &loop->ready;
}

struct executor **loop_executor(struct loop *loop)
{
    return &loop->executor;
}

void loop_expect(struct loop *loop, int more)
{
    loop->expected += more;
    assert(loop->expected >= 0);
}

/* ---- life ---- */

static void nothing(struct ev_loop *ev, ev_timer *w, int events)
{
    (void)ev, (void)w, (void)events; /* it was there to end the poll */
}

static void remote_arrived(struct ev_loop *ev, ev_async *w, int events)
{
    struct loop *loop = w->data;

    (void)ev, (void)events;
    pthread_mutex_lock(&loop->remote_lock);
    list_splice(&loop->ready, &loop->remote);
    pthread_mutex_unlock(&loop->remote_lock);
}

struct loop *loop_new(void)
{
    struct loop *loop = mem_zalloc(sizeof(*loop));

    assert(!current);
    loop->ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
    if (!loop->ev)
        mem_exhausted();
    ev_timer_init(&loop->wake, nothing, 0, 0);
    ev_async_init(&loop->remote_wake, remote_arrived);
    loop->remote_wake.data = loop;
    ev_async_start(loop->ev, &loop->remote_wake);
    pthread_mutex_init(&loop->remote_lock, NULL);
    list_init(&loop->ready);
    list_init(&loop->remote);
    list_init(&loop->tasks.all);
    stack_pool_init(&loop->tasks.stacks);
    context_init_current(&loop->tasks.context);
    current = loop;
    return loop;
}

/* Their owners may outlive the loop, and must not find themselves linked to it. */
static void forget(struct list *handles)
{
    while (list_shift(handles))
        ;
}

void loop_free(struct loop *loop)
{
    assert(current == loop);
    assert(list_empty(&loop->tasks.all));
    executor_free(loop->executor);
    forget(&loop->ready);
    forget(&loop->remote);
    for (int signo = 1; signo < NSIG; signo++)
        loop_remove_signal(loop, signo);
    timer_heap_clear(&loop->timers);
    context_clear(&loop->tasks.context);
    stack_pool_clear(&loop->tasks.stacks);
    pthread_mutex_destroy(&loop->remote_lock);
    ev_async_stop(loop->ev, &loop->remote_wake);
    ev_loop_destroy(loop->ev);
    free(loop);
    current = NULL;
}

struct loop *loop_current(void)
{
    assert(current);
    return current;
}

double loop_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- soon ---- */

void handle_init(struct handle *h, loop_fn *fn, void *arg)
{
    list_init(&h->node);
    h->fn = fn;
    h->arg = arg;
}

void loop_call_soon(struct loop *loop, struct handle *h)
{
    if (list_empty(&h->node))
        list_append(&loop->ready, &h->node);
}

void loop_call_soon_threadsafe(struct loop *loop, struct handle *h)
{
    pthread_mutex_lock(&loop->remote_lock);
    list_append(&loop->remote, &h->node);
    pthread_mutex_unlock(&loop->remote_lock);
    ev_async_send(loop->ev, &loop->remote_wake);
}

void handle_cancel(struct handle *h)
{
    list_remove(&h->node);
}

/* ---- file descriptors ---- */

static void io_ready(struct ev_loop *ev, ev_io *w, int events)
{
    struct io *io = container_of(w, struct io, watcher);

    (void)ev;
    io->fn(io->arg,
           (events & EV_READ ? IO_READ : 0U) | (events & EV_WRITE ? IO_WRITE : 0U));
}

struct io *io_new(struct loop *loop, int fd, unsigned events, io_fn *fn, void *arg)
{
    struct io *io = mem_alloc(sizeof(*io));

    ev_io_init(&io->watcher, io_ready, fd, 0);
    io->loop = loop;
    io->fn = fn;
    io->arg = arg;
    io->events = 0;
    io_set(io, events);
    return io;
}

void io_set(struct io *io, unsigned events)
{
    struct loop *loop = io->loop;

    /* ev_io_set, not ev_io_modify: the number may by now belong to a new file, and
     * only a full set tells libev to register it afresh. */
    ev_io_stop(loop->ev, &io->watcher);
    loop->ios -= io->events != 0;
    io->events = events;
    loop->ios += io->events != 0;
    ev_io_set(&io->watcher, io->watcher.fd,
              (events & IO_READ ? EV_READ : 0) | (events & IO_WRITE ? EV_WRITE : 0));
    if (events)
        ev_io_start(loop->ev, &io->watcher);
}

void io_free(struct io *io)
{
    if (!io)
        return;
    ev_io_stop(io->loop->ev, &io->watcher);
    io->loop->ios -= io->events != 0;
    free(io);
}

/* ---- signals ---- */

static void signal_arrived(struct ev_loop *ev, ev_signal *w, int events)
{
    struct signal_watcher *s = container_of(w, struct signal_watcher, watcher);

    (void)ev, (void)events;
    s->fn(s->arg);
}

void loop_add_signal(struct loop *loop, int signo, loop_fn *fn, void *arg)
{
    struct signal_watcher *s;

    assert(signo > 0 && signo < NSIG);
    s = loop->signals[signo];
    if (!s) {
        s = loop->signals[signo] = mem_alloc(sizeof(*s));
        ev_signal_init(&s->watcher, signal_arrived, signo);
        loop->signal_count++;
    }
    /* Replaced in place: between two watchers the signal would end the program. */
    s->fn = fn;
    s->arg = arg;
    ev_signal_start(loop->ev, &s->watcher);
}

void loop_remove_signal(struct loop *loop, int signo)
{
    struct signal_watcher *s = loop->signals[signo];

    if (!s)
        return;
    ev_signal_stop(loop->ev, &s->watcher);
    free(s);
    loop->signals[signo] = NULL;
    loop->signal_count--;
}

/* ---- running ---- */

static void run_round(struct loop *loop)
{
    struct list round, *node;

    /* What is scheduled from now on belongs to the next round. */
    list_init(&round);
    list_splice(&round, &loop->ready);
    while ((node = list_shift(&round))) {
        struct handle *h = container_of(node, struct handle, node);

        h->fn(h->arg);
    }
}

static void collect_due(struct loop *loop)
{
    struct timer *t = timer_heap_first(&loop->timers);
    double now = t ? loop_time() : 0;

    while (t && t->when <= now) {
        timer_heap_remove(&loop->timers, t);
        list_append(&loop->ready, &t->handle.node);
        t = timer_heap_first(&loop->timers);
    }
}

static bool can_wake(const struct loop *loop)
{
    return loop->timers.count || loop->ios || loop->expected || loop->signal_count;
}

static void report_deadlock(void)
{
    struct buf tasks = BUF_INIT;

    buf_append_str(&tasks, "deadlock: nothing is left that could wake these tasks:\n");
    task_list(&tasks);
    log_block(tasks.data);
    buf_clear(&tasks);
    assert(!"deadlock");
}

static void poll_events(struct loop *loop)
{
    struct timer *first = timer_heap_first(&loop->timers);

    if (!list_empty(&loop->ready)) {
        ev_run(loop->ev, EVRUN_NOWAIT);
        return;
    }
    if (!can_wake(loop))
        report_deadlock();
    if (first) {
        /* libev counts from the time it cached when it last woke: bring it up to date,
         * or the timer fires early by as long as this round took. */
        double delay = first->when - loop_time();

        ev_now_update(loop->ev);
        ev_timer_set(&loop->wake, delay > 0 ? delay : 0, 0);
        ev_timer_start(loop->ev, &loop->wake);
    }
    ev_run(loop->ev, EVRUN_ONCE);
    ev_timer_stop(loop->ev, &loop->wake);
}

/* Returns whether to return: at the end of a round, and before any wait. */
static bool run_rounds(struct loop *loop, const struct future *f)
{
    for (int i = 0; i < ROUNDS_PER_POLL && !list_empty(&loop->ready); i++) {
        if (loop->stop || future_done(f))
            return true;
        run_round(loop);
    }
    return loop->stop || future_done(f);
}

void loop_run_until_complete(struct loop *loop, struct future *f)
{
    assert(!task_current());
    loop->stop = false;
    while (!run_rounds(loop, f)) {
        poll_events(loop);
        collect_due(loop);
    }
}

void loop_stop(struct loop *loop)
{
    loop->stop = true;
}
