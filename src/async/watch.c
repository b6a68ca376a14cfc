#include "async/watch_internal.h"

#include <stdlib.h>

#include "async/future_internal.h"
#include "base/mem.h"

void watch_end(struct watch *w)
{
    if (!w->over.done)
        future_set_result(&w->over, NULL);
}

static void one_done(struct future *f, void *arg)
{
    struct watch *w = arg;
    bool stops = w->stop && w->stop(f);

    w->left--;
    if (stops && !w->first)
        w->first = f;
    if (stops || w->left == 0)
        watch_end(w);
}

void watch_init(struct watch *w, struct future *const futures[], size_t n,
                watch_stop *stop, const char *what)
{
    w->callbacks = NULL;
    w->n = 0;
    w->left = n;
    w->stop = stop;
    w->first = NULL;
    future_init(&w->over, what);
    for (size_t i = 0; i < n; i++)
        if (futures[i]->done)
            one_done(futures[i], w);
    if (n == 0)
        watch_end(w);
    if (w->over.done)
        return;
    w->callbacks = mem_reallocarray(NULL, w->left, sizeof(*w->callbacks));
    for (size_t i = 0; i < n; i++)
        if (!futures[i]->done)
            future_add_done_callback(futures[i], &w->callbacks[w->n++], one_done, w);
}

int watch_await(struct watch *w)
{
    return future_await_shielded(&w->over);
}

void watch_clear(struct watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        future_remove_done_callback(&w->callbacks[i]);
    free(w->callbacks);
    future_clear(&w->over);
}
