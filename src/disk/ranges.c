#include "disk/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void ranges_clear(struct ranges *r)
{
    free(r->items);
    *r = (struct ranges){0};
}

void ranges_copy(struct ranges *to, const struct ranges *from)
{
    ranges_clear(to);
    if (!from->n)
        return;
    to->items = mem_reallocarray(NULL, from->n, sizeof(*to->items));
    memcpy(to->items, from->items, from->n * sizeof(*to->items));
    to->n = to->cap = from->n;
}

/* The first range that ends at `offset` or behind it; n when there is none. */
static size_t find(const struct ranges *r, int64_t offset)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->items[middle].end < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts `n` ranges in place of `old` of them, from `at` on. */
static void replace(struct ranges *r, size_t at, size_t old, const struct range *by,
                    size_t n)
{
    if (r->n - old + n > r->cap) {
        r->cap = r->cap ? 2 * r->cap : 4;
        r->items = mem_reallocarray(r->items, r->cap, sizeof(*r->items));
    }
    if (!r->items)
        return; /* nothing is replaced by nothing */
    memmove(r->items + at + n, r->items + at + old,
            (r->n - at - old) * sizeof(*r->items));
    if (n)
        memcpy(r->items + at, by, n * sizeof(*r->items));
    r->n = r->n - old + n;
}

void ranges_add(struct ranges *r, int64_t first, int64_t end)
{
    struct range joined = {first, end};
    size_t at = find(r, first), old = 0;

    if (end <= first)
        return;
    for (; at + old < r->n && r->items[at + old].first <= end; old++) {
        const struct range *met = &r->items[at + old];

        joined.first = met->first < joined.first ? met->first : joined.first;
        joined.end = met->end > joined.end ? met->end : joined.end;
    }
    replace(r, at, old, &joined, 1);
}

void ranges_remove(struct ranges *r, int64_t first, int64_t end)
{
    struct range left[2];
    size_t at = find(r, first), old = 0, n = 0;

    if (end <= first)
        return;
    for (; at + old < r->n && r->items[at + old].first < end; old++) {
        const struct range *met = &r->items[at + old];

        if (met->first < first)
            left[n++] = (struct range){met->first, first};
        if (met->end > end)
            left[n++] = (struct range){end, met->end};
    }
    replace(r, at, old, left, n);
}

bool ranges_gap(const struct ranges *r, int64_t from, int64_t size, struct range *gap)
{
    size_t at = find(r, from);

    /* One that ends at `from` is behind; one that holds it moves the gap to its end. */
    for (; at < r->n && r->items[at].first <= from; at++)
        from = r->items[at].end > from ? r->items[at].end : from;
    if (size >= 0 && from >= size)
        return false;
    *gap = (struct range){from, size};
    if (at < r->n && (size < 0 || r->items[at].first < size))
        gap->end = r->items[at].first;
    return true;
}

int64_t ranges_bytes(const struct ranges *r)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < r->n; i++)
        bytes += r->items[i].end - r->items[i].first;
    return bytes;
}

int64_t ranges_prefix(const struct ranges *r)
{
    return r->n && r->items[0].first == 0 ? r->items[0].end : 0;
}
