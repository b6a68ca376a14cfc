#include "async/channel.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "async/waiter_internal.h"
#include "base/mem.h"

/* Receivers wait only while the ring is empty, senders only while it is full. An item
 * goes straight to the first receiver, the place of one that is taken to the item of
 * the first sender: so nobody overtakes, and whoever is woken has what it came for. */

void channel_init(struct channel *c, size_t capacity)
{
    assert(capacity > 0);
    list_init(&c->senders);
    list_init(&c->receivers);
    c->items = mem_reallocarray(NULL, capacity, sizeof(*c->items));
    c->capacity = capacity;
    c->head = c->count = 0;
    c->closed = false;
}

void channel_clear(struct channel *c)
{
    assert(list_empty(&c->senders) && list_empty(&c->receivers));
    free(c->items);
    c->items = NULL;
    c->capacity = c->head = c->count = 0;
    c->closed = true;
}

static void push(struct channel *c, void *item)
{
    c->items[(c->head + c->count) % c->capacity] = item;
    c->count++;
}

static void *pop(struct channel *c)
{
    void *item = c->items[c->head];

    c->head = (c->head + 1) % c->capacity;
    c->count--;
    return item;
}

int channel_try_send(struct channel *c, void *item)
{
    struct waiter *receiver;

    if (c->closed)
        return -EPIPE;
    if ((receiver = waiter_wake(&c->receivers, 1)))
        receiver->item = item;
    else if (c->count < c->capacity)
        push(c, item);
    else
        return -EAGAIN;
    return 0;
}

int channel_send(struct channel *c, void *item)
{
    int r = channel_try_send(c, item);
    struct waiter w = {.item = item};

    return r == -EAGAIN ? waiter_wait(&w, &c->senders, "channel (send)") : r;
}

int channel_try_recv(struct channel *c, void **item)
{
    struct waiter *sender;

    if (c->count == 0)
        return c->closed ? 0 : -EAGAIN;
    *item = pop(c);
    if ((sender = waiter_wake(&c->senders, 0)))
        push(c, sender->item);
    return 1;
}

int channel_recv(struct channel *c, void **item)
{
    int r = channel_try_recv(c, item);
    struct waiter w = {.item = NULL};

    if (r != -EAGAIN)
        return r;
    r = waiter_wait(&w, &c->receivers, "channel (receive)");
    if (r == 1)
        *item = w.item;
    return r;
}

void channel_close(struct channel *c)
{
    c->closed = true;
    while (waiter_wake(&c->receivers, 0))
        ;
    while (waiter_wake(&c->senders, -EPIPE))
        ;
}
