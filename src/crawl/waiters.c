#include "crawl/waiters.h"

#include <stdlib.h>

#include "base/mem.h"

enum { BLOCK = 4096 };

void waiters_clear(struct waiters *all)
{
    for (uint32_t i = 0; i < all->count; i += BLOCK)
        free(all->blocks[i / BLOCK]);
    free(all->blocks);
    *all = (struct waiters){0};
}

struct waiter *waiters_at(const struct waiters *all, uint32_t n)
{
    return &all->blocks[(n - 1) / BLOCK][(n - 1) % BLOCK];
}

static void add_block(struct waiters *all)
{
    uint32_t n = all->count / BLOCK;

    all->blocks = mem_reallocarray(all->blocks, n + 1, sizeof(*all->blocks));
    all->blocks[n] = mem_alloc(BLOCK * sizeof(**all->blocks));
}

uint32_t waiters_add(struct waiters *all, const struct waiter *w)
{
    uint32_t n = all->gone;

    if (n) {
        all->gone = waiters_at(all, n)->next;
    } else {
        if (all->count % BLOCK == 0)
            add_block(all);
        n = ++all->count;
    }
    *waiters_at(all, n) = *w;
    return n;
}

void waiters_drop(struct waiters *all, uint32_t n)
{
    waiters_at(all, n)->next = all->gone;
    all->gone = n;
}
