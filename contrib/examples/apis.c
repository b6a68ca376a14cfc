/* A page made from several services, of which some fail: what is missing is null.
 *
 * gather waits for all of them at once; with GATHER_RETURN_ERRORS an error is a result
 * like any other, and one that is down does not spoil the page.
 *
 * Prints:
 *     weather: sunny
 *     news: null
 *     quotes: up
 *     traffic: null */
#include <errno.h>
#include <stdio.h>

#include "async/async.h"

enum { SERVICES = 4 };

struct service {
    const char *name;
    double delay;
    int status; /* what comes back: 0 or -errno */
    const char *answer;
};

/* Simulated: a request that takes its time and may fail. */
static async int call(void *arg)
{
    const struct service *s = arg;
    int r = task_sleep(s->delay);

    return r < 0 ? r : s->status;
}

static async int page(void *arg)
{
    struct service services[SERVICES] = {{"weather", 0.10, 0, "sunny"},
                                         {"news", 0.05, -ECONNREFUSED, NULL},
                                         {"quotes", 0.15, 0, "up"},
                                         {"traffic", 0.02, -ETIMEDOUT, NULL}};
    struct task *tasks[SERVICES];
    struct future *futures[SERVICES];
    int results[SERVICES];

    (void)arg;
    for (int i = 0; i < SERVICES; i++) {
        tasks[i] = task_create(call, &services[i]);
        futures[i] = task_future(tasks[i]);
    }
    gather(futures, SERVICES, results, GATHER_RETURN_ERRORS);
    for (int i = 0; i < SERVICES; i++) {
        printf("%s: %s\n", services[i].name,
               results[i] < 0 ? "null" : services[i].answer);
        task_unref(tasks[i]);
    }
    return 0;
}

int main(void)
{
    return loop_run(page, NULL);
}
