/* http_server.h - a small HTTP/1.1 server on the test's own loop: what it is asked is
 * kept, and it misbehaves on demand. */
#ifndef TRAWL_TESTS_HTTP_SERVER_H
#define TRAWL_TESTS_HTTP_SERVER_H

#include <stdbool.h>

#include "async/async.h"
#include "base/buf.h"

struct exchange;

/* Answers one request. 0: the connection goes on; negative: it is closed. */
typedef async int exchange_fn(struct exchange *x);

struct server {
    exchange_fn *handler;
    void *arg;
    unsigned port;
    unsigned connections;  /* accepted so far */
    unsigned open;         /* now */
    unsigned requests;     /* that came whole, so far */
    unsigned active, most; /* being answered now, and at most at once */
    unsigned seen;         /* how often a handler has counted something */
    char origin[64];       /* "http://127.0.0.1:PORT" */
    struct buf last;       /* the last request, head and body */

    struct group connected;
    struct task *acceptor;
    int fd;
};

struct exchange {
    struct server *server;
    int fd;
    struct buf head; /* request line and fields, with the empty line */
    struct buf body;
    unsigned served; /* requests before this one on the same connection */
    char method[32], target[1024];
};

/* Listens on a port of its own, on 127.0.0.1. */
void server_start(struct server *s, exchange_fn *handler);

/* Suspends until every connection is closed. */
async void server_stop(struct server *s);

/* Writes text to the client: 0 or negative. */
async int answer(struct exchange *x, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes bytes. */
async int answer_bytes(struct exchange *x, const char *data, size_t n);

/* A whole response with a body; `fields` are lines with CRLF, or "". */
async int answer_with(struct exchange *x, int status, const char *fields,
                      const char *body, size_t n);

/* Suspends until the client closes the connection; negative. */
async int until_closed(struct exchange *x);

/* Answers by what the target says:
 *   /status/CODE       that status, the body "CODE"
 *   /to/CODE/LOCATION  a redirect there
 *   /echo              200, with the request as the body
 *   /hang              no answer
 *   /half              ten bytes are promised, three come, then nothing
 *   /part/N            N of twice as many bytes, then nothing
 *   /cut               as /half, and the connection is closed
 *   /close             the connection is closed without an answer
 *   /flaky/N           503 the first N times (of this server), then 200
 *   /pair              200, once two requests for it are there
 *   /slow/MS           200 after that time
 *   /big/N             200 and N bytes */
async int answer_by_target(struct exchange *x);

/* The value of a field of a request (struct server's last, or an exchange's head) as a
 * static string; NULL: not there. */
const char *field(const struct buf *request, const char *name);

/* A port on 127.0.0.1 where connecting never ends, until deaf_stop. */
struct deaf {
    int fd[16];
    unsigned port;
};

void deaf_start(struct deaf *d);
void deaf_stop(struct deaf *d);

/* A port where nobody listens. */
unsigned port_refused(void);

/* Suspends until the condition holds; the test's own time limit ends what never comes.
 */
#define UNTIL(condition)                                                               \
    do                                                                                 \
        task_sleep(0.001);                                                             \
    while (!(condition))

#endif
