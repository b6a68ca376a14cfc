/* part.h - a file on its way to its name: NAME.part, then NAME.
 *
 * Bytes go to NAME.part, opened without following links. NAME.part.json beside it is its
 * journal. Both are ours alone: a NAME.part that somebody else made is never touched (ours
 * has the sticky bit while it is not whole, or a journal), and one that another process
 * writes to is locked. All functions but part_init and part_clear block: they are for
 * the executor; one at a time for each part, except part_write, which may run on several
 * threads at once at different offsets. Each returns 0 or -errno and fills `why` on
 * failure. */
#ifndef TRAWL_DISK_PART_H
#define TRAWL_DISK_PART_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "disk/journal.h"

struct part {
    int root;         /* the folder below which the name lies; borrowed */
    char *name;       /* as name.h made it; owned */
    int fd;           /* of NAME.part; -1: not open */
    bool journaled;   /* NAME.part.json is there */
    char why[160];    /* of the last failure, for people: names the file and the way out */
};

/* `name` is copied. Nothing is opened. */
void part_init(struct part *p, int root, const char *name);

/* Closes; leaves the files as they are. */
void part_clear(struct part *p);

/* What an earlier run left: fills *j, which is a journal of nothing when there is none,
 * when NAME.part is missing or shorter than its ranges, or when it is not ours. 0, or
 * -errno when it cannot be told. Does not open NAME.part. A journal without a file is
 * removed. */
int part_look(struct part *p, struct journal *j);

/* Opens NAME.part, and makes it (and the folders above it) when it is missing. -EEXIST: a
 * file of that name is not ours; -EAGAIN: another process downloads it; -ELOOP: a
 * symbolic link; -ENOTDIR, ENOSPC, EACCES, EROFS... Without `keep` it is emptied, and an
 * old journal removed first. */
int part_open(struct part *p, bool keep);

/* All n bytes at that offset. Begins to write them to the disk now and then, so that
 * part_sync has little left to do. */
int part_write(struct part *p, const char *data, size_t n, int64_t offset);

/* Makes what was written durable, then writes the journal, in that order: what the
 * journal tells is on the disk. On -ENOSPC for the journal an older one stays. */
int part_checkpoint(struct part *p, const struct journal *j);

/* Empties the file and removes the journal: another version begins. */
int part_restart(struct part *p);

/* Removes NAME.part and the journal, and closes. For what is not worth keeping. */
int part_discard(struct part *p);

/* Whether NAME is there, of any kind; *st is lstat's. 1, 0, or -errno. */
int part_existing(const struct part *p, struct stat *st);

/* The file is whole: gives it its size (which cuts what an older version left), its
 * permissions and, unless NULL, its modification time. Before part_sync. */
int part_settle(struct part *p, int64_t size, const struct timespec *mtime);

/* fsync of NAME.part. */
int part_sync(struct part *p);

/* Renames NAME.part to NAME and removes the journal. With `replace` an existing regular
 * file or symbolic link itself is replaced (never what a link points to); without it
 * -EEXIST, and NAME.part stays. Closes on success. The folder is not synced: see
 * part_sync_folder. */
int part_commit(struct part *p, bool replace);

/* fsync of the folder that NAME lies in. */
int part_sync_folder(const struct part *p);

#endif
