/* waiters.h - links that wait for the outcome of their URLs, in rows of 16 bytes each.
 */
#ifndef TRAWL_CRAWL_WAITERS_H
#define TRAWL_CRAWL_WAITERS_H

#include <stdint.h>

/* A link, or, without a page, a URL that waits for where it leads. */
struct waiter {
    uint32_t next; /* of its row; 0: none */
    uint32_t page, line;
    uint32_t text; /* of links with a fragment; the move; else 0 */
};

/* All zero is empty. */
struct waiters {
    struct waiter **blocks;
    uint32_t count; /* numbers that were ever given, from 1 */
    uint32_t gone;  /* the first of those that are free */
};

void waiters_clear(struct waiters *all);

/* By its number; good until it is dropped. */
struct waiter *waiters_at(const struct waiters *all, uint32_t n);

/* Copies it, and gives its number. */
uint32_t waiters_add(struct waiters *all, const struct waiter *w);
void waiters_drop(struct waiters *all, uint32_t n);

#endif
