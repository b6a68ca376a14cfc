/* reader.h - the bytes of a page, hashed and read for links.
 *
 * That is most of the work that a page is, so it is the executor's, a block at a time,
 * while more arrives. There, nothing is touched but what is the reader's own: links are
 * put by, and told on the loop in their order when the block has been read. */
#ifndef TRAWL_CRAWL_READER_H
#define TRAWL_CRAWL_READER_H

#include "async/event.h"
#include "async/executor.h"
#include "base/buf.h"
#include "disk/digest.h"
#include "http/body_sink.h"
#include "markup/links.h"

/* What the pages of a run share. */
struct reading_room {
    size_t held;       /* bytes that wait to be read */
    struct event open; /* set while these are few */
};

void reading_room_init(struct reading_room *room);

/* One page; embedded in its job. All zero but for what is set first reads nothing. */
struct reader {
    struct reading_room *room; /* set first, as far as `ended` */
    struct body_sink *sink;
    struct links_handler handler;    /* called from the loop */
    void (*ended)(struct reader *r); /* after reader_finish, from the loop */

    /* Of the exchange under way; not to be looked at before its end, but for whether
     * they are there. */
    struct links *links;     /* NULL: it is not read for links */
    struct digests *digests; /* NULL: it is not hashed */

    /* its own */
    struct buf fill;
    struct block_read {
        struct links *links;
        struct digests *digests;
        struct buf bytes;
        bool last, whole; /* no more comes; and no more is missing */
    } block;
    struct buf found, text; /* links and anchors, in their order */
    struct executor_job work;
    struct future_callback done;
    bool based; /* the link that is told stands behind <base href> */
    bool busy;  /* the executor has the block */
    bool stale; /* it is of an exchange that counts no more */
    bool finishing, whole;
};

/* For another exchange, or for good: what came so far counts no more. */
void reader_reset(struct reader *r);

/* From a sink's begin, behind reader_reset: what is wanted of the page. */
void reader_find(struct reader *r, enum links_format format, struct slice charset);
void reader_hash(struct reader *r);

/* From a sink's write: takes the bytes. BODY_WAIT: no more for now. */
enum body_use reader_write(struct reader *r, const char *data, size_t n);

/* No more will come. Unless the page is whole, it has neither a title nor a hash.
 * False: there is nothing to wait for; else `ended` is called, perhaps before this
 * returns. */
bool reader_finish(struct reader *r, bool whole);

/* From handler.link: what <base href> said, as links_base. */
const char *reader_base(const struct reader *r);

/* It has ended, or nothing was ever written. */
void reader_clear(struct reader *r);

#endif
