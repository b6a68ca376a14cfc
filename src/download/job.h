/* job.h - one file on its way, and what the files of download/ share.
 *
 * A job is a file; its legs are the exchanges that fetch it, one after the other or,
 * when it is split, several at once. Data goes one way: a leg's sink fills a block, the
 * store writes full blocks to the part in the executor, what is written is marked in
 * `known`, the seal verifies, the committer gives the file its name, the report tells.
 *
 * All fields belong to the loop's thread, but for what a chore under way was given: its
 * `write`, the part, the digests, `checkpointed`. */
#ifndef TRAWL_DOWNLOAD_JOB_H
#define TRAWL_DOWNLOAD_JOB_H

#include "base/map.h"
#include "disk/digest.h"
#include "disk/part.h"
#include "download/archive.h"
#include "download/checksums.h"
#include "download/download.h"
#include "http/body_sink.h"

struct job;

/* Work of a job in the executor, of which its owner has one at a time: see chore.h. */
struct chore {
    struct executor_job work;
    struct future_callback done;
    bool busy;
};

struct block {
    char *memory; /* NULL: none. See block.h */
    size_t size;  /* of that */
    char *data;   /* in there */
    size_t len;
    int64_t offset; /* in the file, of its first byte */
};

/* A block on its way to the part. */
struct write {
    struct leg *leg;
    struct block block;
    struct chore chore;
    bool hashes;            /* its bytes go into the digests, too */
    bool opens;             /* the part, before */
    bool direct, resumable; /* ... how */
    bool anew;              /* another version begins with it */
};

/* Of one leg, at once. */
enum { WRITES_MAX = 3 };

struct leg {
    struct call call;
    struct request request;
    struct body_sink sink;
    struct job *job;
    unsigned mirror;         /* which of the job's URLs it asks */
    unsigned mirrors_failed; /* one after the other */
    bool active;             /* the pool has its call */

    /* What it asks for. */
    struct range wanted;  /* end -1: to the end of the file */
    bool asks_range;      /* by a Range header */
    char *lines[4];       /* header lines, owned; NULL: not sent */
    const char *extra[5]; /* the same, as a request wants them */

    /* What came of it. */
    bool begun;       /* the answer is what was asked for: bytes go to the file */
    bool again;       /* ask anew, in another way */
    bool moves;       /* ... another mirror: this one has another version */
    bool spare;       /* nothing was left for it */
    int64_t position; /* in the file, of the next byte */

    /* The store's. */
    struct block fill;
    struct write writes[WRITES_MAX];
    bool from_zero; /* the next write begins another version */
};

struct job {
    struct list node;   /* among the download's jobs */
    struct list queued; /* among the committer's, or the readers' */
    struct download *download;
    struct item item;
    uint64_t number;
    char *name;   /* below the directory; NULL until a server tells it */
    bool claimed; /* the archive's lock on its URL is ours */
    bool replace; /* NAME may be replaced */

    struct part part;
    bool part_open;
    struct journal known;    /* the version: validators, size, what is written */
    bool version;            /* `known` describes something */
    unsigned version_mirror; /* which URL told it */
    bool no_ranges;          /* its server gives none: one stream, from zero */
    bool no_split;           /* what came of splitting was wrong */
    bool changed;            /* the version is gone: once the legs have ended, anew */
    bool verified;           /* the version was seen on the server in this run */
    unsigned restarts;       /* from zero, as another version came about */
    time_t mtime;            /* 0: not known */
    char *old_etag, *old_modified; /* of the file that is there (-N); owned, or NULL */
    int64_t old_size;              /* its */
    bool unmodified;               /* 304 */

    struct expected expected;
    unsigned hashes;         /* kinds that are computed, as in expected.kinds */
    struct digests *digests; /* NULL: none */
    int64_t hashed;          /* bytes of the file from 0 on that went into them */
    bool hashing;            /* a chore is at it */
    uint8_t sha256[32];
    bool sha256_known;
    unsigned mismatches;    /* whole files that were not what was expected */
    unsigned wrong_streams; /* of these, that were to come in one piece */
    unsigned turns;         /* of other bytes after these, also of what failed */

    struct leg *legs; /* room for `split` of them; the first is always there */
    unsigned leg_count, active;
    struct leg *shown; /* whose response the record tells */
    struct chore catch_up, checkpoint;
    int64_t catch_up_end;
    struct journal checkpointed; /* what the checkpoint under way writes */
    struct event stirred;        /* set for a moment whenever a chore ends */
    double last_checkpoint;
    int64_t unsaved;      /* bytes written since */
    int store_error;      /* -errno of a chore; 0: none */
    bool in_memory;       /* all of it: the committer will seal it */
    bool sealing, sealed; /* the part is whole; and right */

    /* For the record. */
    enum http_error error; /* of the file as a whole; HTTP_OK: its last response's */
    char *message;
    bool skipped;
    bool unread;          /* what is there instead is still to be verified */
    int64_t resumed_from; /* bytes that an earlier run had left; 0: none */
    unsigned ranges;      /* pieces it was fetched in */
    int64_t received;     /* bytes of bodies, in all */
    int attempts;         /* of exchanges whose calls are over */
    int64_t rate_bytes;   /* for its bar: `received` at `rate_at` */
    double rate, rate_at;
};

struct download {
    struct run run; /* first */
    const struct download_options *o;
    int root;         /* the directory; -1: not open */
    struct map names; /* taken in this run: see names.h */
    struct archive *archive;
    struct sink *sums; /* --write-checksums */
    struct list jobs;  /* under way */
    char **spare;      /* large blocks, to use again */
    size_t spare_count, spare_room;
    struct committer *committer;
    struct readers *readers;
    struct progress_bar *bars;
    size_t bar_room;
};

#endif
