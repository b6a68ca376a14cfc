/* A spec as a whole. */
#include "gather/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "gather/spec_internal.h"

/* Where the parts of a spec stand; len 0: there is none. */
struct parts {
    struct slice defaults, vars, requests, output, schema;
};

static int refuse_text(struct slice text, size_t where, int error, struct fault *f)
{
    const char *at = text.data + where;
    uint32_t cp;

    if (error == -ERANGE)
        return fault_set(f, at, "nested deeper than %d", JSON_MAX_DEPTH);
    if (where == text.len)
        return fault_set(f, at,
                         text.len ? "the spec ends too early" : "the spec is empty");
    if (!utf8_decode(at, text.len - where, &cp))
        return fault_set(f, at, "this is not UTF-8");
    return fault_set(f, at, "this is not JSON");
}

static struct slice *part_of(struct parts *p, const char *name)
{
    if (!strcmp(name, "defaults"))
        return &p->defaults;
    if (!strcmp(name, "vars"))
        return &p->vars;
    if (!strcmp(name, "requests"))
        return &p->requests;
    if (!strcmp(name, "output"))
        return &p->output;
    return strcmp(name, "$schema") ? NULL : &p->schema;
}

static int read_part(struct parts *p, struct slice key, struct slice value,
                     struct fault *f)
{
    static const char *const known[] = {"defaults", "vars", "requests", "output", NULL};
    char *name = spec_read_string(key, "a field's name", f);
    struct slice *part = name ? part_of(p, name) : NULL;
    int r = 0;

    if (!name)
        return -EINVAL;
    if (!part)
        r = spec_unknown(key, "field", name, known, f);
    else if (part->len)
        r = fault_set(f, key.data, "\"%s\" is given twice", name);
    else
        *part = value;
    free(name);
    return r;
}

static int read_parts(struct parts *p, struct slice text, struct fault *f)
{
    struct json_iter it = json_iter(text);

    if (spec_want_object(text, "a spec", f) < 0)
        return -EINVAL;
    while (json_next(&it))
        if (read_part(p, it.key, it.value, f) < 0)
            return -EINVAL;
    return p->requests.len ? spec_want_object(p->requests, "\"requests\"", f)
                           : fault_set(f, text.data, "a spec needs \"requests\"");
}

static int read_requests(struct spec *s, const struct parts *p, struct fault *f)
{
    struct json_iter it = json_iter(p->requests);
    size_t room = 0;

    while (json_next(&it)) {
        struct spec_request *rq;

        if (s->request_count == SPEC_MOST_REQUESTS)
            return fault_set(f, it.key.data, "more than %d requests",
                             SPEC_MOST_REQUESTS);
        if (s->request_count == room) {
            room = room ? room * 2 : 8;
            s->requests = mem_reallocarray(s->requests, room, sizeof(*s->requests));
        }
        rq = &s->requests[s->request_count++];
        *rq = (struct spec_request){.at = it.key.data};
        rq->name = spec_read_string(it.key, "a request's name", f);
        if (!rq->name || spec_request_read(rq, it.value, p->defaults, f) < 0)
            return -EINVAL;
    }
    return s->request_count ? 0 : fault_set(f, p->requests.data, "there is no request");
}

/* The document has a list of that name. */
static int check_errors_name(const struct spec *s, const struct parts *p,
                             struct fault *f)
{
    struct slice value;
    size_t i = spec_find_request(s, "errors");

    if (!p->output.len && i < s->request_count)
        return fault_set(f, s->requests[i].at,
                         "\"errors\" is what the document calls its list of failures");
    if (p->output.len && json_member(p->output, "errors", &value))
        return fault_set(f, value.data,
                         "\"errors\" is what the document calls its list of failures");
    return 0;
}

static int read_all(struct spec *s, const struct parts *p, const struct spec_options *o,
                    struct fault *f)
{
    if (spec_defaults_check(p->defaults, f) < 0 ||
        spec_read_variables(s, p->vars, o, f) < 0 || read_requests(s, p, f) < 0)
        return -EINVAL;
    if (p->output.len && template_parse_json(&s->output, p->output, f) < 0)
        return -EINVAL;
    if (check_errors_name(s, p, f) < 0 || spec_look_up(s, f) < 0 || spec_plan(s, f) < 0)
        return -EINVAL;
    return spec_check(s, f);
}

struct spec *spec_new(struct slice text, const struct spec_options *o, struct fault *f)
{
    struct spec *s = mem_zalloc(sizeof(*s));
    struct parts parts = {0};
    size_t where;
    int r;

    if (text.len >= 3 && !memcmp(text.data, "\xef\xbb\xbf", 3))
        text = (struct slice){text.data + 3, text.len - 3};
    if ((r = json_compact(NULL, text, &where)) < 0)
        r = refuse_text(text, where, r, f);
    else if ((r = read_parts(&parts, slice_trim(text), f)) == 0)
        r = read_all(s, &parts, o, f);
    if (r == 0)
        return s;
    spec_free(s);
    return NULL;
}

void spec_free(struct spec *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->request_count; i++)
        spec_request_clear(&s->requests[i]);
    for (size_t i = 0; i < s->variable_count; i++) {
        free(s->variables[i].name);
        free(s->variables[i].json);
    }
    free(s->requests);
    free(s->variables);
    template_clear(&s->output);
    free(s);
}

int spec_each_template(struct spec_request *rq,
                       int (*fn)(struct template *t, void *arg), void *arg)
{
    struct template *const single[] = {&rq->foreach, &rq->url, &rq->body, &rq->json};
    int r = 0;

    for (size_t i = 0; r == 0 && i < ARRAY_LEN(single); i++)
        r = fn(single[i], arg);
    for (size_t i = 0; r == 0 && i < rq->header_count; i++)
        r = fn(&rq->headers[i].value, arg);
    for (size_t i = 0; r == 0 && i < rq->expect.check_count; i++)
        r = fn(&rq->expect.checks[i].equals, arg);
    return r;
}
