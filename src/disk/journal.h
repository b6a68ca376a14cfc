/* journal.h - what is known of a file that is not whole yet, as text.
 *
 * One line of JSON behind a line with its SHA-256: one that was torn, or changed by
 * hand, is no journal. Plain functions over bytes. */
#ifndef TRAWL_DISK_JOURNAL_H
#define TRAWL_DISK_JOURNAL_H

#include "base/buf.h"
#include "base/str.h"
#include "disk/ranges.h"

/* No more than this is read or written; a file in more pieces is written down in part.
 */
#define JOURNAL_BYTES_MAX 65536

struct journal {
    char *url;           /* whose bytes they are; owned, or NULL */
    char *etag;          /* as the server wrote it, quotes and W/ too; owned, or NULL */
    char *last_modified; /* its text; owned, or NULL */
    char *sum;          /* the checksum that is to decide, as these bytes may be of more
                           than one version; owned, or NULL */
    int64_t size;       /* of the whole file; -1: not known */
    struct ranges done; /* these bytes are in the file, and on the disk */
};

/* All zero but for size -1 is a journal of nothing. */
void journal_init(struct journal *j);
void journal_clear(struct journal *j);

void journal_append(struct buf *out, const struct journal *j);

/* 0, or -EINVAL for what journal_append never wrote; *j is then as after init. Ranges
 * behind the size, negative or overlapping ones are not from us either. */
int journal_parse(struct journal *j, struct slice text);

#endif
