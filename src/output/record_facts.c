#include "output/record_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/url.h"

struct timings record_times(const struct record *r)
{
    const struct timings *a = &r->call->earlier, *b = &r->call->response.times;

    return (struct timings){
        .namelookup = a->namelookup + b->namelookup,
        .connect = a->connect + b->connect,
        .appconnect = a->appconnect + b->appconnect,
        .pretransfer = a->pretransfer + b->pretransfer,
        .starttransfer = a->starttransfer + b->starttransfer,
        .total = a->total + b->total,
    };
}

int64_t record_queued(const struct record *r)
{
    return (int64_t)(r->call->queued * 1e6 + 0.5);
}

const char *record_method(const struct record *r)
{
    const struct hop *hop = &r->call->hop;

    return hop->method ? hop->method : request_method(r->call->request);
}

char *record_url_effective(const struct record *r)
{
    if (r->error == HTTP_BAD_INPUT)
        return NULL;
    return url_effective(r->call->hop.url ? r->call->hop.url : r->call->request->url);
}

const char *record_message(const struct record *r, char room[16])
{
    const struct response *rs = &r->call->response;

    if (r->error == HTTP_STATUS) {
        snprintf(room, 16, "HTTP %d", rs->status);
        return room;
    }
    return rs->message && *rs->message ? rs->message : http_error_name(r->error);
}

bool record_retriable(const struct record *r)
{
    return r->error == HTTP_STATUS ? http_status_retriable(r->call->response.status)
                                   : http_error_retriable(r->error);
}
