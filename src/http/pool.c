/* Workers: each takes a call that has its place, makes one exchange, gives the place
 * back, and sends the call on as that went. */
#include "http/pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "async/task.h"
#include "async/wait.h"
#include "base/mem.h"

struct pool {
    struct client *client;
    struct limits *limits;
    void (*done)(struct call *call, void *arg);
    void *arg;
    pool_step *step;
    struct list workers; /* all of them */
    struct list idle;    /* those without a call */
    struct list waiting; /* calls that have asked for a place */
    struct list granted; /* calls that have one, and no worker yet ... */
    unsigned ready;      /* ... so many, */
    unsigned coming;     /* and workers that are about to look for one by themselves */
    size_t outstanding;
    const char *cancelled; /* why, once the pool is */
    struct future *joined; /* what pool_join waits for */
};

struct worker {
    struct list all, idle;
    struct pool *pool;
    struct task *task;
    struct future *wake;   /* while it is idle */
    struct call *call;     /* while it makes an exchange */
    const char *cancelled; /* why that is to end */
};

/* Whether the pool has the call, and no worker has. */
static bool in_queue(const struct call *call)
{
    return call->ticket.state != TICKET_IDLE && !list_empty(&call->node);
}

static void finish(struct pool *p, struct call *call)
{
    if (in_queue(call) && call->ticket.state == TICKET_HELD)
        p->ready--;
    list_remove(&call->node);
    limits_release(&call->ticket);
    p->outstanding--;
    p->done(call, p->arg);
    if (p->outstanding == 0 && p->joined && !future_done(p->joined))
        future_set_result(p->joined, NULL);
}

/* ---- workers ---- */

static async int rest(struct worker *w)
{
    struct future wake;
    int r;

    future_init(&wake, "a call");
    w->wake = &wake;
    list_prepend(&w->pool->idle, &w->idle); /* the last to rest is the first to work */
    r = future_await(&wake);
    list_remove(&w->idle);
    w->wake = NULL;
    future_clear(&wake);
    return r;
}

/* Sends the call on after an exchange: to its end, or for another place. `cancelled`:
 * why not for another place, or NULL. */
static void send_on(struct pool *p, struct call *call, enum call_next next,
                    double delay, const char *cancelled)
{
    if (cancelled && (next != CALL_DONE || call->response.error == HTTP_CANCELLED)) {
        call_cancel(call, cancelled);
        next = CALL_DONE;
    }
    if (next == CALL_DONE) {
        finish(p, call);
        return;
    }
    list_append(&p->waiting, &call->node);
    limits_release(&call->ticket);
    if (next == CALL_RETRY)
        limits_enqueue_later(p->limits, &call->ticket, call_origin(call), delay);
    else
        limits_enqueue(p->limits, &call->ticket, call_origin(call));
}

static async enum call_next plain_step(struct call *call, struct client *c,
                                       double *delay, void *arg)
{
    (void)arg;
    return call_step(call, c, delay);
}

static void cancel_call_of(struct worker *w, const char *why)
{
    if (!w->call || w->cancelled)
        return;
    w->cancelled = why;
    task_cancel(w->task);
}

static async void make_exchange(struct worker *w, struct call *call)
{
    struct pool *p = w->pool;
    const char *cancelled;
    enum call_next next;
    double delay = 0;

    w->call = call;
    next = p->step(call, p->client, &delay, p->arg);
    w->call = NULL;
    /* A request to end that no await has returned is not for the next call. */
    if (w->cancelled)
        task_uncancel(w->task);
    cancelled = w->cancelled ? w->cancelled : p->cancelled;
    w->cancelled = NULL;
    p->coming++;
    send_on(p, call, next, delay, cancelled);
}

static async int work(void *arg)
{
    struct worker *w = arg;
    struct pool *p = w->pool;
    int r = 0;

    while (r == 0) {
        struct list *node = list_shift(&p->granted);

        p->coming--;
        if (node) {
            p->ready--;
            make_exchange(w, container_of(node, struct call, node));
        } else {
            r = rest(w);
        }
    }
    return r;
}

static void start_worker(struct pool *p)
{
    struct worker *w = mem_zalloc(sizeof(*w));

    w->pool = p;
    list_init(&w->idle);
    list_init(&w->all);
    list_append(&p->workers, &w->all);
    w->task = task_create(work, w);
    task_set_name(w->task, "worker");
}

