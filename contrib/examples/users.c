/* Users of a shop: each logs in, browses and orders, at a pace of his own.
 *
 * What a user does is one function, read from top to bottom; it does not show that
 * there are many of them. A group waits for all.
 *
 * In asyncio: async with asyncio.TaskGroup() as users: ...
 *
 * Prints, in an order that differs from run to run, though not for one user:
 *     Ann logs in
 *     ...
 *     Ben orders tea
 *     the shop closes */
#include <time.h>

#include "http_example.h"

/* Thinks for up to a tenth of a second, then asks. */
static async int step(struct request *rq, const char *name, char **text)
{
    int r = task_sleep(0.1 * rand() / RAND_MAX);

    if (r < 0)
        request_clear(rq);
    return r < 0 ? r : example_ask(rq, name, text);
}

static async int user(void *arg)
{
    char *name = arg, *token = NULL, *item = NULL, *order = NULL;
    struct request rq;
    int r;

    example_request(&rq, "/login");
    example_body(&rq, "user", name);
    if ((r = step(&rq, "token", &token)) < 0)
        goto out;
    printf("%s logs in\n", name);

    example_request(&rq, "/shop");
    example_authorize(&rq, token);
    if ((r = step(&rq, "item", &item)) < 0)
        goto out;
    printf("%s finds %s\n", name, item);

    example_request(&rq, "/orders");
    example_authorize(&rq, token);
    example_body(&rq, "item", item);
    if ((r = step(&rq, "order", &order)) < 0)
        goto out;
    printf("%s orders %s\n", name, item);
out:
    free(order);
    free(item);
    free(token);
    return r;
}

static async int shop(void *arg)
{
    static char names[][8] = {"Ann", "Ben", "Cleo", "Dan"};
    struct group users;
    int r;

    (void)arg;
    group_init(&users);
    for (int i = 0; i < 4; i++)
        group_create_task(&users, user, names[i]);
    r = group_wait(&users);
    printf("the shop closes\n");
    return r;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    srand((unsigned)time(NULL));
    return example_run(argc, argv, &config, shop);
}
