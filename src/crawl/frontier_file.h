/* frontier_file.h - the SQLite file behind a frontier. Every function may block. */
#ifndef TRAWL_CRAWL_FRONTIER_FILE_H
#define TRAWL_CRAWL_FRONTIER_FILE_H

#include <stdint.h>

#include "base/buf.h"
#include "crawl/frontier_row.h"

struct frontier_file;

/* Opens or makes the file, config->state, and keeps other runs out of it. NULL with a
 * message logged; a file that is refused is not changed. */
struct frontier_file *frontier_file_open(const struct frontier_config *config);

/* After it one file is left: no journal beside it. */
void frontier_file_close(struct frontier_file *f);

/* Reads all rows, or those that are not done, in the order of their ids; slices end
 * with the call, and have a NUL behind them. 0 or -errno. */
int frontier_file_read(struct frontier_file *f, bool waiting,
                       void (*found)(const struct frontier_row *row, void *arg),
                       void *arg);

/* Appends the URL of a row; nothing when there is none. 0 or -errno. */
int frontier_file_url(struct frontier_file *f, uint64_t id, struct buf *url);

/* What was noted with rows that are done, in the order in which that was written, until
 * `noted` gives false: then the file is damaged. 0 or -errno. */
int frontier_file_notes(struct frontier_file *f,
                        bool (*noted)(struct slice notes, void *arg), void *arg);

/* That which came last with a row that is done; see frontier_output_length. */
uint64_t frontier_file_output_length(const struct frontier_file *f);

/* Writes rows (frontier_row_append) in one transaction: all are there after a kill, or
 * none. 0 or -errno. */
int frontier_file_write(struct frontier_file *f, const struct buf *rows);

/* Logs why the last function failed. */
void frontier_file_log(const struct frontier_file *f);

#endif
