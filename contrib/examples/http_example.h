/* http_example.h - what the examples that ask a server share: which server, a client to
 * ask it with, and one text out of a JSON answer. The rest is http/client.h. */
#ifndef TRAWL_EXAMPLES_HTTP_EXAMPLE_H
#define TRAWL_EXAMPLES_HTTP_EXAMPLE_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/async.h"
#include "base/json.h"
#include "http/client.h"

static const char *server;    /* its URL, as in http://127.0.0.1:8080 */
static struct client *client; /* one for all tasks: connections are kept and shared */

struct example {
    const struct client_config *config;
    task_fn *fn;
};

static inline async int example_task(void *arg)
{
    const struct example *e = arg;
    const char *why;
    int r;

    client = client_new(e->config, &why);
    if (!client) {
        fprintf(stderr, "%s\n", why);
        return -EINVAL;
    }
    r = e->fn(NULL);
    client_free(client);
    return r;
}

/* All of main: runs fn(NULL) as the first task, with a client that is set up like this.
 * Returns the exit status. */
static inline int example_run(int argc, char **argv, const struct client_config *config,
                              task_fn *fn)
{
    struct example e = {config, fn};
    int r;

    if (argc != 2) {
        fprintf(stderr,
                "Usage: %s URL  (contrib/examples/run-all --serve runs a server and "
                "prints its URL)\n",
                argv[0]);
        return 2;
    }
    server = argv[1];
    r = loop_run(example_task, &e);
    if (r < 0)
        fprintf(stderr, "%s: %s\n", argv[0], strerror(-r));
    return r < 0;
}

/* A request for a path of the server, put together as by printf. */
__attribute__((format(printf, 2, 3))) static inline void
example_request(struct request *rq, const char *format, ...)
{
    struct buf url = BUF_INIT;
    va_list ap;

    buf_append_str(&url, server);
    va_start(ap, format);
    buf_vappendf(&url, format, ap);
    va_end(ap);
    request_init(rq, url.data);
    rq->keep_body = true;
    buf_clear(&url);
}

static inline void example_authorize(struct request *rq, const char *token)
{
    struct buf line = BUF_INIT;

    buf_appendf(&line, "Authorization: Bearer %s", token);
    request_add_header(rq, line.data);
    buf_clear(&line);
}

/* Makes it a POST of {"name": "text"}. */
static inline void example_body(struct request *rq, const char *name, const char *text)
{
    struct buf json = BUF_INIT;
    size_t n;

    buf_append_char(&json, '{');
    json_append_key(&json, name);
    json_append_cstr(&json, text);
    buf_append_char(&json, '}');
    n = json.len;
    request_take_body(rq, buf_take(&json), n);
    request_add_header(rq, "Content-Type: application/json");
}

/* What the member `name` of a JSON object says; the caller frees it. NULL when the
 * answer is no such object, or an error. */
static inline char *example_text(const struct response *rs, const char *name)
{
    struct slice body = {rs->body.data, rs->body.len}, value;
    struct buf text = BUF_INIT;

    if (rs->status / 100 != 2 || json_compact(NULL, body, NULL) < 0 ||
        !json_member(body, name, &value))
        return NULL;
    if (json_type(value) == JSON_STRING)
        json_append_unquoted(&text, value);
    else
        buf_append(&text, value.data, value.len);
    return buf_take(&text);
}

/* Suspends until the request is answered, and clears it. 0, and *text is what that
 * member of the answer says, for the caller to free; -EIO or -ECANCELED without. */
static inline async int example_ask(struct request *rq, const char *name, char **text)
{
    struct response rs = {0};
    int r = client_fetch(client, rq, &rs);

    *text = r == 0 ? example_text(&rs, name) : NULL;
    response_clear(&rs);
    request_clear(rq);
    return r < 0 ? r : *text ? 0 : -EIO;
}

#endif
