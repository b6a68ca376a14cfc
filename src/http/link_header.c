#include "http/link_header.h"

#include <string.h>

static void advance(struct slice *s, size_t n)
{
    s->data += n;
    s->len -= n;
}

static void skip_space(struct slice *s)
{
    while (s->len && char_is_space(*s->data))
        advance(s, 1);
}

static bool take(struct slice *s, char c)
{
    skip_space(s);
    if (!s->len || *s->data != c)
        return false;
    advance(s, 1);
    return true;
}

/* Cuts off what stands before the first of `ends`. */
static struct slice cut_before(struct slice *s, const char *ends)
{
    struct slice part = {s->data, 0};

    while (part.len < s->len && !strchr(ends, s->data[part.len]))
        part.len++;
    advance(s, part.len);
    return part;
}

/* The inside of a quoted string behind its first quote: relation types have no escapes,
 * others are only passed over (RFC 9110, 5.6.4). */
static struct slice cut_quoted(struct slice *s)
{
    struct slice part = {s->data, 0};

    while (part.len < s->len && s->data[part.len] != '"')
        part.len += s->data[part.len] == '\\' && part.len + 1 < s->len ? 2 : 1;
    advance(s, part.len);
    take(s, '"');
    return part;
}

static struct slice cut_value(struct slice *s)
{
    skip_space(s);
    if (s->len && *s->data == '"') {
        advance(s, 1);
        return cut_quoted(s);
    }
    return slice_trim(cut_before(s, ";,"));
}

/* ---- the interface ---- */

static void read_parameters(struct slice *s, struct link_header *l)
{
    bool seen = false;

    while (take(s, ';')) {
        struct slice name, value = {"", 0};

        skip_space(s);
        name = slice_trim(cut_before(s, "=;,"));
        if (take(s, '='))
            value = cut_value(s);
        l->anchored |= slice_eq_nocase(name, "anchor");
        if (seen || !slice_eq_nocase(name, "rel"))
            continue;
        seen = true;
        l->relations = value;
    }
}

bool link_header_next(struct slice *rest, struct link_header *l)
{
    struct slice s = *rest;

    *l = (struct link_header){.relations = {"", 0}};
    rest->len = 0;        /* unless it is well-formed */
    while (take(&s, ',')) /* empty elements of a list (RFC 9110, 5.6.1) */
        continue;
    if (!take(&s, '<'))
        return false;
    l->target = slice_trim(cut_before(&s, ">"));
    if (!take(&s, '>'))
        return false;
    read_parameters(&s, l);
    if (take(&s, ','))
        *rest = s;
    return true;
}

/* Spaces part them (RFC 8288, 3.3). */
bool link_header_has(const struct link_header *l, const char *relation)
{
    struct slice rest = l->relations, part;

    while (!l->anchored && slice_next(&rest, ' ', &part))
        if (slice_eq_nocase(part, relation))
            return true;
    return false;
}
