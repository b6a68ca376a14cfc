#include "gather/plan.h"

#include <string.h>

#include "base/json.h"
#include "gather/expand.h"

static const char *method_of(const struct spec_request *rq)
{
    if (rq->method)
        return rq->method;
    return rq->body.at || rq->json.at ? "POST" : "GET";
}

static void append_printable(struct buf *out, const char *s)
{
    str_append_printable(out, s, strlen(s));
}

static size_t longest_name(const struct spec *s)
{
    size_t most = 0, n;

    for (size_t i = 0; i < s->request_count; i++)
        if ((n = strlen(s->requests[i].name)) > most && n <= 30)
            most = n;
    return most;
}

static const char *paging_word(enum paging kind)
{
    static const char *const words[] = {
        [PAGING_NONE] = "",         [PAGING_LINK] = "link", [PAGING_POINTER] = "next",
        [PAGING_CURSOR] = "cursor", [PAGING_PAGE] = "page", [PAGING_OFFSET] = "offset",
    };

    return words[kind];
}

static void append_remarks(struct buf *out, const struct spec *s,
                           const struct spec_request *rq)
{
    struct buf list = BUF_INIT;

    if (rq->foreach.at) {
        expand_show(&list, &rq->foreach, s);
        buf_append_str(out, "; for each of ");
        str_append_printable(out, list.data, list.len < 60 ? list.len : 60);
        buf_clear(&list);
    }
    if (rq->pages.kind)
        buf_appendf(out, "; pages by %s", paging_word(rq->pages.kind));
    if (rq->optional)
        buf_append_str(out, "; optional");
    for (size_t i = 0; i < rq->need_count; i++) {
        buf_append_str(out, i ? ", " : "; waits for ");
        append_printable(out, s->requests[rq->needs[i]].name);
    }
}

static void append_line(struct buf *out, const struct spec *s,
                        const struct spec_request *rq, size_t width)
{
    struct buf url = BUF_INIT;
    size_t n = strlen(rq->name);

    expand_show_url(&url, &rq->url, s);
    buf_append_str(out, "  ");
    append_printable(out, rq->name);
    for (; n < width; n++)
        buf_append_char(out, ' ');
    buf_appendf(out, "  %s ", method_of(rq));
    str_append_printable(out, url.data, url.len);
    append_remarks(out, s, rq);
    buf_append_char(out, '\n');
    buf_clear(&url);
}

void plan_append_text(struct buf *out, const struct spec *s)
{
    size_t width = longest_name(s);

    for (unsigned stage = 0; stage < s->stages; stage++) {
        buf_appendf(out, "stage %u\n", stage + 1);
        for (size_t i = 0; i < s->request_count; i++)
            if (s->requests[i].stage == stage)
                append_line(out, s, &s->requests[i], width);
    }
}

static void append_string(struct buf *out, const char *key, const struct buf *text)
{
    json_append_key(out, key);
    json_append_string(out, text->len ? text->data : "", text->len);
}

static void append_object(struct buf *out, const struct spec *s,
                          const struct spec_request *rq)
{
    struct buf text = BUF_INIT;

    buf_append_char(out, '{');
    json_append_key(out, "name");
    json_append_cstr(out, rq->name);
    json_append_key(out, "method");
    json_append_cstr(out, method_of(rq));
    expand_show_url(&text, &rq->url, s);
    append_string(out, "url", &text);
    buf_reset(&text);
    if (rq->foreach.at) {
        expand_show(&text, &rq->foreach, s);
        append_string(out, "foreach", &text);
    }
    if (rq->pages.kind) {
        json_append_key(out, "paginate");
        json_append_cstr(out, paging_word(rq->pages.kind));
    }
    json_append_key(out, "optional");
    buf_append_str(out, rq->optional ? "true" : "false");
    json_append_key(out, "needs");
    buf_append_char(out, '[');
    for (size_t i = 0; i < rq->need_count; i++) {
        buf_append_str(out, i ? "," : "");
        json_append_cstr(out, s->requests[rq->needs[i]].name);
    }
    buf_append_str(out, "]}");
    buf_clear(&text);
}

void plan_append_json(struct buf *out, const struct spec *s)
{
    buf_append_str(out, "{\"stages\":[");
    for (unsigned stage = 0; stage < s->stages; stage++) {
        bool first = true;

        buf_append_str(out, stage ? ",[" : "[");
        for (size_t i = 0; i < s->request_count; i++) {
            if (s->requests[i].stage != stage)
                continue;
            buf_append_str(out, first ? "" : ",");
            append_object(out, s, &s->requests[i]);
            first = false;
        }
        buf_append_char(out, ']');
    }
    buf_append_str(out, "]}\n");
}
