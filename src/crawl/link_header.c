#include "crawl/link_header.h"

#include <string.h>

#include "base/mem.h"

static const struct {
    const char *rel;
    enum link_kind kind;
} relations[] = {
    {"canonical", LINK_CANONICAL},  {"next", LINK_RELATED},
    {"prev", LINK_RELATED},         {"previous", LINK_RELATED},
    {"first", LINK_RELATED},        {"last", LINK_RELATED},
    {"up", LINK_RELATED},           {"start", LINK_RELATED},
    {"contents", LINK_RELATED},     {"index", LINK_RELATED},
    {"alternate", LINK_RELATED},    {"stylesheet", LINK_STYLE},
    {"icon", LINK_IMAGE},           {"preload", LINK_SCRIPT},
    {"modulepreload", LINK_SCRIPT},
};

static void skip(struct slice *s, size_t n)
{
    n = n < s->len ? n : s->len;
    s->data += n;
    s->len -= n;
}

static void skip_space(struct slice *s)
{
    while (s->len && char_is_space(s->data[0]))
        skip(s, 1);
}

/* How far it is to one of these bytes, or to the end. */
static size_t length_to(struct slice s, const char *bytes)
{
    size_t n = 0;

    while (n < s.len && !(s.data[n] && strchr(bytes, s.data[n])))
        n++;
    return n;
}

/* Cuts a quoted string off, without its quotes; escapes stay, no relation has any. */
static struct slice quoted(struct slice *rest)
{
    struct slice value;
    size_t n = 1;

    while (n < rest->len && rest->data[n] != '"')
        n += rest->data[n] == '\\' ? 2 : 1;
    n = n < rest->len ? n : rest->len;
    value = (struct slice){rest->data + 1, n - 1};
    skip(rest, n + 1);
    return value;
}

/* Cuts `; name=value` off; false when something else is in front. */
static bool next_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t n;

    skip_space(rest);
    if (!rest->len || rest->data[0] != ';')
        return false;
    skip(rest, 1);
    n = length_to(*rest, "=;,");
    *name = slice_trim((struct slice){rest->data, n});
    *value = (struct slice){"", 0};
    skip(rest, n);
    if (!rest->len || rest->data[0] != '=')
        return true;
    skip(rest, 1);
    skip_space(rest);
    if (rest->len && rest->data[0] == '"') {
        *value = quoted(rest);
        return true;
    }
    n = length_to(*rest, ";,");
    *value = slice_trim((struct slice){rest->data, n});
    skip(rest, n);
    return true;
}

/* The first relation that is known decides. */
static void take_relations(struct slice rels, struct link *l, bool *known)
{
    struct slice rel;

    while (slice_next(&rels, ' ', &rel)) {
        l->nofollow |= slice_eq_nocase(rel, "nofollow");
        for (size_t i = 0; i < ARRAY_LEN(relations) && !*known; i++)
            if (slice_eq_nocase(rel, relations[i].rel)) {
                l->kind = relations[i].kind;
                *known = true;
            }
    }
}

/* Only the first rel= counts (RFC 8288, 3.3). */
static bool take_parameters(struct slice *rest, struct link *l)
{
    struct slice name, value;
    bool seen = false, known = false, elsewhere = false;

    while (next_parameter(rest, &name, &value)) {
        if (slice_eq_nocase(name, "rel") && !seen) {
            take_relations(value, l, &known);
            seen = true;
        }
        elsewhere |= slice_eq_nocase(name, "anchor");
    }
    return known && !elsewhere;
}

bool link_header_next(struct slice *rest, struct link *l)
{
    while (rest->len) {
        size_t n;

        skip(rest, length_to(*rest, "<"));
        skip(rest, 1);
        n = length_to(*rest, ">");
        if (n == rest->len)
            break;
        *l = (struct link){.url = slice_trim((struct slice){rest->data, n}),
                           .offset = -1};
        skip(rest, n + 1);
        if (take_parameters(rest, l))
            return true;
    }
    rest->len = 0;
    return false;
}
