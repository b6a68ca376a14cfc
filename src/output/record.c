#include "output/record_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"

/* Each key is written with the comma before it, as one literal. */
#define KEY(out, name) APPEND_LITERAL(out, ",\"" name "\":")

static void append_slice(struct buf *out, struct slice s)
{
    json_append_string(out, s.data, s.len);
}

/* A string that an unanswered request does not have. */
static void append_or_null(struct buf *out, const char *s)
{
    if (*s)
        json_append_string(out, s, strlen(s));
    else
        APPEND_LITERAL(out, "null");
}

static void append_request(struct buf *out, const struct record *r)
{
    char *effective = record_url_effective(r);

    APPEND_LITERAL(out, "{\"schema\":1,\"index\":");
    buf_append_uint(out, r->index);
    if (r->id) {
        KEY(out, "id");
        buf_append_str(out, r->id);
    }
    KEY(out, "url");
    json_append_cstr(out, r->call->request->url);
    KEY(out, "method");
    json_append_cstr(out, record_method(r));
    KEY(out, "url_effective");
    json_append_cstr(out, effective);
    free(effective);
}

static void append_response(struct buf *out, const struct call *call)
{
    const struct response *rs = &call->response;
    struct slice type;

    KEY(out, "response_code");
    buf_append_uint(out, (uint64_t)rs->status);
    KEY(out, "http_version");
    append_or_null(out, rs->http_version);
    KEY(out, "content_type");
    if (headers_get(&rs->headers, "Content-Type", &type))
        append_slice(out, type);
    else
        APPEND_LITERAL(out, "null");
    KEY(out, "size_download");
    buf_append_int(out, rs->size_download);
    KEY(out, "num_redirects");
    buf_append_uint(out, call->redirect_count);
    KEY(out, "remote_ip");
    append_or_null(out, rs->remote_ip);
    KEY(out, "attempts");
    buf_append_int(out, call->attempts);
}

static void append_times(struct buf *out, const struct record *r)
{
    struct timings t = record_times(r);

    KEY(out, "time_queued");
    buf_append_seconds(out, record_queued(r));
    KEY(out, "time_namelookup");
    buf_append_seconds(out, t.namelookup);
    KEY(out, "time_connect");
    buf_append_seconds(out, t.connect);
    KEY(out, "time_appconnect");
    buf_append_seconds(out, t.appconnect);
    KEY(out, "time_starttransfer");
    buf_append_seconds(out, t.starttransfer);
    KEY(out, "time_total");
    buf_append_seconds(out, t.total);
}

static void append_error(struct buf *out, const struct record *r)
{
    char room[16];

    if (!r->error) {
        APPEND_LITERAL(out, ",\"ok\":true,\"error\":null");
        return;
    }
    APPEND_LITERAL(out, ",\"ok\":false,\"error\":{\"type\":\"");
    buf_append_str(out, http_error_name(r->error));
    APPEND_LITERAL(out, "\",\"message\":");
    json_append_cstr(out, record_message(r, room));
    if (record_retriable(r))
        APPEND_LITERAL(out, ",\"retriable\":true}");
    else
        APPEND_LITERAL(out, ",\"retriable\":false}");
}

static void append_headers(struct buf *out, const struct headers *h)
{
    struct slice name, value;
    size_t pos = 0;

    KEY(out, "headers");
    buf_append_char(out, '[');
    for (bool first = true; headers_next(h, &pos, &name, &value); first = false) {
        buf_append_str(out, first ? "[" : ",[");
        append_slice(out, name);
        buf_append_char(out, ',');
        append_slice(out, value);
        buf_append_char(out, ']');
    }
    buf_append_char(out, ']');
}

static void append_redirects(struct buf *out, const struct call *call)
{
    KEY(out, "redirects");
    buf_append_char(out, '[');
    for (size_t i = 0; i < call->redirect_count; i++) {
        const struct redirection *from = &call->redirects[i];
        char *url = url_effective(from->url);

        buf_append_str(out, i ? ",{\"url\":" : "{\"url\":");
        json_append_cstr(out, url ? url : "");
        KEY(out, "response_code");
        buf_append_int(out, from->status);
        buf_append_char(out, '}');
        free(url);
    }
    buf_append_char(out, ']');
}

void record_append_json(struct buf *out, const struct record *r,
                        const struct record_options *o)
{
    append_request(out, r);
    append_response(out, r->call);
    append_times(out, r);
    append_error(out, r);
    buf_append(out, r->more.data, r->more.len);
    if (o->headers)
        append_headers(out, &r->call->response.headers);
    if (o->redirects)
        append_redirects(out, r->call);
    if (o->body)
        record_append_body(out, &r->call->response);
    buf_append_char(out, '}');
}

/* The same JSON with nothing in it that a terminal obeys. What would have to be escaped
 * stands only in strings: all else is ASCII, and so is what escapes it. */
static void append_escaped(struct buf *out, const char *json, size_t n)
{
    while (n) {
        uint32_t cp;
        size_t len = utf8_decode(json, n, &cp);

        if (len && !char_is_printable(cp))
            buf_appendf(out, "\\u%04x", (unsigned)cp);
        else
            buf_append(out, json, len ? len : 1);
        len += !len;
        json += len;
        n -= len;
    }
}

static void append_json_line(struct buf *out, const struct record *r,
                             const struct record_options *o)
{
    struct buf json = BUF_INIT;

    if (o->terminal) {
        record_append_json(&json, r, o);
        append_escaped(out, json.data, json.len);
        buf_clear(&json);
    } else {
        record_append_json(out, r, o);
    }
    buf_append_char(out, '\n');
}

void record_append(struct buf *out, const struct record *r,
                   const struct record_options *o)
{
    if (o->dry_run) {
        record_append_dry(out, r, o->dry_run);
        return;
    }
    switch (o->format) {
    case RECORD_JSON:
        append_json_line(out, r, o);
        break;
    case RECORD_TEXT:
        record_append_text(out, r, o);
        break;
    case RECORD_WRITE_OUT:
        record_append_write_out(out, r, o);
        break;
    }
}
