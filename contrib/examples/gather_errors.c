/* The two ways of gather to deal with errors.
 *
 * GATHER_FIRST_ERROR returns the first error as soon as it is there; the others run on
 * and are yours to cancel or await. GATHER_RETURN_ERRORS waits for all, and errors
 * stand among the results.
 *
 * In asyncio: asyncio.gather(*jobs), with and without return_exceptions=True
 *
 * Prints:
 *     first error: Input/output error
 *       job 0: still running
 *       job 1: Input/output error
 *       job 2: 2
 *     all results: Success
 *       job 0: 0
 *       job 1: Input/output error
 *       job 2: 2 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "async/async.h"

enum { JOBS = 3 };

static async int job(void *arg)
{
    static const double delays[JOBS] = {0.2, 0.1, 0.02};
    int n = *(int *)arg, r = task_sleep(delays[n]);

    return r < 0 ? r : n == 1 ? -EIO : n;
}

static void show(const char *title, int r, const int results[JOBS])
{
    printf("%s: %s\n", title, strerror(-r));
    for (int i = 0; i < JOBS; i++)
        if (results[i] == -EINPROGRESS)
            printf("  job %d: still running\n", i);
        else if (results[i] < 0)
            printf("  job %d: %s\n", i, strerror(-results[i]));
        else
            printf("  job %d: %d\n", i, results[i]);
}

static async int both_ways(void *arg)
{
    int numbers[JOBS] = {0, 1, 2}, results[JOBS], r;
    struct task *tasks[JOBS];
    struct future *futures[JOBS];

    (void)arg;
    for (int i = 0; i < JOBS; i++) {
        tasks[i] = task_create(job, &numbers[i]);
        futures[i] = task_future(tasks[i]);
    }
    r = gather(futures, JOBS, results, GATHER_FIRST_ERROR);
    show("first error", r, results);
    r = gather(futures, JOBS, results, GATHER_RETURN_ERRORS);
    show("all results", r, results);
    for (int i = 0; i < JOBS; i++)
        task_unref(tasks[i]);
    return 0;
}

int main(void)
{
    return loop_run(both_ways, NULL);
}
