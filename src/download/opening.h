/* opening.h - a job's part is opened, when there is room for the file. All of it
 * blocks, and is for the executor; a failure is told in the part. */
#ifndef TRAWL_DOWNLOAD_OPENING_H
#define TRAWL_DOWNLOAD_OPENING_H

#include "download/job.h"

/* Opens it for the version that `checkpointed` describes. With `keep` the bytes that
 * this tells of must still be there: -EAGAIN if they are not. */
int opening_part(struct job *job, bool keep);

/* Opens one for all of a file that is in memory, as `known` describes it: without a
 * name where that can be, unless `named`. */
int opening_whole(struct job *job, bool named);

#endif
