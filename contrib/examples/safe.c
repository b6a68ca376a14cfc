/* A safe wrapper: whatever a job does, what comes back is a result to be looked at.
 *
 * The wrapper always succeeds and tells how the job went. Then even a group, which
 * cancels all members when one fails, lets the others finish.
 *
 * In asyncio: try: return await job() and except Exception as error: return error
 *
 * Prints:
 *     parse: ok, 7
 *     fetch: failed, Connection refused
 *     store: ok, 3 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "async/async.h"

struct safe {
    const char *name;
    task_fn *job;
    bool ok;
    int value, error; /* if ok; if not */
};

static async int safely(void *arg)
{
    struct safe *s = arg;
    int r = s->job(NULL);

    if (r == -ECANCELED) /* is no error: who cancels us means it */
        return r;
    s->ok = r >= 0;
    *(s->ok ? &s->value : &s->error) = r;
    return 0;
}

static async int parse(void *arg)
{
    (void)arg;
    return task_sleep(0.1) < 0 ? -ECANCELED : 7;
}

static async int fetch(void *arg)
{
    (void)arg;
    return task_sleep(0.05) < 0 ? -ECANCELED : -ECONNREFUSED;
}

static async int store(void *arg)
{
    (void)arg;
    return task_sleep(0.15) < 0 ? -ECANCELED : 3;
}

static async int work(void *arg)
{
    struct safe jobs[] = {{.name = "parse", .job = parse},
                          {.name = "fetch", .job = fetch},
                          {.name = "store", .job = store}};
    struct group group;
    int r;

    (void)arg;
    group_init(&group);
    for (int i = 0; i < 3; i++)
        group_create_task(&group, safely, &jobs[i]);
    r = group_wait(&group);
    for (int i = 0; i < 3; i++)
        if (jobs[i].ok)
            printf("%s: ok, %d\n", jobs[i].name, jobs[i].value);
        else
            printf("%s: failed, %s\n", jobs[i].name, strerror(-jobs[i].error));
    return r;
}

int main(void)
{
    return loop_run(work, NULL) < 0;
}
