/* existing.h - files that are there already are read, and verified, beside the rest. */
#ifndef TRAWL_DOWNLOAD_EXISTING_H
#define TRAWL_DOWNLOAD_EXISTING_H

#include "download/job.h"

struct readers;

struct readers *readers_new(void);

/* Takes a job that is `unread` and whose part is not open, and reports it once its file
 * is found to be what is expected, or not; as cancelled when the run stops before. */
void readers_put(struct readers *r, struct job *job);

/* Suspends until all are through; frees. NULL is allowed. */
async void readers_free(struct readers *r);

#endif
