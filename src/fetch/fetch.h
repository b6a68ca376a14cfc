/* fetch.h - the fetch scenario: a list of requests in, one record each out. */
#ifndef TRAWL_FETCH_FETCH_H
#define TRAWL_FETCH_FETCH_H

#include "run/run.h"

/* Runs it all, on a loop of its own. Returns the exit status. */
int fetch_run(const struct run_options *o);

#endif
