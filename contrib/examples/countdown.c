/* Countdowns that run by themselves, and a look at them now and then: task_done.
 *
 * In asyncio: task.done()
 *
 * Prints, as the two count:
 *     A: 3
 *     B: 6
 *     waiting for A and B
 *     A: 2
 *     B: 5
 *     ...
 *     A: lift-off
 *     waiting for B
 *     ...
 *     B: lift-off
 *     both are gone */
#include <stdio.h>

#include "async/async.h"

struct countdown {
    const char *name;
    int from;
};

static async int count_down(void *arg)
{
    const struct countdown *c = arg;

    for (int n = c->from; n > 0; n--) {
        printf("%s: %d\n", c->name, n);
        task_sleep(0.1);
    }
    printf("%s: lift-off\n", c->name);
    return 0;
}

static async int watch(void *arg)
{
    struct countdown a = {"A", 3}, b = {"B", 6};
    struct task *ta = task_create(count_down, &a), *tb = task_create(count_down, &b);

    (void)arg;
    for (;;) {
        task_sleep(0.05);
        if (task_done(ta) && task_done(tb))
            break;
        printf("waiting for %s\n", task_done(ta)   ? "B"
                                   : task_done(tb) ? "A"
                                                   : "A and B");
        task_sleep(0.05);
    }
    printf("both are gone\n");
    task_unref(ta);
    task_unref(tb);
    return 0;
}

int main(void)
{
    return loop_run(watch, NULL);
}
