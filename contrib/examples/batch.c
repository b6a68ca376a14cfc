/* A batch: ten requests at once, and the results in the order of the requests.
 *
 * Later ones are answered sooner here; gather puts each result where it belongs. The
 * first error would end the wait; then the others are no longer wanted.
 *
 * In asyncio: prices = await asyncio.gather(*(price_of(i) for i in range(10)))
 *
 * Prints:
 *     item 0 costs 100
 *     item 1 costs 101
 *     ...
 *     item 9 costs 109
 *     total: 1045 */
#include "http_example.h"

enum { ITEMS = 10 };

static async int price_of(void *arg)
{
    struct request rq;
    char *text;
    int r;

    example_request(&rq, "/price?item=%d", *(int *)arg);
    r = example_ask(&rq, "price", &text);
    if (r == 0)
        r = atoi(text);
    free(text);
    return r;
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
        task_cancel(tasks[i]); /* if it still runs */
        task_await(tasks[i]);
        task_unref(tasks[i]);
    }
    if (r < 0)
        return r;
    for (int i = 0; i < ITEMS; i++) {
        printf("item %d costs %d\n", i, prices[i]);
        total += prices[i];
    }
    printf("total: %d\n", total);
    return 0;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    config.limits.per_host = ITEMS; /* 8 unless told */
    return example_run(argc, argv, &config, sum_up);
}
