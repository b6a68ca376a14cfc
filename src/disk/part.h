/* part.h - a file on its way to its name: NAME.part, then NAME.
 *
 * Bytes go to NAME.part, opened without following links. NAME.part.json beside it is
 * its journal. Both are ours alone: a NAME.part that somebody else made is never
 * touched (ours has the sticky bit as long as it has that name or, where the file
 * system keeps no such bit, a journal), and one that another process writes to is
 * locked. A kill at any moment leaves nothing half under NAME, and what the next run
 * goes on with.
 *
 * All functions but part_init and part_clear block: they are for the executor; one at a
 * time for each part, but part_write may run on several threads at once at different
 * offsets, and one part_checkpoint beside them. Each returns 0 or -errno and fills
 * `why` on failure; of part_write and part_checkpoint the first that fails since
 * part_open or part_restart does, so that it can be read while the others go on. */
#ifndef TRAWL_DISK_PART_H
#define TRAWL_DISK_PART_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "disk/direct.h"
#include "disk/journal.h"

struct part {
    int root;       /* the folder below which the name lies; borrowed */
    char *name;     /* as name.h made it; owned */
    int fd;         /* of NAME.part; -1: not open */
    bool journaled; /* NAME.part.json is there */
    bool unnamed;   /* there is no NAME.part: see part_open_unnamed */
    bool elsewhere; /* it was opened on another file system than root's */
    char why[160]; /* of the last failure, for people: names the file and the way out */

    /* its own */
    struct direct direct;      /* NAME.part, for large writes */
    char *goal;                /* what it is called in the end, in NAME's folder */
    bool sticky;               /* NAME.part has that bit */
    bool looked;               /* part_look was called ... */
    char seen[65];             /* ... and gave what has this sum; "": it gave nothing */
    bool told;                 /* `why` tells of a part_write or a part_checkpoint */
    int lost;                  /* -errno: the kernel tells only once of lost bytes */
    _Atomic int64_t unwritten; /* bytes that part_write left to the page cache */
};

/* `name` is copied. Nothing is opened. */
void part_init(struct part *p, int root, const char *name);

/* Closes; leaves the files as they are. */
void part_clear(struct part *p);

/* What an earlier run left: fills *j, which is a journal of nothing when there is none,
 * when NAME.part is missing or shorter than its ranges, or when it is not ours. 0, or
 * -errno when it cannot be told. Does not open NAME.part. What a kill in the middle of
 * part_commit left is put in order, but for NAME itself where there is no NAME.part: a
 * journal without a file, say, is removed. */
int part_look(struct part *p, struct journal *j);

/* Opens NAME.part, and makes it (and the folders above it) when it is missing. -EEXIST:
 * a file of that name is not ours; -EAGAIN: another process downloads it; -ELOOP: a
 * symbolic link; -ENOTDIR, ENOSPC, EACCES, EROFS... With `keep` the bytes that
 * part_look, which was called before, told of are kept; -EAGAIN when another process
 * has changed them since. Without it, or when it told of none, the file is emptied,
 * after what an old journal tells was taken back. For processes that were killed, but
 * are not gone yet, a run waits a second in all. */
int part_open(struct part *p, bool keep);

/* For a file that is in memory, whole: opens one that has no name in NAME's folder
 * until part_commit, without `replace`, gives it NAME. A kill leaves nothing of it;
 * nothing of it is kept, and part_checkpoint does nothing. Where part_commit fails with
 * anything but -EEXIST a file with a name may still come through. 0; PART_NEEDS_NAME:
 * part_open is to be called instead, as NAME.part is there, or the file system or the
 * kernel cannot do this; or -errno as part_open. */
enum { PART_NEEDS_NAME = 1 };
int part_open_unnamed(struct part *p);

/* NAME.part, which is open, is large and will not be read back soon: whole pages that
 * part_write gets go past the page cache, if the file system lets them. Until the part
 * is closed; before the first part_write. 0, or -errno when its folder is gone. */
int part_go_direct(struct part *p);

/* All n bytes at that offset. Begins to write them to the disk now and then, so that
 * part_sync has little left to do; see direct.h for how `data` is best aligned. */
int part_write(struct part *p, const char *data, size_t n, int64_t offset);

/* Makes what was written durable, then writes the journal, in that order: what the
 * journal tells is on the disk. Once the former has failed, here or in part_sync, it
 * fails until part_restart. On -ENOSPC for the journal an older one stays. -ESTALE:
 * NAME.part was moved away, or is another file by now. */
int part_checkpoint(struct part *p, const struct journal *j);

/* Empties the file, after what the journal tells was taken back: another version
 * begins. -ESTALE as above. */
int part_restart(struct part *p);

/* Removes NAME.part, which is open, and the journal. Closes it in any case. For what is
 * not worth keeping. */
int part_discard(struct part *p);

/* Whether NAME is there, of any kind; *st is lstat's. 1, 0, or -errno. If it is, what a
 * kill in the middle of part_commit left is put in order, and NAME, too. */
int part_existing(struct part *p, struct stat *st);

/* The file is whole: gives it its size (which cuts what an older version left; -EIO
 * when there is less), its permissions and, unless NULL, its modification time. Before
 * part_sync, after all that is written. Fails when part_checkpoint found that bytes
 * were lost. */
int part_settle(struct part *p, int64_t size, const struct timespec *mtime);

/* NAME was taken meanwhile: part_commit gives this name, in the same folder. */
void part_rename(struct part *p, const char *name);

/* fsync of NAME.part. */
int part_sync(struct part *p);

/* The same where its whole file system was synced a moment ago: of bytes that were lost
 * that tells only once, in a kernel that tells at all, and not of which file. */
int part_synced(struct part *p);

/* Renames NAME.part to NAME and removes the journal. With `replace` an existing regular
 * file or symbolic link itself is replaced (never what a link points to), a folder is
 * -EISDIR and what else there is -EEXIST; without it whatever there is is -EEXIST.
 * NAME.part stays then. -ESTALE as above. Closes on success. The folder is not synced:
 * see part_sync_folder. */
int part_commit(struct part *p, bool replace);

/* fsync of the folder that NAME lies in. */
int part_sync_folder(struct part *p);

/* The same, and of those above it, which may be as new: once for each folder. */
int part_sync_way(struct part *p);

#endif
