/* A record as people read it: a line, and what more was asked for below it. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "output/record_facts.h"

/* Where colours are off the codes are empty. */
#define RED    "\x1b[31m"
#define GREEN  "\x1b[32m"
#define YELLOW "\x1b[33m"
#define DIM    "\x1b[2m"
#define PLAIN  "\x1b[0m"

static void color(struct buf *out, const struct record_options *o, const char *code)
{
    if (o->color)
        buf_append_str(out, code);
}

static void append_clean(struct buf *out, const char *s)
{
    str_append_printable(out, s, strlen(s));
}

/* Right-aligned in `width` columns; numbers and units are ASCII. */
static void append_column(struct buf *out, const struct buf *text, size_t width)
{
    for (size_t n = text->len; n < width; n++)
        buf_append_char(out, ' ');
    buf_append(out, text->data, text->len);
    APPEND_LITERAL(out, "  ");
}

static void append_status(struct buf *out, const struct record *r,
                          const struct record_options *o)
{
    int status = r->call->response.status;

    color(out, o, r->error ? RED : status >= 300 ? YELLOW : GREEN);
    if (status)
        buf_append_int(out, status);
    else
        APPEND_LITERAL(out, "---");
    color(out, o, PLAIN);
    APPEND_LITERAL(out, "  ");
}

static void append_numbers(struct buf *out, const struct record *r)
{
    struct buf text = BUF_INIT;

    str_append_size(&text, r->call->response.size_download);
    append_column(out, &text, 7);
    buf_reset(&text);
    str_append_duration(&text, (double)record_times(r).total * 1e-6);
    append_column(out, &text, 8);
    buf_clear(&text);
}

static void append_urls(struct buf *out, const struct record *r,
                        const struct record_options *o)
{
    char *effective = record_url_effective(r);

    append_clean(out, r->call->request->url);
    if (r->call->redirect_count) {
        color(out, o, DIM);
        APPEND_LITERAL(out, " -> ");
        append_clean(out, effective ? effective : "");
        color(out, o, PLAIN);
    }
    free(effective);
    if (r->label) {
        APPEND_LITERAL(out, "  ");
        append_clean(out, r->label);
    }
}

static void append_error(struct buf *out, const struct record *r,
                         const struct record_options *o)
{
    char room[16];

    color(out, o, RED);
    APPEND_LITERAL(out, "  ");
    buf_append_str(out, http_error_name(r->error));
    APPEND_LITERAL(out, ": ");
    append_clean(out, record_message(r, room));
    color(out, o, PLAIN);
}

static void append_redirects(struct buf *out, const struct call *call)
{
    for (size_t i = 0; i < call->redirect_count; i++) {
        APPEND_LITERAL(out, "    ");
        buf_append_int(out, call->redirects[i].status);
        buf_append_char(out, ' ');
        append_clean(out, call->redirects[i].url);
        buf_append_char(out, '\n');
    }
}

static void append_headers(struct buf *out, const struct headers *h)
{
    struct slice name, value;
    size_t pos = 0;

    while (headers_next(h, &pos, &name, &value)) {
        APPEND_LITERAL(out, "    ");
        str_append_printable(out, name.data, name.len);
        APPEND_LITERAL(out, ": ");
        str_append_printable(out, value.data, value.len);
        buf_append_char(out, '\n');
    }
}

static void append_body(struct buf *out, const struct response *rs)
{
    struct buf scratch = BUF_INIT;
    struct slice text, line;

    if (record_body_text(rs, &scratch, &text)) {
        while (slice_next(&text, '\n', &line)) {
            if (line.len && line.data[line.len - 1] == '\r')
                line.len--;
            str_append_printable(out, line.data, line.len);
            buf_append_char(out, '\n');
        }
    } else {
        APPEND_LITERAL(out, "    (");
        str_append_size(out, (int64_t)rs->body.len);
        APPEND_LITERAL(out, " that are not text)\n");
    }
    buf_clear(&scratch);
}

void record_append_text(struct buf *out, const struct record *r,
                        const struct record_options *o)
{
    append_status(out, r, o);
    append_numbers(out, r);
    append_urls(out, r, o);
    if (r->error)
        append_error(out, r, o);
    buf_append_char(out, '\n');
    if (o->redirects)
        append_redirects(out, r->call);
    if (o->headers)
        append_headers(out, &r->call->response.headers);
    if (o->body)
        append_body(out, &r->call->response);
}
