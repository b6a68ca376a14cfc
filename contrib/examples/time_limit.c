/* Two ways to end what takes too long: a time limit, and a cancellation by hand.
 *
 * wait_for cancels the task when the time is up, waits until it has tidied up, and says
 * -ETIMEDOUT. task_cancel does the first of these; to await the end is left to you.
 *
 * In asyncio: await asyncio.wait_for(work(), 0.1), task.cancel()
 *
 * Prints:
 *     quick: done
 *     wait_for: 0
 *     slow: cancelled
 *     wait_for: Connection timed out
 *     slow: cancelled
 *     by hand: Operation canceled */
#include <stdio.h>
#include <string.h>

#include "async/async.h"

struct job {
    const char *name;
    double seconds;
};

static async int work(void *arg)
{
    const struct job *job = arg;
    int r = task_sleep(job->seconds);

    printf("%s: %s\n", job->name, r < 0 ? "cancelled" : "done");
    return r;
}

static async int within(double seconds, struct job *job)
{
    struct task *t = task_create(work, job);
    int r = wait_for(task_future(t), seconds);

    task_unref(t);
    return r;
}

static async int cancel_by_hand(struct job *job)
{
    struct task *t = task_create(work, job);
    int r;

    task_sleep(0.1);
    task_cancel(t);
    r = task_await(t);
    task_unref(t);
    return r;
}

static async int try_all(void *arg)
{
    struct job quick = {"quick", 0.05}, slow = {"slow", 60};

    (void)arg;
    printf("wait_for: %d\n", within(30, &quick));
    printf("wait_for: %s\n", strerror(-within(0.1, &slow)));
    printf("by hand: %s\n", strerror(-cancel_by_hand(&slow)));
    return 0;
}

int main(void)
{
    return loop_run(try_all, NULL);
}
