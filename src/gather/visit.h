/* visit.h - one call of a play, and the pages behind it. */
#ifndef TRAWL_GATHER_VISIT_H
#define TRAWL_GATHER_VISIT_H

#include "gather/play.h"

/* Makes the node's request for the item of that number and gives it to the pool. The
 * node is told what came of it, once; perhaps before this returns. */
void visit_start(struct node *n, size_t index);

/* The pool's. */
async enum call_next visit_step(struct call *call, struct client *c, double *delay,
                                void *arg);
void visit_done(struct call *call, void *arg);

#endif
