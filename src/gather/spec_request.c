/* The fields of a request, each by its own rule. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/spec_internal.h"
#include "http/headers.h"
#include "http/request.h"

#define MOST_RETRIES 1000000
#define MOST_HEADERS 1000

typedef int field_reader(struct spec_request *rq, struct slice value, struct fault *f);

static int read_text(struct template *t, struct slice value, const char *what,
                     struct fault *f)
{
    if (json_type(value) != JSON_STRING)
        return fault_set(f, value.data, "%s must be a string", what);
    return template_parse_text(t, value, f);
}

static int read_url(struct spec_request *rq, struct slice value, struct fault *f)
{
    return read_text(&rq->url, value, "\"url\"", f);
}

static int read_body(struct spec_request *rq, struct slice value, struct fault *f)
{
    return read_text(&rq->body, value, "\"body\"", f);
}

static int read_json(struct spec_request *rq, struct slice value, struct fault *f)
{
    return template_parse_json(&rq->json, value, f);
}

static int read_foreach(struct spec_request *rq, struct slice value, struct fault *f)
{
    return template_parse_json(&rq->foreach, value, f);
}

static int read_fallback(struct spec_request *rq, struct slice value, struct fault *f)
{
    return template_parse_json(&rq->fallback, value, f);
}

/* A token (RFC 9110, 9.1 and 5.6.2): a line break in it would be a header. */
static int read_method(struct spec_request *rq, struct slice value, struct fault *f)
{
    struct buf line = BUF_INIT;
    bool token;

    rq->method = spec_read_string(value, "\"method\"", f);
    if (!rq->method)
        return -EINVAL;
    buf_appendf(&line, "%s:", rq->method);
    token = !strchr(rq->method, ':') && !headers_line_wrong(line.data);
    buf_clear(&line);
    return token ? 0
                 : fault_set(f, value.data, "\"method\" must be a method such as GET");
}

/* ---- headers ---- */

static bool has_header(const struct spec_request *rq, const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq_nocase(slice_str(rq->headers[i].name), name))
            return true;
    return false;
}

static int check_header_name(const char *name, struct slice key, struct fault *f)
{
    struct buf line = BUF_INIT;
    const char *wrong;

    buf_appendf(&line, "%s:", name);
    wrong = strpbrk(name, ":;") ? "it holds a colon or semicolon"
                                : headers_line_wrong(line.data);
    buf_clear(&line);
    return wrong ? fault_set(f, key.data, "not a header's name: %s", wrong) : 0;
}

/* null leaves the header out, also one of the defaults. Those that were there before
 * number `own` stand before one of the same name. */
static int add_header(struct spec_request *rq, struct slice key, struct slice value,
                      size_t own, struct fault *f)
{
    struct header_template *h;
    char *name = spec_read_string(key, "a header's name", f);

    if (!name)
        return -EINVAL;
    if (check_header_name(name, key, f) < 0 || has_header(rq, name, own)) {
        free(name);
        return f->why ? -EINVAL : 0;
    }
    rq->headers =
        mem_reallocarray(rq->headers, rq->header_count + 1, sizeof(*rq->headers));
    h = &rq->headers[rq->header_count++];
    *h = (struct header_template){.name = name};
    if (rq->header_count > MOST_HEADERS)
        return fault_set(f, key.data, "more than %d headers", MOST_HEADERS);
    if (json_type(value) == JSON_NULL)
        return 0;
    return read_text(&h->value, value, "a header's value", f);
}

static int add_pair(struct spec_request *rq, struct slice pair, size_t own,
                    struct fault *f)
{
    struct json_iter it = json_iter(pair);
    struct slice parts[2];
    size_t n = 0;

    for (; json_next(&it); n++)
        if (n < 2)
            parts[n] = it.value;
    if (n != 2 || json_type(pair) != JSON_ARRAY)
        return fault_set(f, pair.data,
                         "\"headers\" must be an object, or a list of [name, value]");
    return add_header(rq, parts[0], parts[1], own, f);
}

