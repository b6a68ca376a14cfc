/* Stages: a request is one behind the last of those that it needs. */
#include "gather/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/expand.h"
#include "gather/spec_internal.h"

enum { NO_STAGE = UINT32_MAX };

/* One behind the last of its needs; NO_STAGE when one of these has none yet. */
static unsigned stage_of(const struct spec *s, const struct spec_request *rq)
{
    unsigned stage = 0;

    for (size_t i = 0; i < rq->need_count; i++) {
        unsigned before = s->requests[rq->needs[i]].stage;

        if (before == NO_STAGE)
            return NO_STAGE;
        if (before >= stage)
            stage = before + 1;
    }
    return stage;
}

static bool set_stages(struct spec *s)
{
    bool moved = true, all = false;

    while (moved && !all) {
        moved = false;
        all = true;
        for (size_t i = 0; i < s->request_count; i++) {
            struct spec_request *rq = &s->requests[i];

            if (rq->stage != NO_STAGE)
                continue;
            rq->stage = stage_of(s, rq);
            moved = moved || rq->stage != NO_STAGE;
            all = all && rq->stage != NO_STAGE;
            if (rq->stage != NO_STAGE && rq->stage >= s->stages)
                s->stages = rq->stage + 1;
        }
    }
    return all;
}

/* The first need that has no stage; a request without one has such a need. */
static size_t open_need(const struct spec *s, size_t i)
{
    const struct spec_request *rq = &s->requests[i];
    size_t k = 0;

    while (s->requests[rq->needs[k]].stage != NO_STAGE)
        k++;
    return rq->needs[k];
}

/* From a request without a stage the needs lead into a cycle; after as many steps as
 * there are requests one is in it. Of those in the cycle, the first in the spec. */
static size_t find_cycle(const struct spec *s)
{
    size_t first = 0, i;

    while (s->requests[first].stage != NO_STAGE)
        first++;
    for (size_t n = 0; n < s->request_count; n++)
        first = open_need(s, first);
    for (i = open_need(s, first); i != first; i = open_need(s, i))
        if (i < first)
            first = i;
    return first;
}

static int tell_cycle(const struct spec *s, struct fault *f)
{
    struct buf text = BUF_INIT;
    size_t first = find_cycle(s), i = first;
    int r;

    do {
        buf_appendf(&text, "%s needs ", s->requests[i].name);
        i = open_need(s, i);
        if (i != first && text.len < 200)
            buf_appendf(&text, "%s, ", s->requests[i].name);
    } while (i != first && text.len < 200);
    buf_append_str(&text, i == first ? s->requests[first].name : "...");
    r = fault_set(f, s->requests[first].at, "requests wait for each other: %s",
                  text.data);
    buf_clear(&text);
    return r;
}

int spec_plan(struct spec *s, struct fault *f)
{
    for (size_t i = 0; i < s->request_count; i++)
        s->requests[i].stage = NO_STAGE;
    return set_stages(s) ? 0 : tell_cycle(s, f);
}

/* ---- showing it ---- */

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
