#include "http/throttle.h"

#include <stdlib.h>

#include "base/mem.h"

/* How long a stop lasts at least: short enough to look steady, long enough to be few.
 */
#define NAP 0.02

struct throttle {
    struct loop *loop;
    struct list waiting;
    struct timer timer;
    double rate;   /* bytes a second */
    double tokens; /* bytes that may be taken; below zero: taken in advance */
    double filled; /* loop_time of the last filling */
    bool serving;  /* those who wait are being resumed */
};

static void fill(struct throttle *t)
{
    double now = loop_time(), most = t->rate * NAP * 2;

    t->tokens += (now - t->filled) * t->rate;
    if (t->tokens > most)
        t->tokens = most;
    t->filled = now;
}

static void wait_for_tokens(struct throttle *t)
{
    double debt = -t->tokens / t->rate;

    if (!list_empty(&t->waiting) && !timer_active(&t->timer))
        loop_call_later(t->loop, &t->timer, debt > NAP ? debt : NAP);
}

static void refilled(void *arg)
{
    struct throttle *t = arg;
    struct list turn, *node;

    /* Those who wait now, once each: who stops again goes to the end. */
    list_init(&turn);
    list_splice(&turn, &t->waiting);
    fill(t);
    t->serving = true;
    while (t->tokens > 0 && (node = list_shift(&turn))) {
        struct throttled *who = container_of(node, struct throttled, node);

        who->resume(who);
    }
    t->serving = false;
    list_splice(&turn, &t->waiting);
    list_splice(&t->waiting, &turn);
    wait_for_tokens(t);
}

struct throttle *throttle_new(struct loop *loop, int64_t bytes_per_second)
{
    struct throttle *t = mem_zalloc(sizeof(*t));

    t->loop = loop;
    t->rate = (double)bytes_per_second;
    t->filled = loop_time();
    list_init(&t->waiting);
    timer_init(&t->timer, refilled, t);
    return t;
}

void throttle_free(struct throttle *t)
{
    if (!t)
        return;
    timer_stop(&t->timer);
    free(t);
}

void throttled_init(struct throttled *t, void (*resume)(struct throttled *t))
{
    list_init(&t->node);
    t->resume = resume;
}

bool throttle_take(struct throttle *t, struct throttled *who, size_t n)
{
    fill(t);
    /* Who has not waited must not take what others wait for. */
    if (t->tokens > 0 && (t->serving || list_empty(&t->waiting))) {
        t->tokens -= (double)n;
        return true;
    }
    list_remove(&who->node);
    list_append(&t->waiting, &who->node);
    wait_for_tokens(t);
    return false;
}

bool throttled_waits(const struct throttled *t)
{
    return !list_empty(&t->node);
}

void throttled_cancel(struct throttled *t)
{
    list_remove(&t->node);
}
