#include "gather/link.h"

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

/* Whether "next" is one of the relations, which spaces part (RFC 8288, 3.3). */
static bool is_next(struct slice relations)
{
    struct slice part;

    while (slice_next(&relations, ' ', &part))
        if (slice_eq_nocase(part, "next"))
            return true;
    return false;
}

/* Reads the parameters of one link. Of several rel the first counts (3.3). */
static bool has_next(struct slice *s)
{
    bool seen = false, next = false, anchored = false;

    while (take(s, ';')) {
        struct slice name, value = {"", 0};

        skip_space(s);
        name = slice_trim(cut_before(s, "=;,"));
        if (take(s, '='))
            value = cut_value(s);
        anchored = anchored || slice_eq_nocase(name, "anchor");
        if (seen || !slice_eq_nocase(name, "rel"))
            continue;
        seen = true;
        next = is_next(value);
    }
    return next && !anchored;
}

bool link_next(struct slice value, struct slice *target)
{
    do {
        struct slice url;

        while (take(&value, ',')) /* empty elements of a list (RFC 9110, 5.6.1) */
            continue;
        if (!take(&value, '<'))
            return false;
        url = cut_before(&value, ">");
        if (!take(&value, '>'))
            return false;
        if (has_next(&value)) {
            *target = slice_trim(url);
            return true;
        }
    } while (take(&value, ','));
    return false;
}
