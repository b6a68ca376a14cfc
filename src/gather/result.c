#include "gather/result.h"

#include <stdlib.h>

#include "base/mask.h"

void failure_clear(struct failure *f)
{
    free(f->message);
    *f = (struct failure){0};
}

void failure_set(struct failure *f, enum http_error error, const char *format, ...)
{
    struct buf raw = BUF_INIT, clean = BUF_INIT;
    va_list ap;

    va_start(ap, format);
    buf_vappendf(&raw, format, ap);
    va_end(ap);
    mask_append_hidden(&clean, raw.data, raw.len);
    buf_clear(&raw);
    free(f->message);
    f->error = error;
    f->retriable = http_error_retriable(error);
    f->message = buf_take(&clean);
}

void result_clear(struct result *r)
{
    buf_clear(&r->json);
    headers_clear(&r->headers);
    free(r->origin);
    r->origin = NULL;
    r->state = RESULT_NONE;
    r->status = 0;
}
