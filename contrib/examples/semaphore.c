/* Ten tasks, three at once: a semaphore with three places.
 *
 * A place that becomes free goes to whoever has waited longest.
 *
 * In asyncio: asyncio.Semaphore(3), async with places:
 *
 * Prints:
 *     0 enters, 1 inside
 *     1 enters, 2 inside
 *     2 enters, 3 inside
 *     0 leaves
 *     3 enters, 3 inside
 *     ...
 *     9 leaves */
#include <stdio.h>

#include "async/async.h"

enum { VISITORS = 10, PLACES = 3 };

static struct semaphore places;
static int inside;

static async int visit(void *arg)
{
    static const double stay[PLACES] = {0.10, 0.13, 0.16};
    int number = *(int *)arg, r;

    if ((r = semaphore_acquire(&places)) < 0)
        return r;
    printf("%d enters, %d inside\n", number, ++inside);
    r = task_sleep(stay[number % PLACES]);
    printf("%d leaves\n", number);
    inside--;
    semaphore_release(&places); /* whatever happened meanwhile */
    return r;
}

static async int museum(void *arg)
{
    int numbers[VISITORS];
    struct group visitors;

    (void)arg;
    semaphore_init(&places, PLACES);
    group_init(&visitors);
    for (int i = 0; i < VISITORS; i++) {
        numbers[i] = i;
        group_create_task(&visitors, visit, &numbers[i]);
    }
    return group_wait(&visitors);
}

int main(void)
{
    return loop_run(museum, NULL) < 0;
}
