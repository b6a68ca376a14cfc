/* commit.h - many files get their names with few syncs. */
#ifndef TRAWL_DOWNLOAD_COMMIT_H
#define TRAWL_DOWNLOAD_COMMIT_H

#include "download/job.h"

struct committer *committer_new(struct download *d);

/* Takes the job, of which no leg is active: a whole file, sealed or still in memory; or
 * one that has ended, whose part is to be put away. It ends in leg_end_job, readers_put
 * or report_job. */
void committer_put(struct committer *c, struct job *job);

/* Suspends while many files wait: each is an open one, or memory. 0 or -ECANCELED. */
async int committer_wait(struct committer *c);

/* Suspends until all are through; frees. NULL is allowed. */
async void committer_free(struct committer *c);

#endif
