/* block.h - memory for what is on its way to the disk. */
#ifndef TRAWL_DOWNLOAD_BLOCK_H
#define TRAWL_DOWNLOAD_BLOCK_H

#include "download/job.h"

/* An empty block for the file's bytes from that offset on, of which those before `end`
 * are to come (-1: nobody knows). A small one for so few, so that memory follows the
 * sizes of files; else a used one, or a new one. In memory its bytes lie as in the
 * file, so that whole pages of them can go past the page cache (direct.h), and it ends
 * with a page of the file. */
void block_take(struct download *d, struct block *b, int64_t offset, int64_t end);

/* How many bytes it has room for; 0 when there is none. */
size_t block_room(const struct block *b);

/* Appends bytes that it has room for. */
void block_append(struct block *b, const char *data, size_t n);

/* Keeps it for the next who takes one, or frees it; nothing when there is none. */
void block_free(struct download *d, struct block *b);

/* Frees those that are kept. */
void block_clear_all(struct download *d);

#endif
