/* offsets.h - a queue of positions in a stream, each with a call to make there or none.
 */
#ifndef TRAWL_OUTPUT_OFFSETS_H
#define TRAWL_OUTPUT_OFFSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct offset {
    uint64_t at;
    void (*fn)(void *arg);
    void *arg;
};

/* A ring; all zero is empty. */
struct offsets {
    struct offset *ring;
    size_t cap, head, n;
};

void offsets_clear(struct offsets *q);

/* Positions are pushed in ascending order. */
void offsets_push(struct offsets *q, uint64_t at, void (*fn)(void *arg), void *arg);

/* Takes the first, unless it lies beyond `limit`. */
bool offsets_shift_until(struct offsets *q, uint64_t limit, struct offset *o);

/* The first, of a queue that is not empty. */
uint64_t offsets_first(const struct offsets *q);

/* The last one up to `limit`; 0 when there is none. */
uint64_t offsets_last_within(const struct offsets *q, uint64_t limit);

#endif
