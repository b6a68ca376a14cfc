/* The record of a request that is not sent: what would be asked, without the secrets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mask.h"
#include "base/str.h"
#include "http/headers.h"
#include "output/record_facts.h"

/* The url of a line that is no request is the line, and it may hold headers. */
static void append_url(struct buf *out, const struct record *r)
{
    const char *url = r->call->request->url;
    struct buf text = BUF_INIT;

    if (r->error == HTTP_BAD_INPUT && *url == '{')
        buf_append_str(&text, "{" MASK "}");
    else if (r->error)
        mask_append_refused_url(&text, url);
    else
        mask_append_url(&text, url);
    json_append_string(out, text.data, text.len);
    buf_clear(&text);
}

static void append_url_effective(struct buf *out, const struct record *r)
{
    char *url = record_url_effective(r);
    struct buf text = BUF_INIT;

    if (url)
        mask_append_url(&text, url);
    json_append_cstr(out, text.data);
    buf_clear(&text);
    free(url);
}

/* Of a line "Name: value", "Name;" (empty) or "Name:" (not sent). */
static struct slice name_of(const char *line)
{
    return slice_trim((struct slice){line, strcspn(line, ":;")});
}

static void append_pair(struct buf *out, struct slice name, struct slice value)
{
    if (out->data[out->len - 1] != '[')
        buf_append_char(out, ',');
    buf_append_char(out, '[');
    json_append_string(out, name.data, name.len);
    buf_append_char(out, ',');
    if (value.len && mask_is_secret_header(name))
        value = SLICE(MASK);
    json_append_string(out, value.data, value.len);
    buf_append_char(out, ']');
}

static void append_line(struct buf *out, const char *line)
{
    struct slice name = name_of(line);
    const char *rest = line + strcspn(line, ":;");
    struct slice value = slice_trim(slice_str(*rest ? rest + 1 : rest));

    if (*rest == ':' && !value.len)
        return;
    append_pair(out, name, value);
}

static bool same_name(const char *a, const char *b)
{
    struct slice name = name_of(a);
    char *text = slice_dup(name_of(b));
    bool same = slice_eq_nocase(name, text);

    free(text);
    return same;
}

/* The request's own line takes the place of the client's of that name. */
static bool replaced(const struct request *rq, const char *line)
{
    for (size_t i = 0; i < rq->header_count; i++)
        if (same_name(rq->headers[i], line))
            return true;
    return false;
}

static void append_headers(struct buf *out, const struct request *rq,
                           const struct client_config *config)
{
    buf_append_str(out, ",\"headers\":[");
    if (config->user_agent)
        append_pair(out, SLICE("User-Agent"), slice_str(config->user_agent));
    if (config->userpwd)
        append_pair(out, SLICE("Authorization"), SLICE(MASK));
    if (config->cookies)
        append_pair(out, SLICE("Cookie"), SLICE(MASK));
    for (string_list line = config->headers; line && *line; line++)
        if (!replaced(rq, *line))
            append_line(out, *line);
    for (size_t i = 0; i < rq->header_count; i++)
        append_line(out, rq->headers[i]);
    buf_append_char(out, ']');
}

static void append_error(struct buf *out, const struct record *r)
{
    char room[16];

    buf_append_str(out, r->error ? ",\"ok\":false,\"error\":{\"type\":\""
                                 : ",\"ok\":true,\"error\":null");
    if (!r->error)
        return;
    buf_append_str(out, http_error_name(r->error));
    buf_append_str(out, "\",\"message\":");
    json_append_cstr(out, record_message(r, room));
    buf_append_str(out, ",\"retriable\":false}");
}

void record_append_dry(struct buf *out, const struct record *r,
                       const struct client_config *config)
{
    const struct request *rq = r->call->request;

    buf_append_str(out, "{\"schema\":1,\"index\":");
    buf_append_uint(out, r->index);
    if (r->id) {
        buf_append_str(out, ",\"id\":");
        buf_append_str(out, r->id);
    }
    buf_append_str(out, ",\"dry_run\":true,\"url\":");
    append_url(out, r);
    buf_append_str(out, ",\"method\":");
    json_append_cstr(out, record_method(r));
    buf_append_str(out, ",\"url_effective\":");
    append_url_effective(out, r);
    append_headers(out, rq, config);
    buf_append_str(out, ",\"size_upload\":");
    buf_append_uint(out, rq->body_len);
    append_error(out, r);
    buf_append(out, r->more.data, r->more.len);
    buf_append_str(out, "}\n");
}
