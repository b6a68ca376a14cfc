#include "input/request_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "http/headers.h"
#include "input/request_fields.h"

/* What a record shows of a line that is no request. */
enum { SHOWN = 1000 };

static void refuse(struct item *item, char *why_taken)
{
    free(item->why);
    item->why = why_taken;
}

/* The record's url of a line that has none: the line itself. A string ends at a NUL, so
 * those are shown as what stands for bytes that are no text. */
static char *shown(struct slice line)
{
    struct buf text = BUF_INIT;
    size_t n = line.len < SHOWN ? line.len : SHOWN;

    while (n < line.len && n > 0 && (line.data[n] & 0xc0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++) {
        if (line.data[i])
            buf_append_char(&text, line.data[i]);
        else
            buf_append_str(&text, UTF8_REPLACEMENT);
    }
    if (n < line.len)
        buf_append_str(&text, "...");
    return buf_take(&text);
}

void request_line_refuse(struct item *item, struct slice line, const char *why)
{
    char *url = shown(line);

    request_init(&item->request, url);
    free(url);
    refuse(item, mem_strdup(why));
}

/* Whether the request, or the user for all requests, sets the header. */
static bool has_header(const struct request *rq, const struct request_template *t,
                       const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < rq->header_count; i++)
        if (str_starts_nocase(rq->headers[i], name) && strchr(":;", rq->headers[i][n]))
            return true;
    for (const char *const *h = t->headers; h && *h; h++)
        if (str_starts_nocase(*h, name) && strchr(":;", (*h)[n]))
            return true;
    return false;
}

static void add_json_headers(struct request *rq, const struct request_template *t)
{
    if (!has_header(rq, t, "Content-Type"))
        request_add_header(rq, "Content-Type: application/json");
    if (!has_header(rq, t, "Accept"))
        request_add_header(rq, "Accept: application/json");
}

static void fill_in(struct request *rq, const struct request_template *t, bool json)
{
    if (!rq->method && t->method)
        rq->method = mem_strdup(t->method);
    if (!rq->body && t->body) {
        request_lend_body(rq, t->body, t->body_len);
        json = t->json;
    }
    if (json)
        add_json_headers(rq, t);
}

void request_line_url(struct item *item, struct slice url,
                      const struct request_template *t)
{
    item->request = (struct request){
        .url = slice_dup(url),
        .max_time = REQUEST_DEFAULT,
        .retries = REQUEST_DEFAULT,
    };
    fill_in(&item->request, t, false);
}

/* ---- fields between TABs ---- */

static bool begins_as_url(struct slice field)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t n = strlen(schemes[i]);

        if (field.len >= n &&
            slice_eq_nocase((struct slice){field.data, n}, schemes[i]))
            return true;
    }
    return false;
}

/* Takes a field behind the URL. NULL, or what is wrong with it. */
static const char *take_field(struct item *item, struct slice field, bool last)
{
    if (!field.len)
        return "is empty; leave it out, with its TAB";
    if (begins_as_url(field))
        return request_fields_add_url(item, slice_dup(field))
                   ? NULL
                   : "is one mirror too many; 100 are allowed";
    if (!last)
        return "is not the last, as a name must be, and no mirror, which begins with "
               "http:// or https://";
    item->output = slice_dup(field);
    return NULL;
}

static void parse_fields(struct item *item, struct slice line,
                         const struct request_template *t)
{
    struct slice rest = line, field;
    const char *wrong = NULL;
    size_t n = 1;

    (void)slice_next(&rest, '\t', &field);
    request_line_url(item, slice_trim(field), t);
    while (!wrong && slice_next(&rest, '\t', &field)) {
        wrong = take_field(item, slice_trim(field), !rest.len);
        n++;
    }
    if (wrong) {
        struct buf why = BUF_INIT;

        buf_appendf(&why, "field %zu %s", n, wrong);
        refuse(item, buf_take(&why));
    }
}

/* ---- objects ---- */

/* The id comes first, so that every error has it. */
static void keep_id(struct item *item, struct slice object)
{
    struct buf text = BUF_INIT;
    struct slice id;

    if (!json_member(object, "id", &id))
        return;
    json_compact(&text, id, NULL);
    item->id = buf_take(&text);
}

static void parse_object(struct item *item, struct slice line,
                         const struct request_template *t, bool files)
{
    struct request_fields fields = {.item = item, .files = files};
    size_t where = 0;

    item->request.max_time = REQUEST_DEFAULT;
    item->request.retries = REQUEST_DEFAULT;
    int r = json_compact(NULL, line, &where);

    if (r < 0) {
        struct buf why = BUF_INIT;

        if (r == -ERANGE)
            buf_appendf(&why, "JSON nested deeper than %d", JSON_MAX_DEPTH);
        else
            buf_appendf(&why, "not JSON, from byte %zu on", where + 1);
        refuse(item, buf_take(&why));
    } else {
        keep_id(item, line);
        refuse(item, request_fields_read(&fields, line));
        if (!item->why && !item->request.url)
            refuse(item, mem_strdup(files ? "field \"url\": missing, \"urls\" too"
                                          : "field \"url\": missing"));
    }
    if (!item->request.url)
        item->request.url = shown(line);
    if (!item->why)
        fill_in(&item->request, t, fields.json);
}

void request_line_parse(struct item *item, struct slice line,
                        const struct request_template *t, bool files)
{
    if (memchr(line.data, '\0', line.len))
        request_line_refuse(item, line, "a NUL byte in the line");
    else if (line.data[0] == '{')
        parse_object(item, line, t, files);
    else if (files)
        parse_fields(item, line, t);
    else
        request_line_url(item, line, t);
}
