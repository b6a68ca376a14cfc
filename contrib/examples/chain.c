/* A chain of steps, each of which needs what the one before it gave: a token, with it
 * the user, for him the recommendations.
 *
 * No callbacks in callbacks: three calls, one below the other, and one way out, for
 * success, errors and cancellation alike. The server wants to see the token each time.
 *
 * In asyncio: token = await get_token(); user = await get_user(token); ...
 *
 * Prints:
 *     token: t-42
 *     user: Ann
 *     recommended: tea, toast */
#include "http_example.h"

static async int get_token(char **token)
{
    struct request rq;

    example_request(&rq, "/token");
    return example_ask(&rq, "token", token);
}

static async int get_user(const char *token, char **user)
{
    struct request rq;

    example_request(&rq, "/user");
    example_authorize(&rq, token);
    return example_ask(&rq, "name", user);
}

static async int get_recommendations(const char *token, const char *user, char **list)
{
    struct request rq;

    example_request(&rq, "/recommendations?user=%s", user);
    example_authorize(&rq, token);
    return example_ask(&rq, "recommended", list);
}

static async int recommend(void *arg)
{
    char *token = NULL, *user = NULL, *list = NULL;
    int r;

    (void)arg;
    if ((r = get_token(&token)) < 0)
        goto out;
    printf("token: %s\n", token);
    if ((r = get_user(token, &user)) < 0)
        goto out;
    printf("user: %s\n", user);
    if ((r = get_recommendations(token, user, &list)) < 0)
        goto out;
    printf("recommended: %s\n", list);
out:
    free(list);
    free(user);
    free(token);
    return r;
}

int main(int argc, char **argv)
{
    struct client_config config;

    client_config_init(&config);
    return example_run(argc, argv, &config, recommend);
}
