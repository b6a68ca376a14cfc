#include "output/write_out_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/url.h"
#include "output/record_facts.h"

#define PRINTS(name)                                                                   \
    static void print_##name(struct buf *out, const struct record *r,                  \
                             const char *which __attribute__((unused)))

/* What a number is printed from: a place in the response. */
#define PRINTS_NUMBER(name, expression)                                                \
    PRINTS(name)                                                                       \
    {                                                                                  \
        buf_append_int(out, (int64_t)(expression));                                    \
    }

#define PRINTS_TIME(name)                                                              \
    PRINTS(time_##name)                                                                \
    {                                                                                  \
        buf_append_seconds(out, record_times(r).name);                                 \
    }

PRINTS_NUMBER(attempts, r->call->attempts)
PRINTS_NUMBER(index, r->index)
PRINTS_NUMBER(local_port, r->call->response.local_port)
PRINTS_NUMBER(num_connects, r->call->response.num_connects)
PRINTS_NUMBER(num_redirects, r->call->redirect_count)
PRINTS_NUMBER(num_retries, r->call->attempts > 1 ? r->call->attempts - 1 : 0)
PRINTS_NUMBER(remote_port, r->call->response.remote_port)
PRINTS_NUMBER(size_download, r->call->response.size_download)
PRINTS_NUMBER(size_header, r->call->response.size_header)
PRINTS_NUMBER(size_request, r->call->response.size_request)
PRINTS_NUMBER(size_upload, r->call->response.size_upload)

PRINTS_TIME(appconnect)
PRINTS_TIME(connect)
PRINTS_TIME(namelookup)
PRINTS_TIME(pretransfer)
PRINTS_TIME(starttransfer)
PRINTS_TIME(total)

PRINTS(content_type)
{
    struct slice type;

    if (headers_get(&r->call->response.headers, "Content-Type", &type))
        buf_append(out, type.data, type.len);
}

PRINTS(error)
{
    buf_append_str(out, r->error ? http_error_name(r->error) : "");
}

PRINTS(errormsg)
{
    char room[16];

    buf_append_str(out, r->error ? record_message(r, room) : "");
}

PRINTS(header)
{
    struct slice value;

    if (headers_get(&r->call->response.headers, which, &value))
        buf_append(out, value.data, value.len);
}

/* As curl has it: an object of lists, the names in lower case. */
PRINTS(header_json)
{
    header_json_append(out, &r->call->response.headers);
}

PRINTS(http_version)
{
    const char *version = r->call->response.http_version;

    buf_append_str(out, *version ? version : "0");
}

PRINTS(id)
{
    buf_append_str(out, r->id ? r->id : "");
}

PRINTS(json)
{
    static const struct record_options plain = {.format = RECORD_JSON};

    record_append_json(out, r, &plain);
}

PRINTS(local_ip)
{
    buf_append_str(out, r->call->response.local_ip);
}

PRINTS(method)
{
    buf_append_str(out, record_method(r));
}

PRINTS(num_headers)
{
    struct slice name, value;
    size_t pos = 0;
    uint64_t n = 0;

    while (headers_next(&r->call->response.headers, &pos, &name, &value))
        n++;
    buf_append_uint(out, n);
}

PRINTS(ok)
{
    buf_append_str(out, r->error ? "false" : "true");
}

/* Where a redirect that was not followed leads. */
PRINTS(redirect_url)
{
    const struct call *call = r->call;
    struct slice location;
    enum url_error wrong;
    char *reference, *url;

    if (!call->hop.url || !response_redirects(&call->response, &location))
        return;
    reference = slice_dup(location);
    url = url_resolve(call->hop.url, reference, &wrong);
    buf_append_str(out, url ? url : reference);
    free(url);
    free(reference);
}

PRINTS(remote_ip)
{
    buf_append_str(out, r->call->response.remote_ip);
}

/* Three digits, so that none is 000. */
PRINTS(response_code)
{
    int status = r->call->response.status;

    APPEND_LITERAL(out, "000");
    out->len -= status < 10 ? 1 : status < 100 ? 2 : 3;
    buf_append_int(out, status);
}

PRINTS(scheme)
{
    char *url = record_url_effective(r);
    const char *colon = url ? strstr(url, "://") : NULL;

    if (colon && r->call->hop.url)
        buf_append(out, url, (size_t)(colon - url));
    free(url);
}

PRINTS(speed_download)
{
    int64_t us = record_times(r).total;
    double bytes = (double)r->call->response.size_download;

    buf_append_int(out, us > 0 ? (int64_t)(bytes * 1e6 / (double)us) : 0);
}

PRINTS(time_queued)
{
    buf_append_seconds(out, record_queued(r));
}

PRINTS(time_redirect)
{
    buf_append_seconds(out, r->call->earlier.total);
}

PRINTS(url)
{
    buf_append_str(out, r->call->request->url);
}

PRINTS(url_effective)
{
    char *url = record_url_effective(r);

    buf_append_str(out, url ? url : "");
    free(url);
}

#define NAME(name)                                                                     \
    {                                                                                  \
#name, print_##name                                                            \
    }

static const struct write_out_name names[] = {
    NAME(attempts),
    NAME(content_type),
    NAME(error),
    NAME(errormsg),
    NAME(header_json),
    {"http_code", print_response_code},
    NAME(http_version),
    NAME(id),
    NAME(index),
    NAME(json),
    NAME(local_ip),
    NAME(local_port),
    NAME(method),
    NAME(num_connects),
    NAME(num_headers),
    NAME(num_redirects),
    NAME(num_retries),
    NAME(ok),
    NAME(redirect_url),
    NAME(remote_ip),
    NAME(remote_port),
    NAME(response_code),
    NAME(scheme),
    NAME(size_download),
    NAME(size_header),
    NAME(size_request),
    NAME(size_upload),
    NAME(speed_download),
    NAME(time_appconnect),
    NAME(time_connect),
    NAME(time_namelookup),
    NAME(time_pretransfer),
    NAME(time_queued),
    NAME(time_redirect),
    NAME(time_starttransfer),
    NAME(time_total),
    NAME(url),
    NAME(url_effective),
};

const struct write_out_name write_out_header = NAME(header);

const struct write_out_name *write_out_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return &names[i];
    return NULL;
}

/* Near is what is wrong in a third of its letters at most. */
const char *write_out_nearest(const char *name)
{
    size_t best = strlen(name) / 3 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t distance = str_distance(name, names[i].name);

        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = names[i].name;
        }
    }
    return nearest;
}
