/* Results as they come: as_completed gives the next task that has finished.
 *
 * Who prints or stores results need not wait for the slowest.
 *
 * In asyncio: for next_done in asyncio.as_completed(tasks): await next_done
 *
 * Prints:
 *     hare: 0.1 s
 *     dog: 0.2 s
 *     tortoise: 0.3 s */
#include <stdio.h>

#include "async/async.h"

struct runner {
    const char *name;
    double seconds;
    struct task *task;
};

static async int runs(void *arg)
{
    const struct runner *r = arg;

    return task_sleep(r->seconds);
}

static struct runner *find(struct runner *runners, int n, const struct future *f)
{
    while (n-- > 0 && task_future(runners->task) != f)
        runners++;
    return runners;
}

static async int race(void *arg)
{
    struct runner runners[] = {
        {"tortoise", 0.3, NULL}, {"hare", 0.1, NULL}, {"dog", 0.2, NULL}};
    struct future *futures[3], *done;
    struct as_completed arrivals;

    (void)arg;
    for (int i = 0; i < 3; i++) {
        runners[i].task = task_create(runs, &runners[i]);
        futures[i] = task_future(runners[i].task);
    }
    as_completed_init(&arrivals, futures, 3);
    while (as_completed_next(&arrivals, &done) > 0) {
        struct runner *r = find(runners, 3, done);

        printf("%s: %.1f s\n", r->name, r->seconds);
    }
    as_completed_clear(&arrivals);
    for (int i = 0; i < 3; i++)
        task_unref(runners[i].task);
    return 0;
}

int main(void)
{
    return loop_run(race, NULL);
}
