/* frontier_row.h - a URL as the state file has it, and rows as bytes on their way
 * there.
 */
#ifndef TRAWL_CRAWL_FRONTIER_ROW_H
#define TRAWL_CRAWL_FRONTIER_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "crawl/frontier.h"

/* On the way to the file: a URL that was found, or, when it is done, no more than its
 * id, what was noted with it and the length of the output. */
struct frontier_row {
    uint64_t id;       /* greater than all that came before */
    uint64_t referrer; /* its id; 0: none */
    struct slice url;
    struct slice lastmod; /* empty: none */
    struct slice notes;   /* of one that is done; empty: none */
    uint32_t level;
    enum visit_reason reason;
    bool claimed; /* it is done, on behalf of the page that redirects there */
    bool done;
    uint64_t output_length;
};

void frontier_row_append(struct buf *out, const struct frontier_row *row);

/* Cuts the first row off; false when nothing is left. Slices point into `rest`. */
bool frontier_row_next(struct slice *rest, struct frontier_row *row);

#endif
