#include "output/offsets.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_CAP = 64 }; /* a power of two, as every capacity */

static struct offset *at(const struct offsets *q, size_t i)
{
    return &q->ring[(q->head + i) & (q->cap - 1)];
}

void offsets_clear(struct offsets *q)
{
    free(q->ring);
    *q = (struct offsets){0};
}

static void grow(struct offsets *q)
{
    struct offsets bigger = {.cap = q->cap ? 2 * q->cap : FIRST_CAP, .n = q->n};

    bigger.ring = mem_reallocarray(NULL, bigger.cap, sizeof(*bigger.ring));
    for (size_t i = 0; i < q->n; i++)
        bigger.ring[i] = *at(q, i);
    free(q->ring);
    *q = bigger;
}

void offsets_push(struct offsets *q, uint64_t position, void (*fn)(void *arg),
                  void *arg)
{
    if (q->n == q->cap)
        grow(q);
    *at(q, q->n++) = (struct offset){position, fn, arg};
}

bool offsets_shift_until(struct offsets *q, uint64_t limit, struct offset *o)
{
    if (!q->n || at(q, 0)->at > limit)
        return false;
    *o = *at(q, 0);
    q->head = (q->head + 1) & (q->cap - 1);
    q->n--;
    return true;
}

uint64_t offsets_first(const struct offsets *q)
{
    return at(q, 0)->at;
}

uint64_t offsets_last_within(const struct offsets *q, uint64_t limit)
{
    size_t low = 0, high = q->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (at(q, middle)->at <= limit)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? at(q, low - 1)->at : 0;
}
