/* run.h - one run of a command over a list: what the scenarios share.
 *
 * Items are read one after the other as long as there is room, each is submitted to the
 * scenario, and each ends, once, in run_deliver: record, summary, state file. Signals,
 * the deadline and a failing output stop the run; what was read still gets its record.
 */
#ifndef TRAWL_RUN_RUN_H
#define TRAWL_RUN_RUN_H

#include "async/async.h"
#include "http/client.h"
#include "http/pool.h"
#include "http/status_set.h"
#include "input/source.h"
#include "input/state.h"
#include "output/progress.h"
#include "output/record.h"
#include "output/sink.h"
#include "output/summary.h"
#include "run/exit_status.h"
#include "run/interrupt.h"
#include "run/order.h"
#include "run/patience.h"

/* As the command line gives them. Strings are borrowed. */
struct run_options {
    struct client_config client;
    struct source_config source;
    struct record_options record;
    struct status_set accept; /* statuses that count as success */
    const char *output;       /* of the records; NULL: standard output */
    const char *summary;      /* file for the summary as JSON, or NULL */
    const char *state;        /* file, or NULL */
    double deadline;          /* seconds for the whole run; 0: none */
    bool ordered, fail_fast, dry_run;
    bool quiet;           /* no summary on standard error */
    bool progress, color; /* on standard error */
};

struct run;

/* What a scenario is to a run. NULL where it has nothing to do. */
struct run_scenario {
    const char *name; /* the state file's */
    unsigned
        read_ahead; /* items beyond those in flight; 0: as many as are lines of text */

    /* After the client and the input are there; before the output is opened, so that a
     * run that is refused leaves that as it was, and before there is a pool. May
     * suspend; neither a signal nor the deadline is looked after yet. 0 goes on;
     * another value, logged, is the exit status. */
    async int (*set_up)(struct run *run);

    /* In place of the source: suspends until there is another item. 1 with *item set; 0
     * when there will be none; -ECANCELED, or another -errno, which was logged. */
    async int (*next)(struct run *run, struct item *item);

    /* Takes the item over (and clears it in the end). From the reader: may suspend.
     * Also once the run has stopped, for an item that was read: the pool ends it at
     * once. */
    async void (*submit)(struct run *run, struct item *item);

    /* An item that an earlier run answered (--state) is passed over. */
    void (*skipped)(struct run *run, const struct item *item);

    /* The run has stopped, the pool's calls are cancelled: end what the pool does not
     * know of. Must not suspend. Not called unless set_up was well, nor after
     * tear_down. */
    void (*stopped)(struct run *run);

    /* All items are delivered and no call is outstanding, or set_up or what comes after
     * it failed: frees; the client is still there, the pool is not. Gives 0 or an exit
     * status (3). */
    async int (*tear_down)(struct run *run);

    /* Behind tear_down: all records are written, or never will be. Ends what had to
     * wait for that. Gives 0 or an exit status (3). */
    async int (*close)(struct run *run);

    /* A call of the pool is done (pool_new). */
    void (*done)(struct call *call, void *run);

    /* In place of call_step; the worker holds the call's place meanwhile. */
    pool_step *step;

    /* How many items there are to come, as far as that is known, for SIGUSR1's list. */
    uint64_t (*waiting)(struct run *run);

    /* Adds to what the progress display shows. */
    void (*look)(struct run *run, struct progress_now *now);
};

/* Embedded as the first member of the scenario's own struct. */
struct run {
    const struct run_options *o;
    const struct run_scenario *scenario;
    struct loop *loop;
    struct client *client;
    struct pool *pool;
    struct source *source;
    struct state *state; /* NULL without --state */
    struct sink *sink;
    struct order *order;       /* NULL without --ordered */
    struct progress *progress; /* NULL when none is shown */
    struct summary summary;
    int summary_fd; /* -1 without --summary */
    struct task *reader;
    struct semaphore window; /* read-ahead: places between reading and writing */
    size_t held;             /* bytes of input and of records in these places */
    struct event room;       /* set while these are few enough to read on */
    struct timer deadline;
    struct patience patience;
    struct list marks;  /* for the state file, once their records are written */
    struct buf record;  /* the one that is being made */
    uint64_t submitted; /* the run counts them, once `submit` has returned */
    uint64_t delivered;
    struct future *all_delivered; /* what the run waits for in the end, while it does */
    bool continued; /* the output goes on with an earlier run's; also set_up's to set */
    const char *stopped; /* why no more is begun; NULL while it is */
    struct interrupt interrupt;
    int sink_error;
    int local_error; /* of the input, the state file or, by run_fail_locally, the disk
                      */
};

/* Runs it all, on a loop of its own. `run` is zeroed but for what the scenario added.
 * Returns the exit status. */
int run_main(struct run *run, const struct run_scenario *scenario,
             const struct run_options *o);

/* What run_deliver needs to know of an item, beside its record. */
struct delivery {
    const struct item *item;
    uint64_t number; /* run->submitted as `submit` is called: 0, 1, 2, ... */
    bool done;       /* to be marked in the state file: not to be asked for again */
};

/* Writes the item's record, counts it, and marks it in the state file once it is
 * written. Must be called exactly once for each item that was submitted. Never
 * suspends, but may stop the run, and so call `stopped`, and `done` for others, before
 * it returns. */
void run_deliver(struct run *run, const struct record *record,
                 const struct delivery *d);

/* The same without a record: nobody asked for the item, and nothing came of it. */
void run_drop(struct run *run, const struct item *item);

/* The error of a response as a record tells it: HTTP_STATUS when its status was not
 * accepted. */
enum http_error run_judge(const struct run *run, const struct response *rs);

/* Begins nothing more and cancels what is in flight; every input that was read still
 * gets its record. Later calls change nothing. */
void run_stop(struct run *run, const char *why);

/* This machine's fault (a full disk), -errno, which the caller has logged: the same,
 * and exit status 3. */
void run_fail_locally(struct run *run, int error, const char *why);

#endif
