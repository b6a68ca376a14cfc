/* throttle.h - a rate in bytes a second that many transfers share (token bucket). */
#ifndef TRAWL_HTTP_THROTTLE_H
#define TRAWL_HTTP_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/loop.h"

/* A transfer that may have to stop; embedded in it. */
struct throttled {
    struct list node;
    void (*resume)(struct throttled *t); /* from the loop */
};

struct throttle;

struct throttle *throttle_new(struct loop *loop, int64_t bytes_per_second);
void throttle_free(struct throttle *t); /* NULL is allowed */

void throttled_init(struct throttled *t, void (*resume)(struct throttled *t));

/* Asks to take n bytes: true and they are counted, or false: stop, `resume` is called
 * when it is this one's turn again. Bytes already there are never refused for being
 * many: the next ones wait the longer. */
bool throttle_take(struct throttle *t, struct throttled *who, size_t n);

bool throttled_waits(const struct throttled *t);
void throttled_cancel(struct throttled *t);

#endif
