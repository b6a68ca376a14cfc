/* slots.h - pointers by number, from 1; numbers of those that are gone are used again.
 */
#ifndef TRAWL_CRAWL_SLOTS_H
#define TRAWL_CRAWL_SLOTS_H

#include <stdint.h>

#include "base/mem.h"

/* All zero is empty; `items` is freed by its owner. */
struct slots {
    void **items;
    uint32_t count, cap; /* `count`: numbers that were ever given */
    uint32_t *gone;
    uint32_t gone_count, gone_cap;
};

static inline uint32_t slots_add(struct slots *s, void *item)
{
    uint32_t n = s->gone_count ? s->gone[--s->gone_count] : ++s->count;

    if (n > s->cap) {
        s->cap = s->cap ? s->cap + s->cap / 2 : 64;
        s->items = mem_reallocarray(s->items, s->cap, sizeof(*s->items));
    }
    s->items[n - 1] = item;
    return n;
}

static inline void *slots_get(const struct slots *s, uint32_t n)
{
    return s->items[n - 1];
}

/* Gives the pointer back, whose number is free. */
static inline void *slots_take(struct slots *s, uint32_t n)
{
    void *item = s->items[n - 1];

    if (s->gone_count == s->gone_cap) {
        s->gone_cap = s->gone_cap ? 2 * s->gone_cap : 64;
        s->gone = mem_reallocarray(s->gone, s->gone_cap, sizeof(*s->gone));
    }
    s->gone[s->gone_count++] = n;
    s->items[n - 1] = NULL;
    return item;
}

/* Frees all with free(3). */
static inline void slots_clear(struct slots *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        free(s->items[i]);
    free(s->items);
    free(s->gone);
    *s = (struct slots){0};
}

#endif
