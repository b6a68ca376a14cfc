/* files.h - how many files this process may open, and what that allows. */
#ifndef TRAWL_HTTP_FILES_H
#define TRAWL_HTTP_FILES_H

struct file_plan {
    unsigned total;      /* exchanges at once */
    unsigned shards;     /* multi handles; each costs two descriptors */
    unsigned shard_room; /* connections that each may hold, busy or idle */
};

/* Raises the soft limit on open files to the hard one and divides what is left. `total`
 * and `per_host` are wanted; the plan's total is less where they do not fit, with
 * `extra` more files for each exchange. */
struct file_plan file_plan_make(unsigned total, unsigned per_host, unsigned extra,
                                unsigned shards_max);

#endif
