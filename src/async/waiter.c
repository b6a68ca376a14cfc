#include "async/waiter_internal.h"

#include <errno.h>
#include <stddef.h>

#include "async/future_internal.h"
#include "base/mem.h"

/* Leaves the queue at once, not when the task gets to run: whoever hands something
 * over meanwhile must not pick one who is gone. */
static bool leave(struct future *f)
{
    struct waiter *w = container_of(f, struct waiter, future);

    list_remove(&w->node);
    future_finish(f, -ECANCELED, NULL);
    return true;
}

int waiter_wait(struct waiter *w, struct list *queue, const char *what)
{
    int r;

    future_init(&w->future, what);
    w->future.cancel = leave;
    list_init(&w->node);
    list_append(queue, &w->node);
    r = future_await(&w->future);
    future_clear(&w->future);
    return r;
}

struct waiter *waiter_wake(struct list *queue, int result)
{
    struct list *node = list_shift(queue);
    struct waiter *w;

    if (!node)
        return NULL;
    w = container_of(node, struct waiter, node);
    future_finish(&w->future, result, NULL);
    return w;
}
