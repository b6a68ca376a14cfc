/* part_internal.h - what part's sources share: where its files lie, whose they are,
 * what is said of a failure, and the journal's file. */
#ifndef TRAWL_DISK_PART_INTERNAL_H
#define TRAWL_DISK_PART_INTERNAL_H

#include <fcntl.h>
#include <limits.h>

#include "disk/part.h"

/* The sticky bit means nothing for a file, and nobody sets it: so it tells that a file
 * is ours and on its way. Nobody but its owner reads it before it is whole. */
enum { PART_MODE = S_ISVTX | 0600 };

/* With each file that is opened: what lies there may be somebody's trap. */
enum { PART_CARE = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

struct place {
    int root, folder;           /* the folder that NAME lies in */
    const char *base;           /* NAME without its folders */
    char part[NAME_MAX + 1];    /* base.part */
    char journal[NAME_MAX + 1]; /* base.part.json */
};

/* Opens the folder, which with `make` is made, and then sets `elsewhere`. -ENOENT: it
 * is not there. part_leave closes it; on failure there is nothing to leave. */
int part_enter(struct part *p, bool make, struct place *at);
void part_leave(const struct place *at);

/* Gives NAME to the file of an unnamed part. -EEXIST: whatever is there. */
int part_name_unnamed(struct part *p, const struct place *at);

/* Whether it can be ours, by what it is: a regular file of ours with one name. */
bool part_may_be_ours(const struct stat *st);
bool part_same_file(const struct stat *a, const struct stat *b);

/* 0 when NAME.part is still the open file, whose fstat is *st; -ESTALE when not. */
int part_still_there(struct part *p, const struct place *at, struct stat *st);

/* Puts in order what a kill in part_commit left. NAME.part is missing, or NAME's second
 * link, which is removed: true. For anything else nothing is done. */
bool part_tidy(const struct place *at);

/* The same of the journal alone. NAME.part is missing. */
void part_tidy_journal(const struct place *at);

/* Fill `why` and return r. `suffix` is what the file's name has behind NAME. */
int part_fail(struct part *p, const char *suffix, int r);
int part_refuse(struct part *p, const char *suffix, int r, const char *text);
extern const char part_not_ours[];
extern const char part_is_there[];

/* All n bytes; 0 or -errno. So are the others. */
int part_pwrite(int fd, const char *data, size_t n, int64_t offset);
int part_fsync(int fd);
int part_fdatasync(int fd);
int part_sync_directory(int fd);

void part_close(struct part *p);

/* ---- the journal's file ---- */

struct part_journal {
    bool there;
    bool sticky;
    bool valid;   /* the journal was read */
    char sum[65]; /* its first line; "" unless valid */
};

/* Reads it: *j is a journal of nothing unless it is valid. -ELOOP: a symbolic link;
 * -EEXIST: a file that is not ours. */
int part_journal_read(const struct place *at, struct journal *j,
                      struct part_journal *f);

/* Fills `why` for what part_journal_read refused, and returns r. */
int part_journal_refused(struct part *p, int r);

/* Makes it where there is none; the descriptor, with its fstat in *st, or -errno. */
int part_journal_open(struct part *p, const struct place *at, struct stat *st);

/* Writes it in place; without room for it an older one stays. */
int part_journal_write(struct part *p, const struct place *at, const struct journal *j,
                       bool durable);

/* The file's bytes will be others: takes back what the journal tells, durably. */
int part_journal_forget(struct part *p, const struct place *at);

#endif
