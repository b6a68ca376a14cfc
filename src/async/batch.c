#include "async/batch.h"

#include "async/wait.h"

/* From the first byte to the start of its way to the disk. With that it is there within
 * a second even on a slow one. */
static const double GATHER = 0.4;

/* So much is on its way at once, and a buffer that had to hold more is given back. */
enum { PLENTY = 1024 * 1024, TOO_MUCH = 4 * PLENTY };

static void start_job(void *arg);

void batch_init(struct batch *b, int (*write)(const struct buf *bytes, void *arg),
                void (*failed)(void *arg), void *arg)
{
    *b = (struct batch){.write = write, .failed = failed, .arg = arg};
    timer_init(&b->timer, start_job, b);
    event_init(&b->freed);
}

void batch_clear(struct batch *b)
{
    timer_stop(&b->timer);
    buf_clear(&b->gathered);
    buf_clear(&b->written);
}

static int write_bytes(void *arg)
{
    struct batch *b = arg;

    return b->write(&b->written, b->arg);
}

static void collect_job(struct batch *b)
{
    int r = future_result(&b->job.future);

    future_clear(&b->job.future);
    b->busy = false;
    if (b->written.cap > PLENTY)
        buf_clear(&b->written);
    else
        buf_reset(&b->written);
    if (r < 0) {
        b->error = r;
        buf_clear(&b->gathered);
        b->failed(b->arg);
    }
    event_set(&b->freed);
}

static void job_over(struct future *f, void *arg)
{
    (void)f;
    collect_job(arg);
    batch_write_soon(arg);
}

static void start_job(void *arg)
{
    struct batch *b = arg;
    struct buf empty = b->written;

    timer_stop(&b->timer);
    b->written = b->gathered;
    b->gathered = empty;
    b->busy = true;
    executor_submit(&b->job, write_bytes, b);
    future_add_done_callback(&b->job.future, &b->job_done, job_over, b);
}

void batch_write_soon(struct batch *b)
{
    if (b->error)
        buf_reset(&b->gathered);
    else if (b->gathered.len >= PLENTY && !b->busy)
        start_job(b);
    else if (b->gathered.len && !b->busy && !timer_active(&b->timer))
        loop_call_later(loop_current(), &b->timer, GATHER);
}

int batch_make_room(struct batch *b)
{
    int r = 0;

    while (!r && b->busy && b->gathered.len >= TOO_MUCH) {
        event_clear(&b->freed);
        r = event_wait(&b->freed);
    }
    return r;
}

/* Lets the job come to its end, whoever asks for what meanwhile. */
static async void await_job(struct batch *b)
{
    if (!b->busy)
        return;
    future_remove_done_callback(&b->job_done);
    while (!future_done(&b->job.future))
        (void)shield(&b->job.future);
    collect_job(b);
}

int batch_finish(struct batch *b)
{
    await_job(b);
    timer_stop(&b->timer);
    if (b->gathered.len && !b->error) {
        start_job(b);
        await_job(b);
    }
    return b->error;
}
