/* The same two jobs, one after the other and side by side.
 *
 * Calling a function that awaits is the first: the caller goes on when it is done. Two
 * tasks are the second: while one sleeps the other runs, and both together take no
 * longer than one alone.
 *
 * In asyncio: await make("tea") against asyncio.create_task(make("tea"))
 *
 * Prints:
 *     one after the other
 *       tea: begun
 *       tea: ready
 *       toast: begun
 *       toast: ready
 *       took 0.40 s
 *     side by side
 *       tea: begun
 *       toast: begun
 *       tea: ready
 *       toast: ready
 *       took 0.20 s */
#include <stdio.h>

#include "async/async.h"

static async int make(void *arg)
{
    const char *what = arg;

    printf("  %s: begun\n", what);
    task_sleep(0.2);
    printf("  %s: ready\n", what);
    return 0;
}

static char tea[] = "tea", toast[] = "toast";

static async void one_after_the_other(void)
{
    make(tea);
    make(toast);
}

static async void side_by_side(void)
{
    struct task *first = task_create(make, tea);
    struct task *second = task_create(make, toast);

    task_await(first);
    task_await(second);
    task_unref(first);
    task_unref(second);
}

static async void timed(const char *title, async void breakfast(void))
{
    double start = loop_time();

    printf("%s\n", title);
    breakfast();
    printf("  took %.2f s\n", loop_time() - start);
}

static async int both_ways(void *arg)
{
    (void)arg;
    timed("one after the other", one_after_the_other);
    timed("side by side", side_by_side);
    return 0;
}

int main(void)
{
    return loop_run(both_ways, NULL);
}
