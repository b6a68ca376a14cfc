#include "run/order.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

struct order {
    struct result *ring;
    size_t window;
    uint64_t next; /* the first that is missing */
    void (*emit)(struct result *r, void *arg);
    void *arg;
};

struct order *order_new(size_t window, void (*emit)(struct result *r, void *arg),
                        void *arg)
{
    struct order *o = mem_zalloc(sizeof(*o));

    o->ring = mem_zalloc(window * sizeof(*o->ring));
    o->window = window;
    o->emit = emit;
    o->arg = arg;
    return o;
}

void order_free(struct order *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->window; i++)
        free(o->ring[i].text);
    free(o->ring);
    free(o);
}

void order_put(struct order *o, uint64_t n, const struct result *r)
{
    struct result *slot = &o->ring[n % o->window];

    assert(n >= o->next && n - o->next < o->window && !slot->text);
    *slot = *r;
    while ((slot = &o->ring[o->next % o->window])->text) {
        struct result due = *slot;

        *slot = (struct result){0};
        o->next++;
        o->emit(&due, o->arg);
    }
}
