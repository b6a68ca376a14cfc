#include "gather/pager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/url.h"
#include "gather/pointer.h"
#include "http/link_header.h"

/* ---- parameters ---- */

/* Whether the parameter "name=..." has that name, in any spelling. */
static bool is_named(struct slice parameter, const char *name)
{
    const char *sign = memchr(parameter.data, '=', parameter.len);
    struct slice own = {parameter.data,
                        sign ? (size_t)(sign - parameter.data) : parameter.len};
    struct buf plain = BUF_INIT;
    bool is;

    percent_decode(&plain, own);
    is = slice_eq((struct slice){plain.data ? plain.data : "", plain.len}, name);
    buf_clear(&plain);
    return is;
}

static void append_parameter(struct buf *out, const char *name, struct slice value)
{
    percent_encode(out, slice_str(name));
    buf_append_char(out, '=');
    percent_encode(out, value);
}

char *pager_set_parameter(const char *url, const char *name, struct slice value)
{
    size_t n = strcspn(url, "#"), base = strcspn(url, "?#");
    struct slice query = {url + base + 1, n > base ? n - base - 1 : 0}, part;
    struct buf out = BUF_INIT;
    char separator = '?';
    bool set = false;

    buf_append(&out, url, base);
    while (slice_next(&query, '&', &part)) {
        if (is_named(part, name)) {
            if (set)
                continue;
            set = true;
            buf_append_char(&out, separator);
            append_parameter(&out, name, value);
        } else {
            buf_append_char(&out, separator);
            buf_append(&out, part.data, part.len);
        }
        separator = '&';
    }
    if (!set) {
        buf_append_char(&out, separator);
        append_parameter(&out, name, value);
    }
    buf_append_str(&out, url + n);
    return buf_take(&out);
}

static char *numbered(const struct pager *p)
{
    struct buf number = BUF_INIT;
    char *url;

    buf_append_int(&number, p->number);
    url = pager_set_parameter(p->first_url, p->rule->parameter,
                              (struct slice){number.data, number.len});
    buf_clear(&number);
    return url;
}

static bool counts(const struct pager *p)
{
    return p->rule->kind == PAGING_PAGE || p->rule->kind == PAGING_OFFSET;
}

/* Whether the URL is new; then it is remembered. */
static bool remember(struct pager *p, const char *url)
{
    char *copy;

    if (map_get(&p->seen, url))
        return false;
    copy = mem_strdup(url);
    map_set(&p->seen, copy, copy);
    return true;
}

char *pager_begin(struct pager *p, const struct pages *rule, const char *url)
{
    char *first;

    *p = (struct pager){.rule = rule, .number = rule->start};
    map_init(&p->seen);
    p->first_url = mem_strdup(url);
    first = counts(p) ? numbered(p) : mem_strdup(url);
    remember(p, first);
    return first;
}

void pager_clear(struct pager *p)
{
    size_t pos = 0;
    char *url;

    if (!p->rule)
        return;
    while ((url = map_next(&p->seen, &pos))) {
        map_remove(&p->seen, url);
        free(url);
    }
    map_clear(&p->seen);
    buf_clear(&p->joined);
    buf_clear(&p->previous);
    free(p->first_url);
}

/* ---- where the next page is ---- */

/* A value that says that there is no more: null, false, nothing. */
static bool is_nothing(struct slice value)
{
    return slice_eq(value, "null") || slice_eq(value, "false") ||
           slice_eq(value, "\"\"");
}

static bool find_link(const struct response *rs, struct buf *out)
{
    struct slice name, value;
    struct link_header l;
    size_t pos = 0;

    while (headers_next(&rs->headers, &pos, &name, &value))
        while (slice_eq_nocase(name, "Link") && link_header_next(&value, &l))
            if (link_header_has(&l, "next")) {
                buf_append(out, l.target.data, l.target.len);
                return true;
            }
    return false;
}

/* The text that the answer has for what is next: 1, 0 without, -EINVAL when it is none.
 */
static int find_text(const struct pager *p, const struct response *rs,
                     struct slice value, struct buf *out)
{
    struct slice found;
    enum json_type type;

    if (p->rule->kind == PAGING_LINK)
        return find_link(rs, out);
    if (!pointer_find(value, p->rule->pointer, &found) || is_nothing(found))
        return 0;
    type = json_type(found);
    if (type == JSON_STRING)
        json_append_unquoted(out, found);
    else if (type == JSON_NUMBER && p->rule->kind == PAGING_CURSOR)
        buf_append(out, found.data, found.len);
    else
        return -EINVAL;
    return out->len && memchr(out->data, '\0', out->len) ? -EINVAL : 1;
}

