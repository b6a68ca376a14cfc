/* seal.h - the file is whole. */
#ifndef TRAWL_DOWNLOAD_SEAL_H
#define TRAWL_DOWNLOAD_SEAL_H

#include "download/job.h"

/* Blocks, for the executor: writes what is still in memory, verifies, sets size and
 * time. 0: the part is what it ought to be; SEAL_MISMATCH: it is removed, and closed;
 * or -errno. */
enum { SEAL_MISMATCH = 1, SEAL_STOPPED };
int seal_part(struct job *job);

/* Blocks. What seal_part gave is in memory still, and its part could not get its name:
 * the same once more, as NAME.part. 0 or -errno. */
int seal_with_name(struct job *job);

/* What seal_part gave, on the loop: sets sealed, mismatches, or the error. */
void seal_finish(struct job *job, int result);

/* Suspends. Both; or, when the run stops before all is hashed, the job is cancelled,
 * and what is there is kept. */
async void seal(struct job *job);

/* Suspends. Hashes the file's bytes from where the digests are to its end: 0, -errno
 * or, when the run has stopped before, SEAL_STOPPED. */
async int seal_hash(struct job *job, int fd);

/* All bytes are hashed: the kinds of which the digests are not the expected ones. Sets
 * sha256. */
unsigned seal_compare(struct job *job);

#endif
