/* chore.h - work of a job in the executor, beside others. */
#ifndef TRAWL_DOWNLOAD_CHORE_H
#define TRAWL_DOWNLOAD_CHORE_H

#include "download/job.h"

/* Gives fn(arg) to the executor, which ends in done(..., arg). It is not busy. */
void chore_start(struct chore *c, executor_fn *fn, future_fn *done, void *arg);

/* In `done`, first of all: what fn returned. The first failure is the job's
 * store_error. Who waits for `stirred` looks again. */
int chore_end(struct chore *c, struct job *job);

#endif
