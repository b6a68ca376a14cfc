#include "run/in_flight.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/url.h"

static void describe(const struct call *call, void *arg)
{
    struct buf *out = arg;
    char *url = url_effective(call->hop.url); /* without a password */

    buf_append_str(out, "  ");
    str_append_duration(out, loop_time() - call->waiting_since);
    buf_appendf(out, "  %s ", request_method(call->request));
    str_append_printable(out, url, strlen(url));
    buf_appendf(out, "  (attempt %d)\n", call->attempts);
    free(url);
}

void in_flight_append(struct buf *out, struct pool *pool)
{
    pool_each_active(pool, describe, out);
}
