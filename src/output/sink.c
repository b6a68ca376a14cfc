#include "output/sink.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "async/event.h"
#include "base/log.h"
#include "base/mem.h"
#include "output/offsets.h"
#include "output/out_file.h"

enum {
    HIGH_WATER = 4 << 20, /* sink_wait suspends from here on ... */
    LOW_WATER = 2 << 20,  /* ... until no more than this is left */
    FILE_BLOCK = 1 << 20,
};

/* Positions count the bytes since the sink was opened. */
struct sink {
    struct loop *loop;
    struct out_file file;
    struct buf pending;
    size_t done;          /* of `pending`, written */
    uint64_t written;     /* position */
    uint64_t whole;       /* position: behind the last record that is all written */
    struct offsets ends;  /* of the records that are not all written */
    struct offsets calls; /* sink_on_written: where, and what */
    struct handle flush;
    struct io *io; /* writable, or its reader is gone */
    bool waiting;  /* for it to be writable */
    struct event room, empty;
    int error;
    void (*failed)(int error, void *arg);
    void *arg;
};

static void flush(void *arg);
static void ready(void *arg, unsigned events);

struct sink *sink_open(const char *path, bool append,
                       void (*failed)(int error, void *arg), void *arg)
{
    struct sink *s = mem_zalloc(sizeof(*s));

    if (out_file_open(&s->file, path, append) < 0) {
        free(s);
        return NULL;
    }
    s->loop = loop_current();
    s->failed = failed;
    s->arg = arg;
    handle_init(&s->flush, flush, s);
    event_init(&s->room);
    event_init(&s->empty);
    event_set(&s->room);
    event_set(&s->empty);
    s->io = io_new(s->loop, s->file.fd, s->file.watchable ? IO_READ : 0, ready, s);
    return s;
}

static size_t backlog(const struct sink *s)
{
    return s->pending.len - s->done;
}

/* ---- failing ---- */

/* Nothing more is written, and nobody waits for it. */
static void drop(struct sink *s, int error)
{
    s->error = error;
    io_set(s->io, 0);
    handle_cancel(&s->flush);
    buf_clear(&s->pending);
    s->done = 0;
    offsets_clear(&s->ends);
    offsets_clear(&s->calls);
    event_set(&s->room);
    event_set(&s->empty);
}

static void fail(struct sink *s, int error)
{
    if (error != -EPIPE)
        log_error("%s: %s", s->file.name, strerror(-error));
    drop(s, error);
    s->failed(error, s->arg);
}

void sink_abandon(struct sink *s)
{
    if (s->error || event_is_set(&s->empty))
        return;
    log_error("%s: %zu bytes of records were dropped, for nobody reads them",
              s->file.name, backlog(s));
    drop(s, -ETIMEDOUT);
}

/* A record of which a part went into a file has no place there. */
static void cut_partial_record(struct sink *s)
{
    if (s->written > s->whole)
        out_file_cut(&s->file, (size_t)(s->written - s->whole));
}

/* ---- writing ---- */

static void wait_writable(struct sink *s, bool wait)
{
    unsigned idle = s->file.watchable ? IO_READ : 0;

    if (s->waiting == wait)
        return;
    s->waiting = wait;
    io_set(s->io, wait ? idle | IO_WRITE : idle);
}

/* How many bytes the next write may take: whole records, as many as go at once. */
static size_t next_size(const struct sink *s)
{
    size_t n = backlog(s), most = s->file.regular ? FILE_BLOCK : PIPE_BUF;
    uint64_t end;

    if (n <= most)
        return n;
    end = offsets_last_within(&s->ends, s->written + most);
    if (end <= s->written)
        end = offsets_first(&s->ends); /* one record alone, longer than that */
    return (size_t)(end - s->written);
}

/* The bytes that were written stay in front until they are many. */
static void advance(struct sink *s, size_t n)
{
    struct offset end;

    s->done += n;
    s->written += n;
    while (offsets_shift_until(&s->ends, s->written, &end))
        s->whole = end.at;
    if (s->done == s->pending.len) {
        buf_reset(&s->pending);
        s->done = 0;
    } else if (s->done >= HIGH_WATER) {
        buf_consume(&s->pending, s->done);
        s->done = 0;
    }
}

/* Writes until all is written or the reader has enough. 0 or -errno. */
static int write_out(struct sink *s)
{
    while (backlog(s)) {
        ssize_t n = out_file_write(&s->file, s->pending.data + s->done, next_size(s));

        if (n < 0)
            cut_partial_record(s);
        if (n <= 0)
            return (int)n;
        advance(s, (size_t)n);
    }
    return 0;
}

static void call_written(struct sink *s)
{
    struct offset o;

    /* Each call may put and ask again, or free what it was given. */
    while (offsets_shift_until(&s->calls, s->written, &o))
        o.fn(o.arg);
}

static void flush(void *arg)
{
    struct sink *s = arg;
    int r = 0;

    if (s->file.terminal) /* a progress line may stand where the records go */
        log_display_hide();
    if (!s->error)
        r = write_out(s);
    if (s->file.terminal)
        log_display_show();
    call_written(s); /* also for what was written before a failure */
    if (r < 0) {
        fail(s, r);
        return;
    }
    wait_writable(s, backlog(s) > 0);
    if (backlog(s) <= LOW_WATER)
        event_set(&s->room);
    if (!backlog(s) && !s->calls.n)
        event_set(&s->empty);
}

static void ready(void *arg, unsigned events)
{
    struct sink *s = arg;

    if (s->error)
        return;
    if (s->file.watchable && (events & IO_READ) && out_file_closed(&s->file))
        fail(s, -EPIPE);
    else if (events & IO_WRITE)
        loop_call_soon(s->loop, &s->flush);
}

/* ---- putting ---- */

void sink_put(struct sink *s, const char *record, size_t n)
{
    if (s->error || !n)
        return;
    buf_append(&s->pending, record, n);
    offsets_push(&s->ends, s->written + backlog(s), NULL, NULL);
    event_clear(&s->empty);
    if (backlog(s) > HIGH_WATER)
        event_clear(&s->room);
    if (!s->waiting)
        loop_call_soon(s->loop, &s->flush);
}

void sink_on_written(struct sink *s, void (*fn)(void *arg), void *arg)
{
    if (s->error)
        return;
    offsets_push(&s->calls, s->written + backlog(s), fn, arg);
    event_clear(&s->empty);
    if (!s->waiting)
        loop_call_soon(s->loop, &s->flush);
}

int sink_wait(struct sink *s)
{
    int r = event_wait(&s->room);

    return s->error ? s->error : r;
}

uint64_t sink_written(const struct sink *s)
{
    return s->written;
}

uint64_t sink_length(const struct sink *s)
{
    return s->written + backlog(s);
}

bool sink_is_terminal(const struct sink *s)
{
    return s->file.terminal;
}

/* Some file systems tell only now that they could not keep what they took. */
static int close_file(struct sink *s)
{
    int r = out_file_close(&s->file);

    if (r < 0 && !s->error)
        log_error("%s: %s", s->file.name, strerror(-r));
    return s->error ? s->error : r;
}

int sink_close(struct sink *s)
{
    int error;

    while (!event_is_set(&s->empty))
        (void)event_wait(
            &s->empty); /* cancelled: what is owed is written all the same */
    handle_cancel(&s->flush);
    io_free(s->io);
    error = close_file(s);
    buf_clear(&s->pending);
    offsets_clear(&s->ends);
    offsets_clear(&s->calls);
    free(s);
    return error;
}
