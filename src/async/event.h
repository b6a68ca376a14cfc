/* event.h - a flag that tasks can wait for. */
#ifndef TRAWL_ASYNC_EVENT_H
#define TRAWL_ASYNC_EVENT_H

#include <stdbool.h>

#include "async/future.h"

struct event {
    struct list waiters;
    bool set;
};

void event_init(struct event *e);

/* Wakes all who wait, and lets pass who comes until event_clear. */
void event_set(struct event *e);
void event_clear(struct event *e);
bool event_is_set(const struct event *e);

/* Suspends until the flag is set; 0 or -ECANCELED. Who was woken passes even when the
 * flag is cleared again before it runs. */
async int event_wait(struct event *e);

#endif
