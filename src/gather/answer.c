#include "gather/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "gather/pointer.h"
#include "output/record_facts.h"

/* ---- the value ---- */

/* The body without a byte order mark (RFC 8259, 8.1: it may be passed over). */
static struct slice body_of(const struct response *rs)
{
    struct slice body = {rs->body.data, rs->body.len};

    if (body.len >= 3 && memcmp(body.data, "\xef\xbb\xbf", 3) == 0)
        body = (struct slice){body.data + 3, body.len - 3};
    return body;
}

static int append_text(struct buf *out, const struct response *rs, struct failure *f)
{
    struct buf scratch = BUF_INIT;
    struct slice text;
    bool is = record_body_text(rs, &scratch, &text);

    if (is)
        json_append_string(out, text.data, text.len);
    buf_clear(&scratch);
    if (is)
        return 0;
    failure_set(f, HTTP_DECODE, "the body is neither JSON nor text");
    return -EINVAL;
}

static int refuse_json(const struct response *rs, size_t where, int error,
                       struct failure *f)
{
    if (error == -ERANGE)
        failure_set(f, HTTP_DECODE, "the body is nested deeper than %d",
                    JSON_MAX_DEPTH);
    else if (!rs->body.len)
        failure_set(f, HTTP_DECODE, "the body is empty, and no JSON");
    else
        failure_set(f, HTTP_DECODE, "the body is not JSON: byte %zu is wrong",
                    where + 1);
    return -EINVAL;
}

int answer_read(struct buf *out, const struct response *rs, enum answer_form form,
                struct failure *f)
{
    struct slice body = body_of(rs);
    size_t where = 0;
    int r;

    if (form == FORM_TEXT)
        return append_text(out, rs, f);
    if (!body.len && form == FORM_AUTO) {
        buf_append_str(out, "null");
        return 0;
    }
    r = json_compact(out, body, &where);
    if (r == 0)
        return 0;
    if (form == FORM_JSON || record_body_is_json(rs) || r == -ERANGE)
        return refuse_json(rs, where, r, f);
    return append_text(out, rs, f);
}

/* ---- what was expected ---- */

/* Both are compact. Strings are equal when they stand for the same, whatever is
 * escaped; numbers, and what holds others, as they are written. */
static bool equal(struct slice a, struct slice b)
{
    struct buf text = BUF_INIT;
    bool same;

    if (json_type(a) != JSON_STRING || json_type(b) != JSON_STRING)
        return slice_same(a, b);
    json_append_unquoted(&text, a);
    same = json_string_is(b, (struct slice){text.data, text.len});
    buf_clear(&text);
    return same;
}

static bool matches(struct slice value, const struct check *c)
{
    struct buf text = BUF_INIT;
    bool is;

    json_append_text(&text, value);
    is = pattern_matches(c->pattern, text.data, text.len);
    buf_clear(&text);
    return is;
}

/* 1: as expected. 0: not. -EINVAL with *why: what it is to equal is not there. */
static int holds(struct slice value, const struct check *c, const struct scope *s,
                 char **why)
{
    struct buf wanted = BUF_INIT;
    int r;

    if (c->pattern)
        return matches(value, c);
    r = expand(&wanted, &c->equals, s, why);
    if (r == 0)
        r = equal(value, (struct slice){wanted.data, wanted.len});
    buf_clear(&wanted);
    return r;
}

static int unexpected(struct failure *f, const struct check *c, const char *what)
{
    failure_set(f, HTTP_UNEXPECTED, "%.*s %s", c->pointer.len ? (int)c->pointer.len : 8,
                c->pointer.len ? c->pointer.data : "the body", what);
    return -EINVAL;
}

int answer_check(struct slice value, const struct expect *e, const struct scope *s,
                 struct failure *f)
{
    for (size_t i = 0; i < e->check_count; i++) {
        const struct check *c = &e->checks[i];
        struct slice part;
        char *why = NULL;
        int r;

        if (!pointer_find(value, c->pointer, &part))
            return unexpected(f, c, "is not there");
        r = holds(part, c, s, &why);
        if (why)
            failure_set(f, HTTP_REFERENCE, "%s", why);
        free(why);
        if (r < 0)
            return r;
        if (!r)
            return unexpected(f, c, c->pattern ? "does not match" : "is another value");
    }
    return 0;
}
