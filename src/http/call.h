/* call.h - one request on its way: hops, attempts, and what came of them.
 *
 * The steps of the way, so that whoever drives it (client_fetch, a pool) reads as one
 * loop: take a place, call_step, give the place back, go on as the step says. */
#ifndef TRAWL_HTTP_CALL_H
#define TRAWL_HTTP_CALL_H

#include "base/list.h"
#include "http/client.h"

/* One redirect that was followed. */
struct redirection {
    char *url; /* what was asked for, owned */
    int status;
};

struct call {
    const struct request *request; /* borrowed */
    struct response response;
    struct hop hop;      /* the exchange to come, or the last */
    struct origin first; /* where the request was meant to go */
    int attempts;
    int spared; /* of these, attempts that cost no retry: up to the last
                   one that brought something worth having */
    struct redirection *redirects;
    size_t redirect_count;
    struct timings earlier; /* of this attempt, in the hops before this */
    double started;         /* loop_time of the first attempt, or 0 */
    double waiting_since;   /* loop_time since which it waits for a place */
    double queued;          /* seconds so far, without the waits between attempts */
    struct ticket ticket;
    struct list node; /* the driver's */
};

enum call_next { CALL_DONE, CALL_REDIRECT, CALL_RETRY };

/* The request must outlive the call. */
void call_init(struct call *call, const struct request *rq);
void call_clear(struct call *call);

/* Checks the URL and sets the first hop, also of a call that was under way before;
 * false when the call is done already with an error in its response. */
bool call_check(struct call *call);

/* The origin whose place the next exchange needs. */
const char *call_origin(const struct call *call);

/* Suspends for the next exchange. CALL_DONE: the response stands. CALL_REDIRECT: again,
 * at call_origin. CALL_RETRY: again, after *delay seconds. A pause that the server
 * asked for is set for its origin. */
async enum call_next call_step(struct call *call, struct client *c, double *delay);

/* When the call is tried again: as the client is set, but for what the request says. */
struct retry call_retry(const struct call *call, const struct client_config *o);

/* After CALL_REDIRECT: goes nowhere. The response that redirects is the one that
 * stands.
 */
void call_stay(struct call *call);

/* Makes a call that is done ready for another attempt, from its first URL, whatever its
 * retries. Not one that call_check refused. */
void call_again(struct call *call);

/* Ends a call that will not be tried (again), as cancelled. */
void call_cancel(struct call *call, const char *why);

#endif
