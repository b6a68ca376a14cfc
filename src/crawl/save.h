/* save.h - a mirror on the disk (--save): each page goes to NAME.part while it arrives,
 * and gets its name when it is whole.
 *
 * Files are made as the downloader makes them (disk/part.h): through no symbolic link,
 * never half there under their names; but nobody waits for the disk, a mirror can be
 * made anew. Writing is the executor's; what waits for it is bounded. */
#ifndef TRAWL_CRAWL_SAVE_H
#define TRAWL_CRAWL_SAVE_H

#include "async/async.h"
#include "crawl/save_name.h"
#include "disk/part.h"
#include "http/body_sink.h"

/* What the pages of a run share. */
struct saver {
    const char *directory; /* as it was named; borrowed */
    int root;
    bool extend; /* names get the extensions of their types */
    struct save_names names;
    size_t held;       /* bytes that wait to be written */
    struct event room; /* set while these are few */
};

/* Makes the directory where it is missing. 0, or -errno (logged). */
int saver_open(struct saver *s, const char *directory, bool extend);
void saver_close(struct saver *s); /* one that was never opened, too: root is -1 then */

/* The URL may have been saved by an earlier run: no other gets its name. */
void saver_was_saved(struct saver *s, const char *url);

/* One page; embedded in its job. All zero is none. */
struct save {
    struct saver *saver; /* NULL: nothing is saved */
    struct body_sink *sink;
    void (*ended)(struct save *s); /* after save_finish, from the loop */
    struct part part;
    struct timespec mtime; /* tv_nsec UTIME_OMIT: none */
    int error;             /* -errno; part.why tells; 0: none */
    bool named;            /* it is there, whole */

    /* its own */
    struct buf fill, writing;
    int64_t offset; /* of the next block */
    struct executor_job work;
    struct future_callback done;
    bool busy; /* the executor has it */
    bool anew; /* what comes is another attempt's: from the file's beginning on */
    bool forgotten;
    bool finishing, whole, last;
};

/* From a sink's begin and write: begins the page under the name of that URL, or begins
 * it anew under the same; takes bytes. BODY_WAIT: no more for now; BODY_REFUSE: see
 * `error`. */
void save_begin(struct save *s, struct saver *saver, const char *url, struct slice type,
                time_t mtime);
enum body_use save_write(struct save *s, const char *data, size_t n);

/* What came counts for nothing, unless it is begun anew. */
void save_forget(struct save *s);

/* No more will come. If it is whole, and was not forgotten, it gets its name, else
 * nothing is left of it. False: there is nothing to wait for; else `ended` is called,
 * perhaps before this returns. */
bool save_finish(struct save *s, bool whole);

/* It has ended, or was never begun. */
void save_clear(struct save *s);

#endif
