/* Places: hosts that can go on stand in a ring; each turn grants one ticket. */
#include "http/limits.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "async/future.h"
#include "base/map.h"
#include "base/mem.h"

struct host {
    struct list ring;    /* among the hosts that can go on now */
    struct list again;   /* waiting to go on with what they began; these first */
    struct list tickets; /* waiting, first come first served */
    struct limits *limits;
    unsigned active;   /* places held here */
    unsigned delayed;  /* tickets that will ask later */
    double delay;      /* seconds between two starts here; 0: the configuration's */
    double not_before; /* loop_time of the next start that is allowed; 0: any time */
    struct timer wake; /* at not_before */
    char origin[];
};

struct limits {
    struct limits_config config;
    struct loop *loop;
    struct map hosts; /* origin: struct host */
    struct list ring;
    unsigned active;
    double next_start; /* by the rate, in all */
    struct timer pace;
    bool pumping;
};

static void pump(struct limits *l);

/* ---- hosts ---- */

static void host_woken(void *arg);

static struct host *host_get(struct limits *l, const char *origin)
{
    struct host *h = map_get(&l->hosts, origin);
    size_t n = strlen(origin) + 1;

    if (h)
        return h;
    h = mem_zalloc(sizeof(*h) + n);
    memcpy(h->origin, origin, n);
    h->limits = l;
    list_init(&h->ring);
    list_init(&h->again);
    list_init(&h->tickets);
    timer_init(&h->wake, host_woken, h);
    map_set(&l->hosts, h->origin, h);
    return h;
}

static void host_free(struct host *h)
{
    timer_stop(&h->wake);
    list_remove(&h->ring);
    map_remove(&h->limits->hosts, h->origin);
    free(h);
}

static bool host_wanted(const struct host *h)
{
    return !list_empty(&h->again) || !list_empty(&h->tickets);
}

static struct ticket *host_next(struct host *h)
{
    struct list *first = list_shift(list_empty(&h->again) ? &h->tickets : &h->again);

    return container_of(first, struct ticket, node);
}

static bool host_must_wait(struct host *h)
{
    if (h->not_before > 0 && loop_time() >= h->not_before)
        h->not_before = 0;
    return h->not_before > 0;
}

/* Puts the host where its state wants it: in the ring, asleep, or away altogether, so
 * that a run over a million hosts remembers only those it has to do with. */
static void host_settle(struct host *h)
{
    struct limits *l = h->limits;
    bool wanted = host_wanted(h);

    if (host_must_wait(h)) {
        list_remove(&h->ring);
        if (!timer_active(&h->wake))
            loop_call_at(l->loop, &h->wake, h->not_before);
    } else if (!wanted && h->active == 0 && h->delayed == 0 && h->delay <= 0) {
        host_free(h);
    } else if (!wanted || h->active >= l->config.per_host) {
        list_remove(&h->ring);
    } else if (list_empty(&h->ring)) {
        list_append(&l->ring, &h->ring);
    }
}

static void host_woken(void *arg)
{
    struct host *h = arg;
    struct limits *l = h->limits;

    host_settle(h);
    pump(l);
}

/* ---- granting ---- */

/* A longer pause stands. */
static void set_not_before(struct host *h, double seconds)
{
    double until = loop_time() + seconds;

    if (seconds <= 0 || until <= h->not_before)
        return;
    h->not_before = until;
    timer_stop(&h->wake);
}

static void grant_one(struct limits *l)
{
    struct host *h = container_of(list_shift(&l->ring), struct host, ring);
    struct ticket *t = host_next(h);

    t->state = TICKET_HELD;
    h->active++;
    l->active++;
    set_not_before(h,
                   h->delay > l->config.host_delay ? h->delay : l->config.host_delay);
    host_settle(h);
    t->granted(t);
}

/* Whether the rate lets one start now; arms the timer when it does not. */
static bool on_pace(struct limits *l)
{
    double now, gap;

    if (l->config.rate <= 0)
        return true;
    now = loop_time();
    gap = 1 / l->config.rate;
    if (now < l->next_start) {
        loop_call_at(l->loop, &l->pace, l->next_start);
        return false;
    }
    /* What was not used up is not saved up, beyond a slip of one gap. */
    l->next_start = (l->next_start > now - gap ? l->next_start : now) + gap;
    return true;
}

