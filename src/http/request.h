/* request.h - what to ask a server. */
#ifndef TRAWL_HTTP_REQUEST_H
#define TRAWL_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

struct body_sink;  /* body_sink.h */
struct status_set; /* status_set.h */

#define REQUEST_DEFAULT (-1) /* for the numbers below: as the client is set */

/* All strings are owned, but for a body that was lent; NULL where not given. The
 * headers are lines "Name: value", meant for the origin of `url` alone. */
struct request {
    char *url;
    char *method;   /* NULL: GET, or POST when there is a body */
    char **headers; /* header_count lines */
    size_t header_count;
    const char *const
        *extra_headers; /* the program's own lines, NULL-terminated or NULL:
                           they hold no secret, go to any origin, and stand in
                           the place of others of their name; borrowed */
    char *body;
    size_t body_len;
    bool body_lent;
    bool stranger; /* `url` leads to another origin than the headers were meant for, as
                      after a redirect there: none goes with it that could tell one */
    double max_time; /* seconds for one attempt */
    int retries;
    const struct status_set *accepted; /* statuses that are not tried again; borrowed,
                                          NULL: as the client is set */
    bool keep_body;         /* keep the response's body, decoded, in memory */
    struct body_sink *sink; /* or give it to this; borrowed, NULL: none */
};

void request_init(struct request *rq, const char *url);
void request_clear(struct request *rq);
void request_add_header(struct request *rq, const char *line);

/* Sets the body; the bytes are taken over and freed with the request. */
void request_take_body(struct request *rq, char *body, size_t n);

/* Sets a body that many requests have; the bytes must outlive the request. */
void request_lend_body(struct request *rq, const char *body, size_t n);

/* "GET", "POST", ... */
const char *request_method(const struct request *rq);

/* Methods that may be sent twice without harm (RFC 9110, 9.2.2). */
bool method_idempotent(const char *method);

#endif
