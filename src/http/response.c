#include "http/response.h"

#include <stdlib.h>

#include "base/mask.h"

void response_clear(struct response *rs)
{
    free(rs->message);
    headers_clear(&rs->headers);
    buf_clear(&rs->body);
    *rs = (struct response){0};
}

void response_reset(struct response *rs)
{
    struct headers headers = rs->headers;
    struct buf body = rs->body;

    free(rs->message);
    headers_reset(&headers);
    buf_reset(&body);
    *rs = (struct response){.headers = headers, .body = body};
}

void response_fail(struct response *rs, enum http_error error, const char *format, ...)
{
    struct buf text = BUF_INIT, masked = BUF_INIT;
    va_list ap;

    va_start(ap, format);
    buf_vappendf(&text, format, ap);
    va_end(ap);
    mask_append(&masked, text.data, text.len);
    buf_clear(&text);
    free(rs->message);
    rs->message = buf_take(&masked);
    rs->error = error;
}

bool response_redirects(const struct response *rs, struct slice *location)
{
    switch (rs->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        /* An empty one would lead back here for ever; browsers and curl ignore it. */
        return headers_get(&rs->headers, "Location", location) && location->len > 0;
    default:
        return false;
    }
}
