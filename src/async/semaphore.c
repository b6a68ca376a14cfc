#include "async/semaphore.h"

#include <assert.h>
#include <limits.h>

#include "async/waiter_internal.h"

/* Either nobody waits or no place is free: a place that is given back goes straight to
 * the first who waits, and no newcomer can take it on the way. */

void semaphore_init(struct semaphore *s, unsigned value)
{
    list_init(&s->waiters);
    s->value = value;
}

bool semaphore_try_acquire(struct semaphore *s)
{
    if (s->value == 0)
        return false;
    s->value--;
    return true;
}

int semaphore_acquire(struct semaphore *s)
{
    struct waiter w;

    return semaphore_try_acquire(s) ? 0 : waiter_wait(&w, &s->waiters, "semaphore");
}

void semaphore_release(struct semaphore *s)
{
    if (waiter_wake(&s->waiters, 0))
        return;
    assert(s->value < UINT_MAX);
    s->value++;
}
