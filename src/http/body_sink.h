/* body_sink.h - takes a response's body as it arrives, in place of memory.
 *
 * The bytes are given as they came, no content coding undone, unless the sink asks for
 * them decoded. All calls but resume come from within libcurl: they note, copy and
 * refuse, and must not suspend. */
#ifndef TRAWL_HTTP_BODY_SINK_H
#define TRAWL_HTTP_BODY_SINK_H

#include "http/response.h"

enum body_use {
    BODY_TAKE, /* begin: give me the body. write: I have these bytes */
    BODY_DROP, /* begin: read it, and throw it away */
    BODY_WAIT, /* write: not now; the same bytes again after resume. With `decoded`, for
                  no decoder goes back: I have these, but no more before resume, or only
                  what comes of the bytes that are being decoded */
    BODY_REFUSE /* end the exchange: `error` and `why` are set */
};

struct body_sink {
    /* The header is complete: once an exchange, before the first byte of the body or,
     * without one, at the end of a response that came whole. Not for a redirect that is
     * followed. */
    enum body_use (*begin)(struct body_sink *s, const struct response *rs);

    /* All n bytes, or none of them. */
    enum body_use (*write)(struct body_sink *s, const char *data, size_t n);

    bool decoded; /* the content codings are undone; set by who owns the sink */

    enum http_error error; /* of a refusal */
    const char *why;       /* static, or the sink's own until the exchange has ended */

    /* Set while an exchange is under way; NULL else. From the loop or a task: lets a
     * transfer that was told to wait go on. */
    void (*resume)(struct body_sink *s);
    void *transfer; /* resume's own */
};

/* Goes on with what waits, if anything does: write may be called before this returns,
 * and the exchange may end. Not from begin or write, of any sink. */
void body_sink_resume(struct body_sink *s);

#endif
