/* client_internal.h - what the files of the client share: client, shards, transfers.
 *
 * A client spreads its hosts over shards, each a libcurl multi handle with connections
 * of its own: removing a handle walks the connection cache, so many hosts in one multi
 * are slow. A transfer is an easy handle that is used again and again. */
#ifndef TRAWL_HTTP_CLIENT_INTERNAL_H
#define TRAWL_HTTP_CLIENT_INTERNAL_H

#include <curl/curl.h>

#include "async/future.h"
#include "base/list.h"
#include "http/body_sink.h"
#include "http/castore.h"
#include "http/client.h"
#include "http/decode.h"
#include "http/throttle.h"

#define SHARDS_MAX 64

struct shard {
    struct client *client;
    CURLM *multi;
    struct timer timer; /* libcurl's, when it wants to be called later */
    struct handle soon; /* and when at once */
    struct list idle;   /* transfers to use again */
    unsigned active;
    uint64_t actions; /* how often libcurl was called to act */
};

struct client {
    struct client_config config;
    struct loop *loop;
    struct limits *limits;
    struct throttle *throttle; /* NULL without limit_rate */
    struct castore *castore;   /* loaded at the first TLS connection */
    bool own_castore;          /* this libcurl lets us hand it a store */
    bool env_proxy;            /* the environment names a proxy */
    CURLSH *share;             /* cookies, when there is a cookie file */
    struct curl_slist *resolve, *connect_to;
    struct curl_slist *headers;       /* to the origin they were meant for */
    struct curl_slist *plain_headers; /* to anybody else */
    struct shard *shards[SHARDS_MAX];
    unsigned shard_count;
    unsigned shard_room; /* connections a shard keeps, exchanges it takes */
};

struct transfer {
    struct list node;
    CURL *easy;
    struct shard *shard;
    struct client *client;
    struct future done; /* completed when libcurl has finished with it */
    bool added;         /* the multi has the easy handle */
    uint64_t started;   /* the shard's actions when it was added */

    const struct request *request;
    const struct hop *hop;
    struct response *response;
    struct curl_slist *own_headers;       /* of this request alone */
    const struct curl_slist *headers_set; /* what the easy handle has now */
    bool has_body, has_method, credentials_set, dns_uncached, shares, closes, fresh;
    long timeout_ms;

    /* What the callbacks saw. */
    CURLcode code;
    enum http_error verdict; /* ours, which ended the transfer; HTTP_OK: none */
    char verdict_text[256];
    char curl_text[CURL_ERROR_SIZE];
    bool opened;    /* a socket, or tried to */
    int open_errno; /* of the socket that could not be opened */
    struct decoder *decoder;
    bool body_began, headers_over, too_large_line;
    enum body_use sink_use; /* what becomes of this body */
    bool paused;            /* libcurl holds bytes that we did not take */
    bool sink_waits;        /* ... as the sink did not */
    size_t granted;         /* bytes the throttle let pass, still to be taken */
    unsigned informational;
    int64_t content_length; /* -1: none yet */
    size_t header_bytes;

    double began, last_activity; /* loop_time */
    int64_t uploaded;
    struct timer stall;
    struct timer limit; /* on the whole, while it is paused */
    struct throttled throttled;
};

/* ---- shard.c: libcurl's multi interface on the loop ---- */

struct shard *shard_new(struct client *c);
void shard_free(struct shard *s);

/* Hands the transfer to libcurl; its `done` will be completed. Not from a callback of
 * libcurl's, as the next one too. */
void shard_start(struct shard *s, struct transfer *t);

/* Takes it back, finished or not; if not, it has a verdict. Its `done` is left alone.
 */
void shard_stop(struct transfer *t);

/* Whether libcurl has taken the transfer up at all since it was started. */
bool shard_acted(const struct transfer *t);

/* ---- easy.c: an easy handle as the client wants it ---- */

/* Sets what stays the same from one exchange of the transfer to the next. */
CURL *easy_new(struct transfer *t);

/* ---- transfer.c: an easy handle for one exchange after the other ---- */

struct transfer *transfer_new(struct shard *s);
void transfer_free(struct transfer *t);

/* Sets it up for an exchange. `seconds` bounds it; 0: no bound. `fresh`: not on a
 * connection that was kept. */
void transfer_prepare(struct transfer *t, const struct request *rq,
                      const struct hop *hop, double seconds, bool fresh,
                      struct response *rs);

/* One of libcurl's times (microseconds) or sizes; 0 for what was not reached. */
int64_t transfer_number(const struct transfer *t, CURLINFO what);

/* After the end: what is known goes into the response, the transfer is ready for the
 * next. */
void transfer_collect(struct transfer *t);

/* Ends it with a verdict of ours, from the loop. */
void transfer_abort(struct transfer *t, enum http_error verdict, const char *why);

/* For the callback that does not take what libcurl brings: what it is to return. */
size_t transfer_hold(struct transfer *t);

/* Notes why the transfer is to end; the callback then makes libcurl stop. */
void transfer_verdict(struct transfer *t, enum http_error verdict, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/* ---- receive.c: what arrives ---- */

size_t receive_header(char *line, size_t size, size_t n, void *transfer);
size_t receive_body(char *data, size_t size, size_t n, void *transfer);

/* The body has come to its end: completes the decoding. */
void receive_end(struct transfer *t);

/* ---- request_headers.c: which headers go where ---- */

/* The list for an exchange: borrowed from the client, or made for it and in *own. */
struct curl_slist *request_header_list(struct client *c, const struct request *rq,
                                       const struct hop *hop, struct curl_slist **own);
void client_headers_init(struct client *c);

/* Appends to a list; out of memory ends the program. */
struct curl_slist *slist_add(struct curl_slist *list, const char *line);

/* ---- outcome.c: what libcurl's codes mean ---- */

/* Sets the response's error from how the transfer ended. */
void outcome_judge(struct transfer *t);

#endif
