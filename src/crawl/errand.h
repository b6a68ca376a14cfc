/* errand.h - a request of a crawl on its way through the pool: a page, a robots.txt, a
 * sitemap. Embedded in what it is for. */
#ifndef TRAWL_CRAWL_ERRAND_H
#define TRAWL_CRAWL_ERRAND_H

#include <stdbool.h>

#include "async/event.h"
#include "http/body_sink.h"
#include "http/pool.h"

enum { ERRAND_ROOMS = 2 };

struct errand {
    struct call call;
    struct request request;
    struct body_sink sink; /* its `begin` and `write` are the owner's; decoded */

    /* The call is done, from a task or pool_cancel: takes the errand over, may not
     * suspend. */
    void (*done)(struct errand *e);

    /* An exchange has ended that is not the last: what it brought counts for nothing.
     * From a task; may not suspend; or NULL. */
    void (*forget)(struct errand *e);

    /* Set where what it brings can be put; or NULL. */
    struct event *rooms[ERRAND_ROOMS];

    bool asks_leave; /* at a redirect it is done, for the owner to look at call.hop ...
                      */
    bool moved;      /* ... which it then is: pool_go_on, or call_stay */
};

/* All but the sink's functions. `url` is copied. */
void errand_init(struct errand *e, const char *url, void (*done)(struct errand *e));
void errand_clear(struct errand *e);

/* The run's `done` and `step`. */
void errand_call_done(struct call *call, void *run);
pool_step errand_step;

#endif
