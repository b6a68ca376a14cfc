/* lanes.h - hosts taken in turn: what waits for each origin, and whose turn it is.
 *
 * The smallest level goes first over all origins that may go on; among those of one
 * level, the one that was served longest ago. An origin that has as many visits out as
 * it may stands aside until one ends. */
#ifndef TRAWL_CRAWL_LANES_H
#define TRAWL_CRAWL_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"
#include "crawl/queue.h"

struct lane {
    struct queue queue;
    unsigned out;   /* visits that are out */
    uint64_t given; /* visits in all */
    uint64_t turn;  /* when it was served last, or came */
    size_t place;   /* in the heap of those that may go on, from 1; 0: not there */
    char origin[];
};

struct lanes {
    struct map all; /* by origin: those that have anything to be remembered */
    struct lane **heap;
    size_t n, cap;
    uint64_t turn;
    struct lane *last; /* that was asked for: links mostly stay where they are */
    struct buf key;

    unsigned per_host; /* see struct frontier_config */
    uint64_t max_per_host;
};

/* Sets all but the last two. */
void lanes_init(struct lanes *l);
void lanes_clear(struct lanes *l);

/* Finds or makes the lane. The caller goes on to change it, and then settles it. */
struct lane *lanes_get(struct lanes *l, struct slice origin);

/* The one whose turn it is, or NULL: its queue is not empty. */
struct lane *lanes_next(struct lanes *l);

/* It was served: its turn is over. */
void lanes_served(struct lanes *l, struct lane *lane);

/* After each change: puts it where it belongs, or frees it when nothing of it is to be
 * remembered. */
void lanes_settle(struct lanes *l, struct lane *lane);

/* Whether its own limit keeps it from going on for good. */
bool lanes_full(const struct lanes *l, const struct lane *lane);

#endif
