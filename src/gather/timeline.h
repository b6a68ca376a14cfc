/* timeline.h - when each request began and ended, as a waterfall of text. */
#ifndef TRAWL_GATHER_TIMELINE_H
#define TRAWL_GATHER_TIMELINE_H

#include "gather/play.h"

/* Appends a line for each request of a play that is done; `began` is the loop_time of
 * its start. 80 columns wide. */
void timeline_append(struct buf *out, const struct play *p, double began);

#endif
