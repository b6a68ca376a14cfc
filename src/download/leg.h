/* leg.h - what fetches a file, one exchange after the other. */
#ifndef TRAWL_DOWNLOAD_LEG_H
#define TRAWL_DOWNLOAD_LEG_H

#include "download/job.h"

/* Makes the job's first leg and gives it to the pool. */
void leg_start_first(struct job *job);

/* As many more as --split wants, once the version is known and the part open. */
void leg_start_more(struct job *job);

/* run_scenario's. */
void leg_done(struct call *call, void *run);

/* No leg is active: the job goes on with other bytes, to the committer, or to its
 * report. */
void leg_end_job(struct job *job);

/* Frees the legs; none may be active. */
void leg_clear_all(struct job *job);

#endif
