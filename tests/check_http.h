/* check_http.h - what the tests of the client share: one server and one client. */
#ifndef TRAWL_TESTS_CHECK_HTTP_H
#define TRAWL_TESTS_CHECK_HTTP_H

#include "check_async.h"

#include "http/client.h"
#include "http_server.h"

static struct server server;
static struct client_config config;
static struct client *client;

/* Starts the server and sets the configuration's defaults, but for retries. */
static inline void setup(exchange_fn *handler)
{
    server_start(&server, handler);
    client_config_init(&config);
    config.retry.retries = 0;
}

/* The client, once the configuration is as the test wants it. */
static inline void make_client(void)
{
    const char *why = "?";

    client = client_new(&config, &why);
    ck_assert_msg(client != NULL, "%s", why);
}

static inline async void teardown(void)
{
    ck_assert_uint_eq(limits_active(client_limits(client)), 0);
    client_free(client);
    server_stop(&server);
}

static inline bool body_is(const struct response *rs, const char *text)
{
    return slice_eq((struct slice){rs->body.data, rs->body.len}, text);
}

static inline bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A test that is a task, with a loop of its own. */
#define CLIENT_TEST(name)                                                              \
    static async int name##_task(void *arg);                                           \
    START_TEST(name)                                                                   \
    {                                                                                  \
        run(name##_task);                                                              \
    }                                                                                  \
    END_TEST                                                                           \
    static async int name##_task(void *arg)

#endif
