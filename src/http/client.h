/* client.h - the HTTP client: one exchange at a time for each task, many tasks.
 *
 * Over libcurl's multi interface on the running loop. What libcurl must not do is done
 * here: redirects (call.h), decoding, framing checks, limits, retries. */
#ifndef TRAWL_HTTP_CLIENT_H
#define TRAWL_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "async/future.h"
#include "http/limits.h"
#include "http/redirect.h"
#include "http/request.h"
#include "http/response.h"
#include "http/retry.h"

enum http_version_wanted { HTTP_VERSION_ANY, HTTP_VERSION_1_1, HTTP_VERSION_2 };

/* A NULL-terminated list of borrowed strings; NULL is the empty list. */
typedef const char *const *string_list;

/* How all requests of a client are made. Strings are borrowed until client_free. 0 and
 * NULL are the defaults of trawl, except where client_config_init sets another. */
struct client_config {
    struct limits_config limits;
    struct retry retry;
    unsigned max_redirects; /* 0: none is followed */

    string_list headers; /* "Name: value" lines; "Name:" leaves one out */
    const char *user_agent;
    const char *userpwd;     /* "name:password" */
    const char *cookies;     /* "a=b; c=d" */
    const char *cookie_file; /* Netscape format; cookies are then kept and matched */
    bool netrc;              /* ~/.netrc */

    const char *proxy;
    string_list resolve;    /* curl's HOST:PORT:ADDRESS */
    string_list connect_to; /* curl's HOST1:PORT1:HOST2:PORT2 */
    int ip_version;         /* 4, 6, or 0 for both */
    enum http_version_wanted http_version;
    bool deny_private; /* no address of a private network, nor this machine */

    bool insecure;          /* certificates are not verified */
    const char *cacert;     /* PEM file in place of the system's store */
    const char *cert, *key; /* PEM, for the client's own certificate */

    double max_time; /* seconds; 0: no limit, as in the next two */
    double connect_timeout;
    double stall_timeout;  /* without a byte in either direction */
    int64_t limit_rate;    /* bytes a second in all */
    int64_t max_size;      /* bytes of a body, on the wire or decoded */
    size_t receive_buffer; /* bytes read at once; 0: what suits small bodies */
    unsigned extra_files;  /* that the caller opens for each exchange */
    bool verbose;          /* libcurl's own talk on standard error */
};

void client_config_init(struct client_config *config);

struct client;

/* On the current loop. Lowers the limits where this process may not open that many
 * files: limits_total(client_limits(c)) tells. NULL with a message in *why (static or
 * owned by the client's library; do not free) when a file of the configuration cannot
 * be used. */
struct client *client_new(const struct client_config *config, const char **why);

/* No exchange may be under way. Before loop_free. */
void client_free(struct client *c);

struct limits *client_limits(struct client *c);
const struct client_config *client_config(const struct client *c);

/* How many connections it keeps, busy or idle. */
size_t client_connections(const struct client *c);

/* Suspends for one exchange: `hop` says where and how, the request what. No limits, no
 * redirects, no retries. `seconds` bounds it (0: no bound). Fills *rs, which the caller
 * clears in the end. Returns 0 when the response came whole, whatever its status; else
 * the http_error that also stands in rs (positive), or -ECANCELED. */
async int client_exchange(struct client *c, const struct request *rq,
                          const struct hop *hop, double seconds, struct response *rs);

/* Suspends until the request is answered: waits for its place, follows redirects,
 * retries as the client is set. Result as client_exchange. *rs is a response already,
 * all zero or used before. */
async int client_fetch(struct client *c, const struct request *rq, struct response *rs);

#endif