static enum pager_next fail(struct failure *f, enum http_error error, const char *text)
{
    failure_set(f, error, "%s", text);
    return PAGER_FAILED;
}

static enum pager_next follow(struct pager *p, struct slice text, const char *base,
                              char **next, struct failure *f)
{
    enum url_error wrong = URL_OK;
    char *reference;

    if (p->rule->kind == PAGING_CURSOR) {
        *next = pager_set_parameter(p->first_url, p->rule->parameter, text);
    } else {
        reference = slice_dup(text);
        *next = url_resolve(base, reference, &wrong);
        free(reference);
    }
    if (!*next)
        return fail(f, HTTP_REDIRECT_REFUSED,
                    "the next page is at no URL of http or https");
    if (remember(p, *next))
        return PAGER_MORE;
    free(*next);
    *next = NULL;
    return fail(f, HTTP_PROTOCOL, "the next page is one that was there before");
}

static enum pager_next find_next(struct pager *p, const struct response *rs,
                                 struct slice value, const char *base, char **next,
                                 struct failure *f)
{
    struct buf text = BUF_INIT;
    int found = find_text(p, rs, value, &text);
    enum pager_next r = PAGER_END;

    if (found < 0)
        r = fail(f, HTTP_REFERENCE, "where the next page should be is another value");
    else if (found)
        r = follow(p, (struct slice){text.data ? text.data : "", text.len}, base, next,
                   f);
    buf_clear(&text);
    return r;
}

/* ---- pages ---- */

static size_t count_elements(struct slice array)
{
    struct json_iter it = json_iter(array);
    size_t n = 0;

    while (json_next(&it))
        n++;
    return n;
}

/* A server that does not know the parameter sends the same for ever. */
static bool repeats(struct pager *p, struct slice inner)
{
    bool same = p->count > 0 &&
                slice_same((struct slice){p->previous.data, p->previous.len}, inner);

    buf_reset(&p->previous);
    buf_append(&p->previous, inner.data, inner.len);
    return same;
}

static enum pager_next next_number(struct pager *p, struct slice elements,
                                   struct slice inner, char **next, struct failure *f)
{
    if (!inner.len)
        return PAGER_END;
    if (repeats(p, inner))
        return fail(f, HTTP_PROTOCOL, "a page is the same as the one before it");
    p->number += p->rule->kind == PAGING_PAGE ? 1 : (int64_t)count_elements(elements);
    *next = numbered(p);
    return PAGER_MORE;
}

static void join(struct pager *p, struct slice inner)
{
    if (inner.len && p->joined.len)
        buf_append_char(&p->joined, ',');
    buf_append(&p->joined, inner.data, inner.len);
}

/* Another page, of which there are as many as may be. */
static enum pager_next too_many(struct pager *p, char **next, struct failure *f)
{
    free(*next);
    *next = NULL;
    p->cut = true;
    if (p->rule->max_given)
        return PAGER_END;
    failure_set(f, HTTP_TOO_LARGE, "more than %u pages; max_pages may allow more",
                p->rule->max);
    return PAGER_FAILED;
}

enum pager_next pager_take(struct pager *p, const struct response *rs,
                           struct slice value, struct slice elements, const char *base,
                           char **next, struct failure *f)
{
    struct slice inner = {"", 0};
    enum pager_next r;

    *next = NULL;
    if (json_type(elements) == JSON_ARRAY)
        inner = (struct slice){elements.data + 1, elements.len - 2};
    else if (!counts(p) || !is_nothing(elements)) /* 204 is an empty page */
        return fail(f, HTTP_REFERENCE,
                    "a page is no array; \"select\" says where it is");
    r = counts(p) ? next_number(p, elements, inner, next, f)
                  : find_next(p, rs, value, base, next, f);
    p->count++;
    if (r == PAGER_FAILED)
        return r;
    join(p, inner);
    return r == PAGER_MORE && p->count >= p->rule->max ? too_many(p, next, f) : r;
}

void pager_append(const struct pager *p, struct buf *out)
{
    buf_append_char(out, '[');
    buf_append(out, p->joined.data, p->joined.len);
    buf_append_char(out, ']');
}
