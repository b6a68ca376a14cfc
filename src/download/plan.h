/* plan.h - what is to be fetched, and what for. */
#ifndef TRAWL_DOWNLOAD_PLAN_H
#define TRAWL_DOWNLOAD_PLAN_H

#include "download/job.h"

/* Finds the job's name, unless a server is to tell it, its checksums, what is there
 * already, and what an earlier run left. False: the job has ended. */
bool plan_job(struct job *job);

/* Names a job as its server proposes, or by its URL, then as plan_job. */
bool plan_name_by_server(struct job *job, const struct response *rs);

/* What a journal calls the URL: without user name and password, query and fragment, as
 * a signature in the query may change. The caller frees; NULL for what is no URL. */
char *plan_part_url(const char *url);

/* The strongest checksum that is to be met, as a journal's `sum`; NULL: there is none.
 * The caller frees. */
char *plan_sum(const struct job *job);

/* The file that is there, a regular one, is left alone. What it ought to be is looked
 * up later, in the executor. */
void plan_skip_existing(struct job *job, const struct stat *st);

/* Blocks. Something came to be under the job's name, whose part is open still: gives
 * both the next number that is free. */
void plan_rename_late(struct job *job);

/* Blocks. Opens the file that is there under the job's name, for reading: the
 * descriptor, or -errno. */
int plan_open_existing(const struct job *job);

/* Takes the name of an item that an earlier run answered (--state): a later one must
 * not get it. */
void plan_skipped(struct download *d, const struct item *item);

#endif
