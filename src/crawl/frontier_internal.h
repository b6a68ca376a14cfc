/* frontier_internal.h - what the parts of the frontier share. */
#ifndef TRAWL_CRAWL_FRONTIER_INTERNAL_H
#define TRAWL_CRAWL_FRONTIER_INTERNAL_H

#include <stdbool.h>

#include "async/event.h"
#include "crawl/frontier_state.h"
#include "crawl/known.h"
#include "crawl/lanes.h"

struct frontier {
    struct known known;
    struct lanes lanes;
    struct event changed;
    struct frontier_state *state; /* NULL: none */
    uint64_t max_pages;
    uint64_t waiting; /* URLs; what waits at two levels counts once */
    uint64_t given;   /* in all runs */
    uint64_t number;  /* in this one */
    uint64_t out;     /* visits */
    uint64_t last_id; /* of rows; there are ids without a file, too */
    uint64_t done_before, output_length; /* by the file */
    size_t walk;                         /* frontier_kept_back's, over the lanes */
    bool closed;
};

/* What known.h calls less. */
unsigned frontier_less(enum visit_reason reason);

/* Puts what waits into its lane. `from` may be NULL. */
void frontier_enqueue(struct frontier *f, const struct frontier_row *row,
                      struct page *from);

/* Reads what the file holds into a new frontier. 0 or -errno. May block. */
int frontier_load(struct frontier *f, struct frontier_file *file,
                  const struct frontier_config *config);

#endif
