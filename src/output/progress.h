/* progress.h - one line on the terminal that tells how far a run is.
 *
 * On standard error, drawn at most ten times a second, cut to the terminal's width
 * whatever that becomes, taken away for messages (log.h) and at the end. */
#ifndef TRAWL_OUTPUT_PROGRESS_H
#define TRAWL_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "output/summary.h"

struct progress_now {
    const struct summary *summary;
    uint64_t in_flight;
    uint64_t total; /* 0: not known */
};

struct progress;

/* `look` is called at each drawing to fill in where the run stands. */
struct progress *progress_start(struct loop *loop, bool color,
                                void (*look)(struct progress_now *now, void *arg),
                                void *arg);
void progress_stop(struct progress *p); /* NULL is allowed */

#endif
