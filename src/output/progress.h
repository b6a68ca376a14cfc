/* progress.h - what the terminal tells of how far a run is: a line, or a bar for each
 * file in flight above it.
 *
 * On standard error, drawn at most ten times a second, in place, cut to the terminal's
 * width and height whatever these become, taken away for messages (log.h) and at the
 * end.
 */
#ifndef TRAWL_OUTPUT_PROGRESS_H
#define TRAWL_OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "output/summary.h"

/* One file in flight. */
struct progress_bar {
    const char *name; /* of any bytes; borrowed until the drawing is over */
    int64_t bytes;    /* that are there */
    int64_t size;     /* -1: not known */
    double rate;      /* bytes a second of late */
};

struct progress_now {
    const struct summary *summary;
    uint64_t in_flight;
    uint64_t total; /* 0: not known */

    /* For what has bars; all zero without. */
    const struct progress_bar *bars; /* borrowed until the drawing is over */
    size_t bar_count;
    int64_t bytes;      /* received so far, of files done and in flight */
    int64_t bytes_left; /* of the files in flight and those to come; -1: not known */
};

struct progress;

/* `look` is called at each drawing to fill in where the run stands. Sees to SIGTSTP
 * until progress_stop, so that nothing is left where the shell will write. */
struct progress *progress_start(struct loop *loop, bool color,
                                void (*look)(struct progress_now *now, void *arg),
                                void *arg);
void progress_stop(struct progress *p); /* NULL is allowed */

#endif
