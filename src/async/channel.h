/* channel.h - a queue of pointers between tasks, bounded (asyncio.Queue).
 *
 * First in, first out; senders and receivers are served in the order in which they
 * came. What the pointers mean, and who frees it, is between the two sides. */
#ifndef TRAWL_ASYNC_CHANNEL_H
#define TRAWL_ASYNC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "async/future.h"

struct channel {
    struct list senders, receivers;
    void **items; /* ring */
    size_t capacity, head, count;
    bool closed;
};

/* Room for `capacity` (at least 1) items that nobody has asked for yet. */
void channel_init(struct channel *c, size_t capacity);
void channel_clear(struct channel *c); /* nobody may wait; items are not freed */

/* Suspends until there is room. 0; -ECANCELED or, once closed, -EPIPE: then the item
 * was not taken. */
async int channel_send(struct channel *c, void *item);

/* Suspends until there is an item. 1 with *item set; 0 when it is closed and empty;
 * -ECANCELED: then no item was lost. */
async int channel_recv(struct channel *c, void **item);

/* The same without suspending: -EAGAIN in place of a wait. From callbacks too. */
int channel_try_send(struct channel *c, void *item);
int channel_try_recv(struct channel *c, void **item);

/* No more items: who waits to send gets -EPIPE, what is queued can still be received.
 * Closing twice is harmless. */
void channel_close(struct channel *c);

#endif
