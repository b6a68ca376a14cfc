/* summary_file.h - the file of --summary. */
#ifndef TRAWL_OUTPUT_SUMMARY_FILE_H
#define TRAWL_OUTPUT_SUMMARY_FILE_H

#include <stdbool.h>

#include "base/buf.h"

/* Opens the file, made anew, so that one that cannot be written is told before anything
 * is sent. The descriptor, or -1 when it was logged. */
int summary_file_open(const char *path);

/* Writes the text and closes. False, and logged, when it is not kept. */
bool summary_file_write(int fd, const char *path, const struct buf *text);

#endif
