/* limits.h - who may start now: places in all, places a host, pauses, pace.
 *
 * A request asks for a place at its origin with a ticket, and holds the place from
 * `granted` to limits_release. Waiting costs no place, only the ticket. Hosts that can
 * go on are served in turn, each in the order of its tickets, so a list sorted by host
 * starves nobody. */
#ifndef TRAWL_HTTP_LIMITS_H
#define TRAWL_HTTP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "async/loop.h"

struct limits_config {
    unsigned total;    /* at once, in all */
    unsigned per_host; /* at once, an origin */
    double host_delay; /* seconds from one start at a host to the next */
    double rate;       /* starts a second in all; 0: as fast as it goes */
};

struct limits;
struct host;

enum ticket_state { TICKET_IDLE, TICKET_DELAYED, TICKET_WAITING, TICKET_HELD };

struct ticket {
    struct list node;
    struct timer delay;
    struct host *host;
    struct limits *limits;
    void (*granted)(struct ticket *t); /* from the loop or a release; must not await */
    void *waiter;                      /* limits_acquire's own */
    enum ticket_state state;
};

struct limits *limits_new(struct loop *loop, const struct limits_config *config);
void limits_free(struct limits *l); /* no ticket may be waiting or held */

void ticket_init(struct ticket *t, void (*granted)(struct ticket *t));

/* Asks for a place at the origin, behind those who asked before. It may be granted
 * before this returns. */
void limits_enqueue(struct limits *l, struct ticket *t, const char *origin);

/* Asks for a place after `seconds`, then before those who have not started yet, behind
 * others who were late: a retry goes on before new work begins. */
void limits_enqueue_later(struct limits *l, struct ticket *t, const char *origin,
                          double seconds);

/* Takes the request for a place back; or gives the place back if it is held. Harmless
 * when idle. */
void limits_release(struct ticket *t);

/* Suspends until a place is granted: 0, or -ECANCELED without one. Sets the ticket's
 * `granted` itself. */
async int limits_acquire(struct limits *l, struct ticket *t, const char *origin);

/* No new start at that origin for `seconds` (a longer pause stands). */
void limits_pause(struct limits *l, const char *origin, double seconds);

/* From now on at least `seconds` from one start at that origin to the next, as long as
 * the limits last; 0: as the configuration says. */
void limits_set_delay(struct limits *l, const char *origin, double seconds);

/* Fewer places in all from now on (at least 1): this machine bears no more. */
void limits_shrink(struct limits *l, unsigned total);

/* Whether somebody waits for a place at the origin of a ticket that holds one. */
bool limits_wanted(const struct ticket *t);

size_t
limits_hosts(const struct limits *l); /* origins with tickets, a pause, a delay */
unsigned limits_active(const struct limits *l); /* places held */
unsigned limits_total(const struct limits *l);

#endif
