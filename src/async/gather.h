/* gather.h - await many at once. */
#ifndef TRAWL_ASYNC_GATHER_H
#define TRAWL_ASYNC_GATHER_H

#include <stddef.h>

#include "async/future.h"

enum gather_mode {
    /* The first error ends the wait and is returned; the others run on. */
    GATHER_FIRST_ERROR,
    /* Errors are results like any other: waits for all and returns 0. */
    GATHER_RETURN_ERRORS
};

/* Suspends until all n futures are done and stores their results in input order in
 * `results` (n ints, or NULL); after a first error those not done yet stand as
 * -EINPROGRESS. At once, without suspending, when all are done or one has failed. A
 * future that was cancelled is an error too, as in asyncio.
 *
 * When the caller is cancelled all of them are cancelled and awaited, and -ECANCELED is
 * returned, whatever their results. (asyncio returns when the first has ended, unless
 * return_exceptions is set; here the futures often stand on the caller's stack.) */
async int gather(struct future *const futures[], size_t n, int results[],
                 enum gather_mode mode);

#endif
