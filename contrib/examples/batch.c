/* A batch: ten requests at once, and the results in the order of the requests.
 *
 * Later ones are answered sooner here; gather puts each result where it belongs.
 *
 * Prints:
 *     item 0 costs 100
 *     item 1 costs 101
 *     ...
 *     item 9 costs 109
 *     total: 1045 */
#include <stdio.h>

#include "async/async.h"

enum { ITEMS = 10 };

/* Simulated: the first takes a fifth of a second, the last the tenth part of it. */
static async int price_of(void *arg)
{
    int item = *(int *)arg;
    int r = task_sleep(0.02 * (ITEMS - item));

    return r < 0 ? r : 100 + item;
}

static async int sum_up(void *arg)
{
    int items[ITEMS], prices[ITEMS], total = 0, r;
    struct task *tasks[ITEMS];
    struct future *futures[ITEMS];

    (void)arg;
    for (int i = 0; i < ITEMS; i++) {
        items[i] = i;
        tasks[i] = task_create(price_of, &items[i]);
        futures[i] = task_future(tasks[i]);
    }
    r = gather(futures, ITEMS, prices, GATHER_FIRST_ERROR);
    for (int i = 0; i < ITEMS; i++) {
        printf("item %d costs %d\n", i, prices[i]);
        total += prices[i];
        task_unref(tasks[i]);
    }
    printf("total: %d\n", total);
    return r;
}

int main(void)
{
    return loop_run(sum_up, NULL) < 0;
}
