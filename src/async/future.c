#include "async/future.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include "async/future_internal.h"
#include "async/loop_internal.h"

void future_init(struct future *f, const char *what)
{
    f->loop = loop_current();
    list_init(&f->callbacks);
    f->what = what;
    f->cancel = NULL;
    f->value = NULL;
    f->result = 0;
    f->done = false;
}

void future_clear(struct future *f)
{
    assert(list_empty(&f->callbacks));
}

void future_finish(struct future *f, int result, void *value)
{
    assert(!f->done);
    f->done = true;
    f->result = result;
    f->value = value;
    /* The callbacks' handles are linked here by the node that the ready queue uses. */
    list_splice(loop_ready(f->loop), &f->callbacks);
}

void future_set_result(struct future *f, void *value)
{
    future_finish(f, 0, value);
}

void future_set_error(struct future *f, int error)
{
    assert(error < 0);
    future_finish(f, error, NULL);
}

bool future_cancel(struct future *f)
{
    if (f->done)
        return false;
    if (f->cancel)
        return f->cancel(f);
    future_finish(f, -ECANCELED, NULL);
    return true;
}

bool future_done(const struct future *f)
{
    return f->done;
}

bool future_cancelled(const struct future *f)
{
    return f->done && f->result == -ECANCELED;
}

int future_result(const struct future *f)
{
    assert(f->done);
    return f->result;
}

void *future_value(const struct future *f)
{
    assert(f->done);
    return f->value;
}

static void run_callback(void *arg)
{
    struct future_callback *cb = arg;

    cb->fn(cb->future, cb->arg);
}

void future_add_done_callback(struct future *f, struct future_callback *cb,
                              future_fn *fn, void *arg)
{
    handle_init(&cb->handle, run_callback, cb);
    cb->future = f;
    cb->fn = fn;
    cb->arg = arg;
    if (f->done)
        loop_call_soon(f->loop, &cb->handle);
    else
        list_append(&f->callbacks, &cb->handle.node);
}

void future_remove_done_callback(struct future_callback *cb)
{
    handle_cancel(&cb->handle);
}
