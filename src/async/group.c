#include "async/group.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "async/future_internal.h"
#include "async/task_internal.h"
#include "base/mem.h"

/* Kept until group_wait returns, since until then its result is to be had. */
struct member {
    struct list node;
    struct task *task;
    struct future_callback ended;
};

static void reset(struct group *g, struct task *owner)
{
    list_init(&g->members);
    g->live = 0;
    g->idle = NULL;
    g->owner = owner;
    g->delivered = owner ? task_cancel_delivered(owner) : 0;
    g->owner_cancelled = false;
    g->closing = false;
    g->error = 0;
}

void group_init(struct group *g)
{
    reset(g, task_current());
}

void group_cancel(struct group *g)
{
    g->closing = true;
    list_for_each (node, &g->members)
        task_cancel(container_of(node, struct member, node)->task);
}

/* The owner may be about to wait for what a member would have done. */
static void member_failed(struct group *g, int error)
{
    g->error = error;
    if (g->closing)
        return;
    group_cancel(g);
    if (g->owner && !g->idle)
        g->owner_cancelled = task_cancel(g->owner);
}

static void member_ended(struct future *f, void *arg)
{
    struct group *g = arg;

    g->live--;
    if (f->result < 0 && f->result != -ECANCELED && g->error == 0)
        member_failed(g, f->result);
    if (g->live == 0 && g->idle && !g->idle->done)
        future_set_result(g->idle, NULL);
}

struct task *group_create_task(struct group *g, task_fn *fn, void *arg)
{
    struct member *m = mem_alloc(sizeof(*m));

    m->task = task_create(fn, arg);
    list_init(&m->node);
    list_append(&g->members, &m->node);
    g->live++;
    future_add_done_callback(task_future(m->task), &m->ended, member_ended, g);
    if (g->closing)
        task_cancel(m->task);
    return m->task;
}

/* Returns whether the caller was cancelled. */
static bool await_members(struct group *g)
{
    bool cancelled = false;

    while (g->live > 0) {
        struct future idle;

        future_init(&idle, "group");
        g->idle = &idle;
        if (future_await_shielded(&idle) < 0) {
            cancelled = true;
            if (!g->closing) /* once: to end is the members' affair from there on */
                group_cancel(g);
        }
        g->idle = NULL;
        future_clear(&idle);
    }
    return cancelled;
}

static void release_members(struct group *g)
{
    struct list *node;

    while ((node = list_shift(&g->members))) {
        struct member *m = container_of(node, struct member, node);

        task_unref(m->task);
        free(m);
    }
}

int group_wait(struct group *g)
{
    struct task *self = task_current();
    bool cancelled = false;
    int error;

    assert(self && !g->idle);
    assert((!g->owner || g->owner == self) && "the task that made a group awaits it");
    if (g->owner_cancelled) /* our own request; more than that came from elsewhere */
        cancelled = !task_uncancel_to(self, g->delivered);
    if (await_members(g))
        cancelled = true;
    release_members(g);
    error = g->error;
    reset(g, g->owner);
    if (error && cancelled)
        task_cancel_again(self);
    return error ? error : cancelled ? -ECANCELED : 0;
}
