/* semaphore.h - at most so many at once; first come, first served. */
#ifndef TRAWL_ASYNC_SEMAPHORE_H
#define TRAWL_ASYNC_SEMAPHORE_H

#include <stdbool.h>

#include "async/future.h"

struct semaphore {
    struct list waiters;
    unsigned value;
};

void semaphore_init(struct semaphore *s, unsigned value);

/* Suspends until a place is free and takes it; 0, or -ECANCELED without a place. */
async int semaphore_acquire(struct semaphore *s);

/* Takes a place if one is free (then nobody waits for it). */
bool semaphore_try_acquire(struct semaphore *s);

/* Gives a place back, to whoever has waited longest. From tasks and callbacks. */
void semaphore_release(struct semaphore *s);

#endif
