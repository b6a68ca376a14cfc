/* redirect.h - where a response sends a request on to (RFC 9110, 15.4). */
#ifndef TRAWL_HTTP_REDIRECT_H
#define TRAWL_HTTP_REDIRECT_H

#include <stdbool.h>

#include "base/url.h"
#include "http/response.h"

/* One exchange's target. */
struct hop {
    char *url;            /* owned */
    struct origin origin; /* owned */
    const char *method;   /* borrowed from the request, or static */
    bool send_body;
    bool credentials; /* at the origin that the user's headers were meant for */
    bool last;        /* the connection will not be needed again */
};

void hop_clear(struct hop *h);

/* Moves `h` on as the response says: 303, and 301 and 302 after a POST, go on with
 * GET and no body; 307 and 308 repeat the method. Credentials hold only at `first`.
 * HTTP_OK, or HTTP_REDIRECT_REFUSED with the reason in the response's message; `h` is
 * then as before. */
enum http_error redirect_follow(struct hop *h, const struct origin *first,
                                struct response *rs);

#endif
