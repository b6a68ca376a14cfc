/* store.h - from a leg's blocks to the part. */
#ifndef TRAWL_DOWNLOAD_STORE_H
#define TRAWL_DOWNLOAD_STORE_H

#include "download/job.h"

/* Forgets the version, and all that was written of it. */
void store_forget(struct job *job);

/* The sink's write. */
enum body_use store_write(struct body_sink *s, const char *data, size_t n);

/* How many blocks of the leg's are being written. */
unsigned store_writes(const struct leg *leg);

/* Bytes that the leg has received and that are not yet written. */
int64_t store_unwritten(const struct leg *leg);

/* Suspends until all that the leg received is written, or writing has failed. */
async void store_flush(struct leg *leg);

/* Whether a chore of the job's is under way. */
bool store_is_busy(const struct job *job);

/* Suspends until no chore of the job's is under way. */
async void store_quiesce(struct job *job);

/* Suspends. No leg is in an exchange: keeps what can be gone on with, and its journal,
 * or removes the part; closes it. The job has failed when that could not be done. */
async void store_put_away(struct job *job);

#endif
