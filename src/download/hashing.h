/* hashing.h - bytes that are in the file and not yet in the digests.
 *
 * Blocks that come in order are hashed as they are written. What was there before, or
 * came out of order, is read back. */
#ifndef TRAWL_DOWNLOAD_HASHING_H
#define TRAWL_DOWNLOAD_HASHING_H

#include "download/job.h"

/* Blocks: hashes the file's bytes from where the digests are up to `end`. 0, or -errno:
 * -EIO when the file is shorter. */
int hashing_read(struct job *job, int fd, int64_t end);

/* Begins to read some of them back, unless somebody is at the digests. */
void hashing_catch_up(struct job *job);

#endif
