/* run.h - one run of fetch: what its files share. */
#ifndef TRAWL_FETCH_RUN_H
#define TRAWL_FETCH_RUN_H

#include "async/async.h"
#include "fetch/fetch.h"
#include "fetch/order.h"
#include "http/pool.h"
#include "input/state.h"
#include "output/progress.h"
#include "output/sink.h"
#include "output/summary.h"

struct run {
    const struct fetch_options *o;
    struct loop *loop;
    struct client *client;
    struct pool *pool;
    struct source *source;
    struct state *state;       /* NULL without --state */
    struct sink *sink;
    struct order *order;       /* NULL without --ordered */
    struct progress *progress; /* NULL when none is shown */
    struct summary summary;
    int summary_fd;            /* -1 without --summary */
    struct task *reader;
    struct semaphore window;   /* read-ahead: places between reading and writing */
    size_t held;               /* bytes of input and of records in these places */
    struct event room;         /* set while these are few enough to read on */
    struct timer deadline;
    struct timer patience;     /* with a reader that does not read, once stopped */
    uint64_t seen_written;     /* by it: what the sink had written */
    struct list marks;         /* for the state file, once their records are written */
    struct buf record;         /* the one that is being made */
    uint64_t submitted;
    const char *stopped;       /* why no more is begun; NULL while it is */
    int signo;                 /* that interrupted it */
    int sink_error;
    int local_error; /* of the input or the state file */
};

/* One input on its way. */
struct job {
    struct item item;
    struct call call;
    struct run *run;
    uint64_t number; /* among those that were not skipped */
};

/* Counts bytes that are held in memory between reading and writing, or let go. */
void run_hold(struct run *run, size_t n);
void run_let_go(struct run *run, size_t n);

/* ---- deliver.c: from a finished call to its record ---- */

/* The pool's `done`: writes the record, then frees the job. */
void deliver(struct call *call, void *run);

/* The record of a job that never was a request. */
void deliver_wrong(struct job *job);

/* Of one that --dry-run does not send. */
void deliver_unsent(struct job *job);

/* order's `emit`, and the end of the way without it. */
void deliver_result(struct result *r, void *run);

/* Frees what still waited for its record to be written. */
void deliver_clear(struct run *run);

/* ---- stop.c: ending early ---- */

/* Begins nothing more and cancels what is in flight; every input that was read still
 * gets its record. Later calls change nothing. */
void stop_run(struct run *run, const char *why);

/* Signals, deadline. */
void stop_watch(struct run *run);
void stop_unwatch(struct run *run);

/* All is answered: the deadline has been met, however long writing takes. */
void stop_forget_deadline(struct run *run);

/* ---- status.c: what a run tells while it goes on, and at its end ---- */

/* SIGUSR1, whose default would end the program: to the end of the loop. */
void status_watch(struct run *run);

void status_show_progress(struct run *run);
void status_hide_progress(struct run *run);

/* Opens the summary's file, so that one that cannot be written is told before anything
 * is sent. False, and logged, when it cannot. */
bool status_open(struct run *run);

/* Summary on standard error and to its file. False when the file cannot be written. */
bool status_report(struct run *run);

#endif
