/* frontier_state.h - a frontier's way to its file: rows gather here, and another thread
 * writes them within a second. */
#ifndef TRAWL_CRAWL_FRONTIER_STATE_H
#define TRAWL_CRAWL_FRONTIER_STATE_H

#include "crawl/frontier_file.h"

struct frontier_state;

/* Takes the file over. */
struct frontier_state *frontier_state_new(struct frontier_file *file);

/* Suspends until all is on disk, then closes the file. 0, or the first error. A request
 * for cancellation does not keep it from that. */
async int frontier_state_free(struct frontier_state *s);

/* Never suspends. Rows get to the disk in this order. */
void frontier_state_put(struct frontier_state *s, const struct frontier_row *row);

/* Suspends while the disk is far behind. 0 or -ECANCELED. */
async int frontier_state_make_room(struct frontier_state *s);

/* 0, or the -errno with which writing failed (it was logged). */
int frontier_state_error(const struct frontier_state *s);

#endif
