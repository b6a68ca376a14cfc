/* A page made from several services, of which some fail: what is missing is null.
 *
 * gather waits for all of them at once; with GATHER_RETURN_ERRORS an error is a result
 * like any other, and one service that is down does not spoil the page. Here news
 * answers with a 500, and traffic closes the connection without a word.
 *
 * In asyncio: await asyncio.gather(*calls, return_exceptions=True)
 *
 * Prints:
 *     weather: sunny
 *     news: null
 *     quotes: up
 *     traffic: null */
#include "http_example.h"

enum { SERVICES = 4 };

struct service {
    const char *name;
    char *answer;
};

static async int call(void *arg)
{
    struct service *s = arg;
    struct request rq;

    example_request(&rq, "/%s", s->name);
    return example_ask(&rq, "answer", &s->answer);
}

static async int page(void *arg)
{
    struct service services[SERVICES] = {
        {"weather", NULL}, {"news", NULL}, {"quotes", NULL}, {"traffic", NULL}};
    struct task *tasks[SERVICES];
    struct future *futures[SERVICES];
    int results[SERVICES], r;

    (void)arg;
    for (int i = 0; i < SERVICES; i++) {
        tasks[i] = task_create(call, &services[i]);
        futures[i] = task_future(tasks[i]);
    }
    r = gather(futures, SERVICES, results, GATHER_RETURN_ERRORS);
    for (int i = 0; i < SERVICES; i++) {
        printf("%s: %s\n", services[i].name,
               results[i] < 0 ? "null" : services[i].answer);
        free(services[i].answer);
        task_unref(tasks[i]);
    }
    return r;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    config.retry.retries = 0; /* nobody waits for what is down */
    return example_run(argc, argv, &config, page);
}