/* Wakes a worker that rests. One that was cancelled meanwhile is of no use. */
static bool wake_one(struct pool *p)
{
    struct list *node;

    while ((node = list_shift(&p->idle))) {
        struct future *wake = container_of(node, struct worker, idle)->wake;

        if (!future_done(wake)) {
            future_set_result(wake, NULL);
            return true;
        }
    }
    return false;
}

/* Somebody has to take it up: the worker whose place it got, one that rests, or a new
 * one, of which there are then no more than places. */
static void call_granted(struct ticket *t)
{
    struct call *call = container_of(t, struct call, ticket);
    struct pool *p = t->waiter;

    list_remove(&call->node);
    list_append(&p->granted, &call->node);
    if (++p->ready <= p->coming)
        return;
    p->coming++;
    if (!wake_one(p))
        start_worker(p);
}

/* ---- the interface ---- */

struct pool *pool_new(struct client *c, void (*done)(struct call *call, void *arg),
                      void *arg)
{
    struct pool *p = mem_zalloc(sizeof(*p));

    p->client = c;
    p->limits = client_limits(c);
    p->done = done;
    p->arg = arg;
    p->step = plain_step;
    list_init(&p->workers);
    list_init(&p->idle);
    list_init(&p->waiting);
    list_init(&p->granted);
    return p;
}

void pool_set_step(struct pool *p, pool_step *step)
{
    p->step = step;
}

void pool_free(struct pool *p)
{
    struct list *node;

    assert(p->outstanding == 0);
    list_for_each (each, &p->workers)
        task_cancel(container_of(each, struct worker, all)->task);
    while ((node = list_shift(&p->workers))) {
        struct worker *w = container_of(node, struct worker, all);

        while (!task_done(w->task)) /* our own cancellation does not free us of it */
            shield(task_future(w->task));
        task_unref(w->task);
        free(w);
    }
    free(p);
}

static void enqueue(struct pool *p, struct call *call)
{
    if (p->cancelled) {
        call_cancel(call, p->cancelled);
        finish(p, call);
        return;
    }
    call->ticket.granted = call_granted;
    call->ticket.waiter = p;
    list_append(&p->waiting, &call->node);
    limits_enqueue(p->limits, &call->ticket, call_origin(call));
}

void pool_submit(struct pool *p, struct call *call)
{
    p->outstanding++;
    if (call_check(call))
        enqueue(p, call);
    else
        finish(p, call);
}

void pool_go_on(struct pool *p, struct call *call)
{
    p->outstanding++;
    call->waiting_since = loop_time();
    enqueue(p, call);
}

static struct call *next_without_worker(struct pool *p)
{
    struct list *from = list_empty(&p->waiting) ? &p->granted : &p->waiting;

    return list_empty(from) ? NULL : container_of(from->next, struct call, node);
}

void pool_cancel(struct pool *p, const char *why)
{
    struct call *call;

    p->cancelled = why;
    list_for_each (node, &p->workers)
        cancel_call_of(container_of(node, struct worker, all), why);
    /* Giving a place back may grant it to the next, which then is in the other list. */
    while ((call = next_without_worker(p))) {
        call_cancel(call, why);
        finish(p, call);
    }
}

void pool_cancel_call(struct pool *p, struct call *call, const char *why)
{
    if (in_queue(call)) {
        call_cancel(call, why);
        finish(p, call);
        return;
    }
    list_for_each (node, &p->workers) {
        struct worker *w = container_of(node, struct worker, all);

        if (w->call == call)
            cancel_call_of(w, why);
    }
}

size_t pool_outstanding(const struct pool *p)
{
    return p->outstanding;
}

int pool_join(struct pool *p)
{
    struct future joined;
    int r;

    assert(!p->joined);
    if (p->outstanding == 0)
        return 0;
    future_init(&joined, "the last response");
    p->joined = &joined;
    r = future_await(&joined);
    p->joined = NULL;
    future_clear(&joined);
    return r;
}

void pool_each_active(struct pool *p, void (*fn)(const struct call *call, void *arg),
                      void *arg)
{
    list_for_each (node, &p->workers) {
        struct worker *w = container_of(node, struct worker, all);

        if (w->call)
            fn(w->call, arg);
    }
}
