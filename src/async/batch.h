/* batch.h - what is gathered on the loop and written by another thread.
 *
 * Bytes gather in one buffer while another is being written, so that writing never
 * stops the loop, and many small things are one write. */
#ifndef TRAWL_ASYNC_BATCH_H
#define TRAWL_ASYNC_BATCH_H

#include <stdbool.h>

#include "async/event.h"
#include "async/executor.h"
#include "base/buf.h"

struct batch {
    struct buf gathered; /* append here, then call batch_write_soon */
    struct buf written;  /* the job's alone while `busy` */
    int (*write)(const struct buf *bytes, void *arg);
    void (*failed)(void *arg);
    void *arg;
    struct timer timer;
    struct executor_job job;
    struct future_callback job_done;
    struct event freed; /* when a job has ended */
    bool busy;
    int error;
};

/* write(bytes, arg) runs on another thread, one call at a time; 0 or -errno. After an
 * error failed(arg) runs, on the loop, and nothing more is written. */
void batch_init(struct batch *b, int (*write)(const struct buf *bytes, void *arg),
                void (*failed)(void *arg), void *arg);

/* What was gathered is on its way less than half a second after the first byte (much of
 * it at once), or when the write before it ends. After an error it is dropped. */
void batch_write_soon(struct batch *b);

/* Suspends while so much waits to be written that memory would grow: for who adds much,
 * and may wait. 0 or -ECANCELED. */
async int batch_make_room(struct batch *b);

/* Suspends until all of it has been written; 0, or the first error. A request for
 * cancellation does not keep it from that. Nothing more may be added; batch_clear is
 * owed. */
async int batch_finish(struct batch *b);
void batch_clear(struct batch *b);

#endif