static void pump(struct limits *l)
{
    if (l->pumping) /* `granted` asked for more: the loop below sees to it */
        return;
    l->pumping = true;
    while (l->active < l->config.total && !list_empty(&l->ring) && on_pace(l))
        grant_one(l);
    l->pumping = false;
}

static void pump_later(void *arg)
{
    pump(arg);
}

/* ---- the interface ---- */

struct limits *limits_new(struct loop *loop, const struct limits_config *config)
{
    struct limits *l = mem_zalloc(sizeof(*l));

    assert(config->total > 0 && config->per_host > 0);
    l->config = *config;
    l->loop = loop;
    map_init(&l->hosts);
    list_init(&l->ring);
    timer_init(&l->pace, pump_later, l);
    return l;
}

void limits_free(struct limits *l)
{
    struct host *h;
    size_t pos = 0;

    assert(l->active == 0);
    timer_stop(&l->pace);
    while ((h = map_next(&l->hosts, &pos))) { /* those that only remember a pause */
        assert(!host_wanted(h) && h->delayed == 0);
        host_free(h);
    }
    map_clear(&l->hosts);
    free(l);
}

static void ticket_due(void *arg)
{
    struct ticket *t = arg;
    struct host *h = t->host;

    h->delayed--;
    t->state = TICKET_WAITING;
    list_append(&h->again, &t->node);
    host_settle(h);
    pump(t->limits);
}

void ticket_init(struct ticket *t, void (*granted)(struct ticket *t))
{
    *t = (struct ticket){.granted = granted, .state = TICKET_IDLE};
    list_init(&t->node);
    timer_init(&t->delay, ticket_due, t);
}

void limits_enqueue(struct limits *l, struct ticket *t, const char *origin)
{
    assert(t->state == TICKET_IDLE);
    t->limits = l;
    t->host = host_get(l, origin);
    t->state = TICKET_WAITING;
    list_append(&t->host->tickets, &t->node);
    host_settle(t->host);
    pump(l);
}

void limits_enqueue_later(struct limits *l, struct ticket *t, const char *origin,
                          double seconds)
{
    assert(t->state == TICKET_IDLE);
    t->limits = l;
    t->host = host_get(l, origin);
    t->state = TICKET_DELAYED;
    t->host->delayed++;
    loop_call_later(l->loop, &t->delay, seconds);
}

void limits_release(struct ticket *t)
{
    enum ticket_state was = t->state;
    struct host *h = t->host;

    if (was == TICKET_IDLE)
        return;
    t->state = TICKET_IDLE;
    t->host = NULL;
    list_remove(&t->node);
    timer_stop(&t->delay);
    if (was == TICKET_DELAYED)
        h->delayed--;
    if (was == TICKET_HELD) {
        h->active--;
        t->limits->active--;
    }
    host_settle(h);
    pump(t->limits);
}

static void wake_acquirer(struct ticket *t)
{
    struct future *f = t->waiter;

    if (!future_done(
            f)) /* cancelled in this very round: limits_acquire gives it back */
        future_set_result(f, NULL);
}

int limits_acquire(struct limits *l, struct ticket *t, const char *origin)
{
    struct future place;
    int r;

    future_init(&place, "a place at its host");
    t->granted = wake_acquirer;
    t->waiter = &place;
    limits_enqueue(l, t, origin);
    r = future_await(&place);
    if (r < 0)
        limits_release(t);
    future_clear(&place);
    return r;
}

void limits_pause(struct limits *l, const char *origin, double seconds)
{
    struct host *h;

    if (seconds <= 0)
        return;
    h = host_get(l, origin);
    set_not_before(h, seconds);
    host_settle(h);
}

void limits_set_delay(struct limits *l, const char *origin, double seconds)
{
    struct host *h = host_get(l, origin);

    h->delay = seconds;
    host_settle(h);
}

void limits_shrink(struct limits *l, unsigned total)
{
    if (total < l->config.total)
        l->config.total = total > 0 ? total : 1;
}

bool limits_wanted(const struct ticket *t)
{
    return host_wanted(t->host) || t->host->delayed > 0;
}

size_t limits_hosts(const struct limits *l)
{
    return l->hosts.count;
}

unsigned limits_active(const struct limits *l)
{
    return l->active;
}

unsigned limits_total(const struct limits *l)
{
    return l->config.total;
}
