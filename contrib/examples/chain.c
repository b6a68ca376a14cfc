/* A chain of steps, each of which needs what the one before it gave: a token, with it
 * the user, for him the recommendations.
 *
 * No callbacks in callbacks: three calls, one below the other, and one way out, for
 * success, errors and cancellation alike.
 *
 * Prints:
 *     token: t-42
 *     user: Ann
 *     recommended: tea, toast */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "async/async.h"

/* Three simulated requests. */

static async int get_token(char *token, size_t size)
{
    int r = task_sleep(0.1);

    snprintf(token, size, "t-42");
    return r;
}

static async int get_user(const char *token, char *user, size_t size)
{
    int r = task_sleep(0.1);

    snprintf(user, size, "Ann");
    return r < 0 ? r : strcmp(token, "t-42") == 0 ? 0 : -EACCES;
}

static async int get_recommendations(const char *user, char *list, size_t size)
{
    int r = task_sleep(0.1);

    snprintf(list, size, "%s", strcmp(user, "Ann") == 0 ? "tea, toast" : "nothing");
    return r;
}

static async int recommend(void *arg)
{
    char token[16], user[16], list[32];
    int r;

    (void)arg;
    if ((r = get_token(token, sizeof(token))) < 0)
        goto out;
    printf("token: %s\n", token);
    if ((r = get_user(token, user, sizeof(user))) < 0)
        goto out;
    printf("user: %s\n", user);
    if ((r = get_recommendations(user, list, sizeof(list))) < 0)
        goto out;
    printf("recommended: %s\n", list);
out:
    return r;
}

int main(void)
{
    return loop_run(recommend, NULL) < 0;
}
