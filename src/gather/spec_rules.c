/* What a spec says of pages and of what is expected. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "gather/spec_internal.h"

enum { MOST_PAGES = 1000000, DEFAULT_PAGES = 1000 };

/* ---- paginate ---- */

static int read_next(struct pages *p, struct slice value, struct fault *f)
{
    if (slice_eq(value, "\"link\"")) {
        p->kind = PAGING_LINK;
        return 0;
    }
    p->kind = PAGING_POINTER;
    if (json_type(value) == JSON_STRING && value.len > 2 && value.data[1] != '/')
        return fault_set(
            f, value.data,
            "\"next\" must be \"link\" or a JSON pointer such as \"/next\"");
    return spec_read_pointer(value, &p->pointer, "\"next\"", f);
}

static int read_parameter(struct pages *p, struct slice value, const char *what,
                          struct fault *f)
{
    free(p->parameter);
    p->parameter = spec_read_string(value, what, f);
    if (!p->parameter)
        return -EINVAL;
    if (!*p->parameter)
        return fault_set(f, value.data, "%s must be the name of a parameter", what);
    return 0;
}

static int set_kind(struct pages *p, enum paging kind, struct slice key,
                    struct fault *f)
{
    if (p->kind != PAGING_NONE)
        return fault_set(
            f, key.data,
            "only one of \"next\", \"cursor\", \"page\" and \"offset\" says where "
            "pages are");
    p->kind = kind;
    return 0;
}

static int read_paginate_member(struct pages *p, const char *name, struct slice key,
                                struct slice value, struct fault *f)
{
    static const char *const known[] = {"next",   "cursor", "param",     "page",
                                        "offset", "start",  "max_pages", NULL};
    int64_t n;
    int r;

    if (!strcmp(name, "next"))
        return set_kind(p, PAGING_POINTER, key, f) < 0 ? -EINVAL
                                                       : read_next(p, value, f);
    if (!strcmp(name, "cursor"))
        return set_kind(p, PAGING_CURSOR, key, f) < 0
                   ? -EINVAL
                   : spec_read_pointer(value, &p->pointer, "\"cursor\"", f);
    if (!strcmp(name, "page"))
        return set_kind(p, PAGING_PAGE, key, f) < 0
                   ? -EINVAL
                   : read_parameter(p, value, "\"page\"", f);
    if (!strcmp(name, "offset"))
        return set_kind(p, PAGING_OFFSET, key, f) < 0
                   ? -EINVAL
                   : read_parameter(p, value, "\"offset\"", f);
    if (!strcmp(name, "param"))
        return read_parameter(p, value, "\"param\"", f);
    if (!strcmp(name, "start"))
        return spec_read_count(value, INT32_MAX, &p->start, "\"start\"", f);
    if (strcmp(name, "max_pages"))
        return spec_unknown(key, "field", name, known, f);
    r = spec_read_count(value, MOST_PAGES, &n, "\"max_pages\"", f);
    if (r == 0 && n == 0)
        r = fault_set(f, value.data, "\"max_pages\" must be 1 at least");
    p->max = (unsigned)n;
    p->max_given = true;
    return r;
}

static int check_paginate(const struct pages *p, bool start, struct slice value,
                          struct fault *f)
{
    bool counts = p->kind == PAGING_PAGE || p->kind == PAGING_OFFSET;

    if (p->kind == PAGING_NONE)
        return fault_set(
            f, value.data,
            "\"paginate\" needs \"next\", \"cursor\", \"page\" or \"offset\"");
    if (p->kind == PAGING_CURSOR && !p->parameter)
        return fault_set(f, value.data,
                         "\"cursor\" needs \"param\", the parameter it is sent as");
    if (start && !counts)
        return fault_set(f, value.data, "\"start\" goes with \"page\" and \"offset\"");
    return 0;
}

int spec_read_paginate(struct pages *p, struct slice value, struct fault *f)
{
    struct json_iter it = json_iter(value);

    if (spec_want_object(value, "\"paginate\"", f) < 0)
        return -EINVAL;
    p->max = DEFAULT_PAGES;
    p->start = -1;
    while (json_next(&it)) {
        char *name = spec_read_string(it.key, "a name", f);
        int r = name ? read_paginate_member(p, name, it.key, it.value, f) : -EINVAL;

        free(name);
        if (r < 0)
            return r;
    }
    if (check_paginate(p, p->start >= 0, value, f) < 0)
        return -EINVAL;
    if (p->start < 0)
        p->start = p->kind == PAGING_PAGE ? 1 : 0;
    return 0;
}

/* ---- expect ---- */

static struct check *add_check(struct expect *e)
{
    e->checks = mem_reallocarray(e->checks, e->check_count + 1, sizeof(*e->checks));
    e->checks[e->check_count] = (struct check){0};
    return &e->checks[e->check_count++];
}

static int read_pattern(struct check *c, struct slice value, struct fault *f)
{
    char *regex = spec_read_string(value, "a pattern", f);
    struct buf why = BUF_INIT;
    int r = -EINVAL;

    if (regex && (r = pattern_add(&c->pattern, regex, &why)) < 0)
        fault_set(f, value.data, "not a regular expression: %s", why.data);
    buf_clear(&why);
    free(regex);
    return r;
}

static int read_checks(struct expect *e, struct slice object, bool matches,
                       struct fault *f)
{
    struct json_iter it = json_iter(object);

    if (spec_want_object(object, matches ? "\"matches\"" : "\"equals\"", f) < 0)
        return -EINVAL;
    while (json_next(&it)) {
        struct check *c = add_check(e);
        int r = spec_read_pointer(it.key, &c->pointer, "a name here", f);

        if (r == 0)
            r = matches ? read_pattern(c, it.value, f)
                        : template_parse_json(&c->equals, it.value, f);
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_expect_member(struct expect *e, const char *name, struct slice key,
                              struct slice value, struct fault *f)
{
    static const char *const known[] = {"status", "equals", "matches", NULL};

    if (!strcmp(name, "status")) {
        e->has_statuses = true;
        return spec_read_statuses(value, &e->statuses, NULL, "\"status\"", f);
    }
    if (!strcmp(name, "equals"))
        return read_checks(e, value, false, f);
    if (!strcmp(name, "matches"))
        return read_checks(e, value, true, f);
    return spec_unknown(key, "field", name, known, f);
}

int spec_read_expect(struct expect *e, struct slice value, struct fault *f)
{
    struct json_iter it = json_iter(value);

    if (spec_want_object(value, "\"expect\"", f) < 0)
        return -EINVAL;
    while (json_next(&it)) {
        char *name = spec_read_string(it.key, "a name", f);
        int r = name ? read_expect_member(e, name, it.key, it.value, f) : -EINVAL;

        free(name);
        if (r < 0)
            return r;
    }
    return 0;
}
