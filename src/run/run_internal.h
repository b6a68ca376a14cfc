/* run_internal.h - what the files of a run share. */
#ifndef TRAWL_RUN_RUN_INTERNAL_H
#define TRAWL_RUN_RUN_INTERNAL_H

#include "run/run.h"

/* Counts bytes that are held in memory between reading and writing, or let go. */
void run_hold(struct run *run, size_t n);
void run_let_go(struct run *run, size_t n);

/* ---- deliver.c: from what came of an item to its record ---- */

/* order's `emit`, and the end of the way without it. */
void deliver_result(struct result *r, void *run);

/* Suspends until every item that was submitted is delivered. */
async void deliver_join(struct run *run);

/* Frees what still waited for its record to be written. */
void deliver_clear(struct run *run);

/* ---- stop.c: ending early ---- */

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
