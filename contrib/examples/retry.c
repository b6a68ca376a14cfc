/* A service that fails now and then is called until it answers.
 *
 * The retry is a plain loop, and the pause before each attempt doubles. An error that
 * will not pass, a cancellation above all, ends it at once.
 *
 * Prints:
 *     attempt 1: Connection reset by peer
 *     attempt 2: Connection timed out
 *     attempt 3: the answer is 42 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "async/async.h"

enum { ATTEMPTS = 5 };

/* Simulated: fails twice, then answers. */
static async int flaky_service(void)
{
    static const int outcomes[] = {-ECONNRESET, -ETIMEDOUT, 42};
    static int calls;
    int r = task_sleep(0.02);

    return r < 0 ? r : outcomes[calls++];
}

static bool may_pass(int r)
{
    return r == -ECONNRESET || r == -ETIMEDOUT;
}

static async int call_with_retry(void *arg)
{
    double delay = 0.05;

    (void)arg;
    for (int attempt = 1;; attempt++, delay *= 2) {
        int r = flaky_service();

        if (r >= 0) {
            printf("attempt %d: the answer is %d\n", attempt, r);
            return 0;
        }
        printf("attempt %d: %s\n", attempt, strerror(-r));
        if (!may_pass(r) || attempt == ATTEMPTS)
            return r;
        if ((r = task_sleep(delay)) < 0)
            return r;
    }
}

int main(void)
{
    return loop_run(call_with_retry, NULL) < 0;
}
