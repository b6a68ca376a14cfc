/* retry.h - whether to ask again, and when. Plain functions; nothing suspends. */
#ifndef TRAWL_HTTP_RETRY_H
#define TRAWL_HTTP_RETRY_H

#include <stdbool.h>

#include "http/response.h"
#include "http/status_set.h"

enum backoff { BACKOFF_EXPONENTIAL, BACKOFF_LINEAR, BACKOFF_CONSTANT };

struct retry {
    int retries;      /* attempts after the first */
    double delay;     /* seconds: the base of the backoff */
    double max_delay; /* seconds: cap of the backoff, and of what a server asks for; 0:
                         none */
    double max_time;  /* seconds since the first attempt; 0: no limit */
    bool all_errors;  /* also what seems final, and methods that are not idempotent */
    enum backoff backoff;
    const struct status_set *accepted; /* never retried; NULL: none of 400 and more */
};

#define RETRY_DEFAULT                                                                  \
    {                                                                                  \
        .retries = 2, .delay = 0.5, .max_delay = 60                                    \
    }

/* After `attempt` attempts (1: the first) of a request with that method, `elapsed`
 * seconds after the first began: another one? */
bool retry_wanted(const struct retry *rt, int attempt, double elapsed,
                  const char *method, const struct response *rs);

/* Whether so many attempts, and seconds since the first began, leave another one, if it
 * were wanted. */
bool retry_left(const struct retry *rt, int attempt, double elapsed);

/* Seconds to wait before the attempt after number `attempt`. Exponential: full jitter,
 * random(0, min(max_delay, delay * 2^(attempt-1))). What the server asked for
 * (Retry-After) is the least. */
double retry_delay(const struct retry *rt, int attempt, const struct response *rs);

/* Seconds for which the server wants to be left alone, 0 when it does not say:
 * Retry-After (RFC 9110, 10.2.3) of a redirect or an error, as seconds or a date;
 * RateLimit and RateLimit-Remaining/-Reset when nothing remains. Nonsense is 0. */
double retry_after(const struct response *rs, double cap);

#endif
