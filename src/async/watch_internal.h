/* watch_internal.h - several futures at once: what gather and future_wait share. */
#ifndef TRAWL_ASYNC_WATCH_INTERNAL_H
#define TRAWL_ASYNC_WATCH_INTERNAL_H

#include <stddef.h>

#include "async/future.h"

/* Whether the wait is over once this one is done, though others are not. */
typedef bool watch_stop(const struct future *f);

struct watch {
    struct future_callback *callbacks; /* one for each future not done at the start */
    size_t n, left;
    watch_stop *stop;     /* NULL: wait for all */
    struct future *first; /* of those done, the first that stopped the wait */
    struct future over;   /* done when enough are */
};

/* Watches n futures, which may repeat. They must live until watch_clear. */
void watch_init(struct watch *w, struct future *const futures[], size_t n,
                watch_stop *stop, const char *what);

/* Lets the wait end now, whatever is done. */
void watch_end(struct watch *w);

/* Suspends until enough are done; 0, or -ECANCELED and no future was touched. May be
 * called again. */
async int watch_await(struct watch *w);

void watch_clear(struct watch *w);

#endif
