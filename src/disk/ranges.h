/* ranges.h - a set of byte ranges: what of a file is there.
 *
 * Sorted, apart from each other, each [first, end). Offsets are int64_t: files may be
 * larger than memory and than 32 bits. */
#ifndef TRAWL_DISK_RANGES_H
#define TRAWL_DISK_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    int64_t first, end; /* bytes first to end - 1 */
};

/* All zero is the empty set. */
struct ranges {
    struct range *items; /* owned */
    size_t n, cap;
};

void ranges_clear(struct ranges *r); /* empty again; frees */
void ranges_copy(struct ranges *to,
                 const struct ranges *from); /* `to` is cleared first */

/* Adds [first, end), joining what touches or overlaps; nothing when end <= first. */
void ranges_add(struct ranges *r, int64_t first, int64_t end);

/* Takes [first, end) out. */
void ranges_remove(struct ranges *r, int64_t first, int64_t end);

/* The first gap at or behind `from` and before `size`; false when there is none. With a
 * size that is not known (-1) the gap behind the last range is open: end is -1. */
bool ranges_gap(const struct ranges *r, int64_t from, int64_t size, struct range *gap);

int64_t ranges_bytes(const struct ranges *r);

/* The end of the range that begins at 0; 0 when there is none. */
int64_t ranges_prefix(const struct ranges *r);

#endif
