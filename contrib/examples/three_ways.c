/* Three ways to run a function that awaits: as the first task, as a task of its own
 * that is awaited, and several at once with gather.
 *
 * In asyncio: asyncio.run, asyncio.create_task and await, asyncio.gather
 *
 * Prints:
 *     square of 2: 4
 *     square of 3: 9
 *     squares of 4, 5, 6: 16, 25, 36 */
#include <stdio.h>

#include "async/async.h"

/* The service takes its time to answer. */
static async int square(void *arg)
{
    int n = *(int *)arg;

    task_sleep(0.1);
    return n * n;
}

static async void create_and_await(void)
{
    int n = 3;
    struct task *t = task_create(square, &n); /* begins when we await something */

    printf("square of 3: %d\n", task_await(t));
    task_unref(t);
}

static async void gather_three(void)
{
    int n[] = {4, 5, 6}, results[3];
    struct task *tasks[3];
    struct future *futures[3];

    for (int i = 0; i < 3; i++) {
        tasks[i] = task_create(square, &n[i]);
        futures[i] = task_future(tasks[i]);
    }
    gather(futures, 3, results, GATHER_FIRST_ERROR); /* results in this order */
    printf("squares of 4, 5, 6: %d, %d, %d\n", results[0], results[1], results[2]);
    for (int i = 0; i < 3; i++)
        task_unref(tasks[i]);
}

static async int the_other_two(void *arg)
{
    (void)arg;
    create_and_await();
    gather_three();
    return 0;
}

int main(void)
{
    int n = 2;

    printf("square of 2: %d\n", loop_run(square, &n));
    return loop_run(the_other_two, NULL);
}
