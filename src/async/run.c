/* loop_run: a loop, its first task, and an end for all the others. */
#include <stdlib.h>

#include "async/loop_internal.h"
#include "async/task_internal.h"
#include "base/mem.h"

/* Cancels the tasks that there are, each once, and runs until they have ended. */
static void cancel_live(struct loop *loop)
{
    struct task **live = NULL;
    size_t n = 0, cap = 0;

    list_for_each (node, &loop_tasks(loop)->all) {
        if (n == cap)
            live = mem_reallocarray(live, cap = cap ? 2 * cap : 16, sizeof(*live));
        live[n++] = task_ref(container_of(node, struct task, all));
    }
    for (size_t i = 0; i < n; i++)
        task_cancel(live[i]);
    for (size_t i = 0; i < n; i++) {
        loop_run_until_complete(loop, &live[i]->future);
        task_unref(live[i]);
    }
    free(live);
}

static void cancel_all(struct loop *loop)
{
    while (!list_empty(&loop_tasks(loop)->all)) /* some may have made others */
        cancel_live(loop);
}

int loop_run(task_fn *fn, void *arg)
{
    struct loop *loop = loop_new();
    struct task *t = task_create(fn, arg);
    int result;

    task_set_name(t, "main");
    loop_run_until_complete(loop, &t->future);
    result = task_result(t);
    task_unref(t);
    cancel_all(loop);
    loop_free(loop);
    return result;
}
