/* Users of a shop: each logs in, browses and orders, at a pace of his own.
 *
 * What a user does is one function, read from top to bottom; that there are many of
 * them at once is not to be seen in it. A group waits for all of them.
 *
 * Prints, in an order that is never the same twice, though it is for each user:
 *     Ann logs in
 *     Ben logs in
 *     Ben browses
 *     ...
 *     Ann orders
 *     the shop closes */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "async/async.h"

/* Up to a tenth of a second. */
static async void pause_a_while(void)
{
    task_sleep(0.1 * rand() / RAND_MAX);
}

static async int user(void *arg)
{
    const char *name = arg;

    pause_a_while();
    printf("%s logs in\n", name);
    pause_a_while();
    printf("%s browses\n", name);
    pause_a_while();
    printf("%s orders\n", name);
    return 0;
}

static async int shop(void *arg)
{
    static char names[][8] = {"Ann", "Ben", "Cleo", "Dan"};
    struct group users;

    (void)arg;
    group_init(&users);
    for (int i = 0; i < 4; i++)
        group_create_task(&users, user, names[i]);
    group_wait(&users);
    printf("the shop closes\n");
    return 0;
}

int main(void)
{
    srand((unsigned)time(NULL));
    return loop_run(shop, NULL);
}