static int read_headers(struct spec_request *rq, struct slice value, struct fault *f)
{
    enum json_type type = json_type(value);
    struct json_iter it = json_iter(value);
    size_t own = rq->header_count;

    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return fault_set(f, value.data, "\"headers\" must be an object or a list");
    while (json_next(&it)) {
        int r = it.object ? add_header(rq, it.key, it.value, own, f)
                          : add_pair(rq, it.value, own, f);

        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- the others ---- */

static int read_max_time(struct spec_request *rq, struct slice value, struct fault *f)
{
    return spec_read_seconds(value, &rq->max_time, "\"max_time\"", f);
}

static int read_retry(struct spec_request *rq, struct slice value, struct fault *f)
{
    int64_t n = 0;
    int r = spec_read_count(value, MOST_RETRIES, &n, "\"retry\"", f);

    rq->retries = (int)n;
    return r;
}

static int read_retry_on(struct spec_request *rq, struct slice value, struct fault *f)
{
    return spec_read_statuses(value, &rq->retry_statuses, &rq->retry_unexpected,
                              "\"retry_on\"", f);
}

static int read_optional(struct spec_request *rq, struct slice value, struct fault *f)
{
    return spec_read_bool(value, &rq->optional, "\"optional\"", f);
}

static int read_select(struct spec_request *rq, struct slice value, struct fault *f)
{
    rq->selects = true;
    return spec_read_pointer(value, &rq->select, "\"select\"", f);
}

static int read_paginate(struct spec_request *rq, struct slice value, struct fault *f)
{
    return spec_read_paginate(&rq->pages, value, f);
}

static int read_expect(struct spec_request *rq, struct slice value, struct fault *f)
{
    return spec_read_expect(&rq->expect, value, f);
}

static int read_as(struct spec_request *rq, struct slice value, struct fault *f)
{
    if (slice_eq(value, "\"json\""))
        rq->form = FORM_JSON;
    else if (slice_eq(value, "\"text\""))
        rq->form = FORM_TEXT;
    else if (!slice_eq(value, "\"auto\""))
        return fault_set(f, value.data,
                         "\"as\" must be \"auto\", \"json\" or \"text\"");
    return 0;
}

static const struct {
    const char *name;
    field_reader *read;
    bool defaults; /* may stand there */
} fields[] = {
    {"url", read_url, false},
    {"method", read_method, false},
    {"headers", read_headers, true},
    {"body", read_body, false},
    {"json", read_json, false},
    {"max_time", read_max_time, true},
    {"retry", read_retry, true},
    {"retry_on", read_retry_on, true},
    {"think", spec_read_think, true},
    {"foreach", read_foreach, false},
    {"paginate", read_paginate, true},
    {"select", read_select, false},
    {"as", read_as, true},
    {"expect", read_expect, true},
    {"optional", read_optional, true},
    {"default", read_fallback, false},
};

static int find_field(const char *name, bool defaults, struct slice key, size_t *i,
                      struct fault *f)
{
    const char *known[ARRAY_LEN(fields) + 1];
    size_t n = 0;

    for (*i = 0; *i < ARRAY_LEN(fields); ++*i) {
        if (defaults && !fields[*i].defaults)
            continue;
        if (!strcmp(name, fields[*i].name))
            return 0;
        known[n++] = fields[*i].name;
    }
    known[n] = NULL;
    return spec_unknown(key, defaults ? "in defaults, field" : "field", name, known, f);
}

static int read_member(struct spec_request *rq, struct slice key, struct slice value,
                       bool defaults, uint64_t given_before, struct fault *f)
{
    char *name = spec_read_string(key, "a field's name", f);
    size_t i;
    int r = name ? find_field(name, defaults, key, &i, f) : -EINVAL;

    free(name);
    if (r < 0)
        return r;
    if (rq->given & ~given_before & UINT64_C(1) << i)
        return fault_set(f, key.data, "\"%s\" is given twice", fields[i].name);
    if (given_before & UINT64_C(1) << i && fields[i].read != read_headers)
        return 0; /* the request's own goes before the defaults; headers are joined */
    rq->given |= UINT64_C(1) << i;
    return fields[i].read(rq, value, f);
}

static int read_object(struct spec_request *rq, struct slice object, bool defaults,
                       struct fault *f)
{
    struct json_iter it = json_iter(object);
    uint64_t before = defaults ? rq->given : 0;

    if (spec_want_object(object, defaults ? "\"defaults\"" : "a request", f) < 0)
        return -EINVAL;
    while (json_next(&it))
        if (read_member(rq, it.key, it.value, defaults, before, f) < 0)
            return -EINVAL;
    return 0;
}

/* ---- the whole ---- */

static void init(struct spec_request *rq)
{
    rq->max_time = REQUEST_DEFAULT;
    rq->retries = REQUEST_DEFAULT;
}

static int check_together(const struct spec_request *rq, struct slice object,
                          struct fault *f)
{
    bool content = rq->body.at || rq->json.at;

    if (!rq->url.at)
        return fault_set(f, object.data, "a request needs a \"url\"");
    if (rq->body.at && rq->json.at)
        return fault_set(f, rq->json.at, "\"body\" and \"json\" do not go together");
    if (content && rq->method && !strcmp(rq->method, "HEAD"))
        return fault_set(f, rq->json.at ? rq->json.at : rq->body.at,
                         "HEAD sends no body");
    if (rq->fallback.at && !rq->optional)
        return fault_set(f, rq->fallback.at, "\"default\" needs \"optional\": true");
    if (rq->form == FORM_TEXT && (rq->pages.kind != PAGING_NONE || rq->selects))
        return fault_set(f, object.data,
                         "of \"as\": \"text\" there are no parts: it goes "
                         "with neither \"select\" nor \"paginate\"");
    return 0;
}

int spec_request_read(struct spec_request *rq, struct slice object,
                      struct slice defaults, struct fault *f)
{
    init(rq);
    if (read_object(rq, object, false, f) < 0)
        return -EINVAL;
    if (defaults.len && read_object(rq, defaults, true, f) < 0)
        return -EINVAL;
    return check_together(rq, object, f);
}

int spec_defaults_check(struct slice defaults, struct fault *f)
{
    struct spec_request rq = {0};
    int r;

    if (!defaults.len)
        return 0;
    init(&rq);
    r = read_object(&rq, defaults, true, f);
    spec_request_clear(&rq);
    return r;
}

static void clear_expect(struct expect *e)
{
    for (size_t i = 0; i < e->check_count; i++) {
        struct check *c = &e->checks[i];

        pattern_free(c->pattern);
        free((void *)c->pointer.data);
        template_clear(&c->equals);
    }
    free(e->checks);
}

void spec_request_clear(struct spec_request *rq)
{
    struct template *const templates[] = {&rq->url, &rq->body, &rq->json, &rq->foreach,
                                          &rq->fallback};

    for (size_t i = 0; i < ARRAY_LEN(templates); i++)
        template_clear(templates[i]);
    for (size_t i = 0; i < rq->header_count; i++) {
        free(rq->headers[i].name);
        template_clear(&rq->headers[i].value);
    }
    free(rq->headers);
    free(rq->name);
    free(rq->method);
    free((void *)rq->select.data);
    free((void *)rq->pages.pointer.data);
    free(rq->pages.parameter);
    clear_expect(&rq->expect);
    free(rq->needs);
}
