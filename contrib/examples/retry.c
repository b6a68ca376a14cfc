/* A service that fails now and then is asked until it answers.
 *
 * The retry is a plain loop, and the pause before each attempt doubles. What will not
 * pass ends it at once: a 404, a cancellation. (The client can do all of this itself,
 * with jitter and a look at Retry-After: say retries = 4 below and ask once.)
 *
 * In asyncio: a loop around try, except and await asyncio.sleep(delay)
 *
 * Prints:
 *     attempt 1: status 503
 *     attempt 2: status 503
 *     attempt 3: the answer is 42 */
#include "http_example.h"

enum { ATTEMPTS = 5 };

/* A response that is whole, whatever its status, is no error for the client. */
static bool may_pass(int r, const struct response *rs)
{
    if (r == 0)
        return http_status_retriable(rs->status);
    return r > 0 && http_error_retriable(r);
}

static void show(int attempt, int r, const struct response *rs)
{
    if (r != 0)
        printf("attempt %d: %s\n", attempt, r < 0 ? "cancelled" : rs->message);
    else if (rs->status != 200)
        printf("attempt %d: status %d\n", attempt, rs->status);
    else
        printf("attempt %d: the answer is %s\n", attempt, rs->body.data);
}

static async int ask_with_retry(void *arg)
{
    struct request rq;
    struct response rs = {0};
    double delay = 0.05;
    int r;

    (void)arg;
    example_request(&rq, "/flaky");
    for (int attempt = 1;; attempt++, delay *= 2) {
        r = client_fetch(client, &rq, &rs);
        show(attempt, r, &rs);
        if (!may_pass(r, &rs) || attempt == ATTEMPTS)
            break;
        if ((r = task_sleep(delay)) < 0)
            break;
    }
    if (r > 0 || (r == 0 && rs.status != 200))
        r = -EIO;
    response_clear(&rs);
    request_clear(&rq);
    return r;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    config.retry.retries = 0;
    return example_run(argc, argv, &config, ask_with_retry);
}
