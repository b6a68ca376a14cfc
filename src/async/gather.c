#include "async/gather.h"

#include <errno.h>

#include "async/watch_internal.h"

static bool failed(const struct future *f)
{
    return f->result < 0;
}

static void store_results(struct future *const futures[], size_t n, int results[])
{
    for (size_t i = 0; results && i < n; i++)
        results[i] = futures[i]->done ? futures[i]->result : -EINPROGRESS;
}

/* The caller was cancelled, and so are they; each further request reaches them too. */
static void cancel_and_await(struct future *const futures[], size_t n)
{
    struct watch w;

    watch_init(&w, futures, n, NULL, "gather (cancelled)");
    do
        for (size_t i = 0; i < n; i++)
            future_cancel(futures[i]);
    while (watch_await(&w) < 0);
    watch_clear(&w);
}

int gather(struct future *const futures[], size_t n, int results[],
           enum gather_mode mode)
{
    struct watch w;
    int r;

    watch_init(&w, futures, n, mode == GATHER_FIRST_ERROR ? failed : NULL, "gather");
    r = watch_await(&w);
    if (r < 0)
        cancel_and_await(futures, n);
    else if (w.first)
        r = w.first->result;
    watch_clear(&w);
    store_results(futures, n, results);
    return r;
}
