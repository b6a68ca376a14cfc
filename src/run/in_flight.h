/* in_flight.h - what a pool is doing, for a person who asks (SIGUSR1). */
#ifndef TRAWL_RUN_IN_FLIGHT_H
#define TRAWL_RUN_IN_FLIGHT_H

#include "base/buf.h"
#include "http/pool.h"

/* Appends a line for each call that is in flight. */
void in_flight_append(struct buf *out, struct pool *pool);

#endif
