#include "async/io.h"

#include <assert.h>

#include "async/future_internal.h"

static void ready(void *arg, unsigned events)
{
    struct future *f = arg;

    /* It is still ready if the poll comes round again before the task runs. */
    if (!f->done)
        future_finish(f, (int)events, NULL);
}

int io_wait(int fd, unsigned events)
{
    struct future f;
    struct io *io;
    int r;

    assert(events && !(events & ~(unsigned)(IO_READ | IO_WRITE)));
    future_init(&f, events == IO_READ    ? "io (read)"
                    : events == IO_WRITE ? "io (write)"
                                         : "io");
    io = io_new(f.loop, fd, events, ready, &f);
    r = future_await(&f);
    io_free(io);
    future_clear(&f);
    return r < 0 ? r : (int)((unsigned)r & events);
}
