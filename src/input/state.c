#include "input/state.h"

#include <stdlib.h>
#include <string.h>

#include "async/executor.h"
#include "async/wait.h"
#include "base/mem.h"
#include "input/answered.h"
#include "input/state_file.h"

/* From the first mark to the start of its way to the disk. With that it is there within
 * a second even on a slow one. */
static const double GATHER = 0.4;

struct batch {
    struct answered_key *keys;
    size_t n, cap;
};

/* Marks gather in one batch while another thread writes the other. */
struct state {
    struct answered answered;
    struct state_file *file; /* the job's alone while `busy` */
    struct batch gathered, written;
    struct timer timer;
    struct executor_job job;
    struct future_callback job_done;
    bool busy;
    int error;
};

static void write_soon(struct state *s);
static void start_job(void *arg);

struct state *state_open(const char *path, const char *command)
{
    struct answered answered = {0};
    struct state_file *file = state_file_open(path, command, &answered);
    struct state *s;

    if (!file)
        return NULL;
    s = mem_zalloc(sizeof(*s));
    s->file = file;
    s->answered = answered;
    timer_init(&s->timer, start_job, s);
    return s;
}

bool state_answered(struct state *s, const uint8_t key[16])
{
    return answered_take(&s->answered, key);
}

uint64_t state_count(const struct state *s)
{
    return s->answered.count;
}

int state_error(const struct state *s)
{
    return s->error;
}

/* ---- marking ---- */

static int write_batch(void *arg)
{
    struct state *s = arg;

    return state_file_add(s->file, s->written.keys, s->written.n);
}

static void fail(struct state *s, int error)
{
    s->error = error;
    s->gathered.n = 0;
    state_file_log(s->file);
}

static void collect_job(struct state *s)
{
    int r = future_result(&s->job.future);

    future_clear(&s->job.future);
    s->busy = false;
    s->written.n = 0;
    if (r < 0)
        fail(s, r);
}

static void job_over(struct future *f, void *arg)
{
    (void)f;
    collect_job(arg);
    write_soon(arg);
}

static void start_job(void *arg)
{
    struct state *s = arg;
    struct batch empty = s->written;

    s->written = s->gathered;
    s->gathered = empty;
    s->busy = true;
    executor_submit(&s->job, write_batch, s);
    future_add_done_callback(&s->job.future, &s->job_done, job_over, s);
}

static void write_soon(struct state *s)
{
    if (s->gathered.n && !s->busy && !s->error && !timer_active(&s->timer))
        loop_call_later(loop_current(), &s->timer, GATHER);
}

void state_mark(struct state *s, const uint8_t key[16])
{
    struct batch *b = &s->gathered;

    if (s->error)
        return;
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 256;
        b->keys = mem_reallocarray(b->keys, b->cap, sizeof(*b->keys));
    }
    memcpy(b->keys[b->n++].bytes, key, sizeof(b->keys->bytes));
    write_soon(s);
}

/* ---- closing ---- */

static int close_file(void *arg)
{
    state_file_close(arg);
    return 0;
}

/* Lets the job come to its end, whoever asks for what meanwhile. */
static async void await_job(struct state *s)
{
    while (!future_done(&s->job.future))
        (void)shield(&s->job.future);
}

static async void finish_batch(struct state *s)
{
    if (!s->busy)
        return;
    future_remove_done_callback(&s->job_done);
    await_job(s);
    collect_job(s);
}

int state_close(struct state *s)
{
    int error;

    finish_batch(s);
    timer_stop(&s->timer);
    if (s->gathered.n) {
        start_job(s);
        finish_batch(s);
    }
    error = s->error;
    executor_submit(&s->job, close_file, s->file);
    await_job(s);
    future_clear(&s->job.future);
    answered_clear(&s->answered);
    free(s->gathered.keys);
    free(s->written.keys);
    free(s);
    return error;
}
