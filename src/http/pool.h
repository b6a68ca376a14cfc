/* pool.h - workers over a queue of calls.
 *
 * As many tasks as there are places, started when they are needed. Neither a call that
 * waits for its host nor one between two attempts holds a worker or a place. */
#ifndef TRAWL_HTTP_POOL_H
#define TRAWL_HTTP_POOL_H

#include <stddef.h>

#include "http/call.h"

struct pool;

/* `done` is called for each call that was submitted, once, from a task or from
 * pool_cancel; it must not suspend, takes the call over and may submit others. */
struct pool *pool_new(struct client *c, void (*done)(struct call *call, void *arg),
                      void *arg);

/* What a worker does with a call that has its place; see call_step, which is the
 * default. `arg` is pool_new's. */
typedef async enum call_next pool_step(struct call *call, struct client *c,
                                       double *delay, void *arg);
void pool_set_step(struct pool *p, pool_step *step);

/* Suspends until the workers have ended. No call may be outstanding. */
async void pool_free(struct pool *p);

/* Queues a call; the pool has it until `done`. */
void pool_submit(struct pool *p, struct call *call);

/* The same for a call that its step has taken out (as done) at CALL_REDIRECT: it goes
 * on at its next hop. */
void pool_go_on(struct pool *p, struct call *call);

/* Ends every call: those that wait at once, with that reason, those in flight by
 * cancelling their exchange. Later ones end as they are submitted. */
void pool_cancel(struct pool *p, const char *why);

/* The same for one call, which may not be the pool's (any more): nothing happens then.
 */
void pool_cancel_call(struct pool *p, struct call *call, const char *why);

size_t pool_outstanding(const struct pool *p); /* submitted and not done */

/* Suspends until nothing is outstanding; 0 or -ECANCELED. For one task at a time. */
async int pool_join(struct pool *p);

/* Calls fn for each call that is in flight. */
void pool_each_active(struct pool *p, void (*fn)(const struct call *call, void *arg),
                      void *arg);

#endif
