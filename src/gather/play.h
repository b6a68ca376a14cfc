/* play.h - one run through a spec, for one user.
 *
 * Each request of the spec is a node that waits for those it needs, then thinks, then
 * makes its calls: one, or one for each item of a list, and behind each perhaps further
 * pages. The calls are the pool's; between them nothing holds a task or a place. */
#ifndef TRAWL_GATHER_PLAY_H
#define TRAWL_GATHER_PLAY_H

#include "async/loop.h"
#include "base/list.h"
#include "gather/expand.h"
#include "gather/tally.h"
#include "http/pool.h"
#include "output/sink.h"

struct play;

/* What all plays of a run have in common. */
struct play_setup {
    const struct spec *spec;
    struct client *client;
    struct pool *pool; /* with visit_done and visit_step (visit.h) */
    const struct status_set *accept;
    struct tally *tallies; /* one for each request */
    struct summary *summary;

    struct sink *sink; /* before it takes more, no call is made */

    /* A request without "optional" has failed, or the first item of one. May stop all
     * plays; then the failure is no longer to be looked at. */
    void (*failed)(const struct spec_request *rq, const struct failure *f, void *arg);
    void *failed_arg;

    /* The play has come to its end: nothing of it is under way, and it may be freed.
     * From the loop. */
    void (*done)(struct play *p, void *arg);
    void *done_arg;
};

/* A failure of an item, or of the whole (index NO_INDEX). */
#define NO_INDEX SIZE_MAX
struct item_failure {
    size_t index;
    struct failure failure;
};

enum node_state { NODE_WAITS, NODE_THINKS, NODE_RUNS, NODE_DONE };

struct node {
    struct play *play;
    const struct spec_request *rq;
    struct result *result;
    enum node_state state;
    struct list ready; /* in the play's list of those that may go on */
    size_t waits;      /* for how many others */
    struct timer think;

    struct slice *memo;                /* of the scope */
    struct buf list;                   /* the expanded foreach */
    struct slice *items;               /* of it; NULL without foreach */
    const struct reference *item_from; /* a result that they come from, or NULL */
    struct slice *values; /* one for each item, owned; data NULL: none yet */
    size_t item_count, next, live;
    bool pumping;

    struct item_failure *failures;
    size_t failure_count;
    size_t done;         /* items that came to their end well */
    bool told;           /* that it has failed */
    bool warned;         /* that a URL leads elsewhere */
    double began, ended; /* loop_time; 0: not at all */
    unsigned requests;   /* calls, further pages included */
};

struct play {
    const struct play_setup *setup;
    struct list all; /* the owner's */
    unsigned user;
    struct node *nodes; /* as many as the spec has requests */
    struct result *results;
    size_t left; /* nodes that are not done */
    struct list ready;
    struct handle go;
    const char *stopped;
};

struct play *play_new(const struct play_setup *setup, unsigned user);
void play_free(struct play *p); /* of a play that is done, or was not started */

/* Never suspends. */
void play_start(struct play *p);

/* Begins nothing more; what the pool has must be cancelled there, too. The play comes
 * to its end all the same. */
void play_stop(struct play *p, const char *why);

/* The scope of a node's templates, for the item of that number. */
struct scope play_scope(const struct node *n, size_t index);

/* ---- visit.c tells what came of an item ---- */

/* Takes the value over, and the headers of the answer. `origin` is the result's. */
void play_item_done(struct node *n, size_t index, struct buf *value,
                    struct response *rs, const char *origin);

/* Takes the failure over. */
void play_item_failed(struct node *n, size_t index, struct failure *f);

#endif
