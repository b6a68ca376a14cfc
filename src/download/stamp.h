/* stamp.h - what is known of a file that was downloaded before (-N): its modification
 * time and, in an extended attribute where the file system has them, its ETag. */
#ifndef TRAWL_DOWNLOAD_STAMP_H
#define TRAWL_DOWNLOAD_STAMP_H

#include <sys/stat.h>

#include "download/job.h"

/* Blocks. Reads them into the job, for a conditional request (RFC 9110, 13.1). An ETag
 * counts only while the file has the size and the time that it had when it was noted.
 */
void stamp_read(struct job *job, const struct stat *st);

/* Blocks. Notes the ETag on the part, which has its size and time already. A file
 * system that keeps none is no error. */
void stamp_write(const struct job *job);

#endif
