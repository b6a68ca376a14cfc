/* future_internal.h - how the files of async/ complete futures. */
#ifndef TRAWL_ASYNC_FUTURE_INTERNAL_H
#define TRAWL_ASYNC_FUTURE_INTERNAL_H

#include "async/future.h"

/* Completes it with any result: 0 or positive, -errno, or -ECANCELED. */
void future_finish(struct future *f, int result, void *value);

/* Suspends on f as future_await does, except that a cancellation of the caller does
 * not reach f: it returns -ECANCELED while f is pending, and has been counted as
 * delivered. For waits that clean up after themselves. */
async int future_await_shielded(struct future *f);

#endif
