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

/* What is asked, and where: a request and its first hop. */
struct ask {
    struct request request;
    struct hop hop;
};

static inline void ask_init(struct ask *a, const char *target)
{
    char url[256];
    const char *why;

    snprintf(url, sizeof(url), "%s%s", *target == '/' ? server.origin : "", target);
    request_init(&a->request, url);
    a->request.keep_body = true;
    a->hop =
        (struct hop){.url = mem_strdup(url), .send_body = true, .credentials = true};
    ck_assert_int_eq(url_origin(url, &a->hop.origin, &why), URL_OK);
}

static inline async int ask(struct ask *a, double seconds, struct response *rs)
{
    if (!a->hop.method)
        a->hop.method = request_method(&a->request);
    return client_exchange(client, &a->request, &a->hop, seconds, rs);
}

static inline void ask_clear(struct ask *a)
{
    hop_clear(&a->hop);
    request_clear(&a->request);
}

/* A GET of a target. */
static inline async int get(const char *target, struct response *rs)
{
    struct ask a;
    int r;

    ask_init(&a, target);
    r = ask(&a, 0, rs);
    ask_clear(&a);
    return r;
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
