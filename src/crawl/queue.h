/* queue.h - URLs of one origin that wait, the smallest level first, in the order in
 * which they came within each.
 *
 * For millions: each takes its path and some 3 bytes more, in blocks that are given
 * back as soon as they are read. */
#ifndef TRAWL_CRAWL_QUEUE_H
#define TRAWL_CRAWL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "crawl/frontier.h"
#include "crawl/page.h"

struct queue {
    struct list rows; /* one a level, the smallest first; none is empty */
};

struct queue_item {
    struct slice path;     /* what comes behind the origin */
    struct slice lastmod;  /* empty: none */
    struct page *referrer; /* NULL: none */
    uint64_t id;           /* in the state; 0: none */
    uint32_t level;
    enum visit_reason reason;
};

void queue_init(struct queue *q);
void queue_clear(struct queue *q);
bool queue_empty(const struct queue *q);

/* Copies the item, and takes a reference of its own to the referrer. */
void queue_put(struct queue *q, const struct queue_item *item);

/* The level of the first; the queue is not empty, as below. */
uint32_t queue_level(const struct queue *q);

/* The first, in place: good until queue_drop, which takes it out. */
struct queue_item queue_first(const struct queue *q);
void queue_drop(struct queue *q);

#endif
