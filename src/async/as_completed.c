#include <assert.h>
#include <stdlib.h>

#include "async/wait.h"
#include "base/mem.h"

struct completion {
    struct future_callback callback;
    struct as_completed *it;
    struct list node; /* in `finished` */
};

static void line_up(struct future *f, void *arg)
{
    struct completion *c = arg;
    struct as_completed *it = c->it;

    (void)f;
    list_append(&it->finished, &c->node);
    if (it->wake && !it->wake->done)
        future_set_result(it->wake, NULL);
}

void as_completed_init(struct as_completed *it, struct future *const futures[],
                       size_t n)
{
    it->completions = mem_reallocarray(NULL, n, sizeof(*it->completions));
    list_init(&it->finished);
    it->wake = NULL;
    it->n = it->left = n;
    for (size_t i = 0; i < n; i++) {
        struct completion *c = &it->completions[i];

        c->it = it;
        list_init(&c->node);
        future_add_done_callback(futures[i], &c->callback, line_up, c);
    }
}

void as_completed_clear(struct as_completed *it)
{
    assert(!it->wake);
    for (size_t i = 0; i < it->n; i++)
        future_remove_done_callback(&it->completions[i].callback);
    free(it->completions);
    it->completions = NULL;
    it->n = it->left = 0;
}

static int await_one(struct as_completed *it)
{
    struct future wake;
    int r;

    assert(!it->wake && "one task at a time");
    future_init(&wake, "as_completed");
    it->wake = &wake;
    r = future_await(&wake);
    it->wake = NULL;
    future_clear(&wake);
    return r;
}

int as_completed_next(struct as_completed *it, struct future **done)
{
    struct list *node;
    int r;

    if (it->left == 0)
        return 0;
    if (list_empty(&it->finished) && (r = await_one(it)) < 0)
        return r;
    node = list_shift(&it->finished);
    it->left--;
    *done = container_of(node, struct completion, node)->callback.future;
    return 1;
}
