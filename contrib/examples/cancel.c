/* A long job is cancelled, tidies up and still returns what it has.
 *
 * Cancelling is a request: the await at which the task stands returns -ECANCELED, and
 * what to do about it is up to the task. Most return it; this one has a better answer.
 *
 * In asyncio: task.cancel(), and except asyncio.CancelledError in the task
 *
 * Prints:
 *     counting sheep
 *     that is enough
 *     interrupted, putting the sheep away
 *     sheep counted: 3 */
#include <errno.h>
#include <stdio.h>

#include "async/async.h"

static async int count_sheep(void *arg)
{
    int sheep = 0;

    (void)arg;
    printf("counting sheep\n");
    while (task_sleep(0.1) != -ECANCELED)
        sheep++;
    printf("interrupted, putting the sheep away\n");
    task_sleep(0.05); /* the clean-up may await: the request was delivered once */
    return sheep;
}

static async int sleeper(void *arg)
{
    struct task *counting = task_create(count_sheep, NULL);

    (void)arg;
    task_sleep(0.35);
    printf("that is enough\n");
    task_cancel(counting);
    printf("sheep counted: %d\n", task_await(counting));
    task_unref(counting);
    return 0;
}

int main(void)
{
    return loop_run(sleeper, NULL);
}
