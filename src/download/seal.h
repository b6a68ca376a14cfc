/* seal.h - the file is whole. */
#ifndef TRAWL_DOWNLOAD_SEAL_H
#define TRAWL_DOWNLOAD_SEAL_H

#include "download/job.h"

/* Blocks, for the executor: writes what is still in memory, verifies, sets size and
 * time. 0: the part is what it ought to be; SEAL_MISMATCH: nothing of it is kept; or
 * -errno. */
enum { SEAL_MISMATCH = 1 };
int seal_part(struct job *job);

/* What seal_part gave, on the loop: sets sealed, mismatches, or the error. */
void seal_finish(struct job *job, int result);

/* Suspends. Both. */
async void seal(struct job *job);

/* Suspends. Verifies the file that is there and was passed over. */
async void seal_verify_existing(struct job *job);

#endif
