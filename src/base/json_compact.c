#include "base/json.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* One pass over the text. Everything up to `copied` is in the output already, so that
 * text without white space goes there in one piece. The stack of open containers is a
 * bit each: set for an object. */
struct scan {
    const char *p, *end;
    const char *copied;
    char *to; /* NULL: nothing is written */
    size_t depth;
    bool too_deep;
    uint8_t objects[JSON_MAX_DEPTH / 8 + 1];
};

static char peek(const struct scan *s)
{
    return s->p < s->end ? *s->p : '\0';
}

static bool take(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static void copy_run(struct scan *s)
{
    size_t n = (size_t)(s->p - s->copied);

    if (s->to && n)
        s->to = (char *)memcpy(s->to, s->copied, n) + n;
    s->copied = s->p;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void drop_space(struct scan *s)
{
    if (!is_space(peek(s)))
        return;
    copy_run(s);
    while (is_space(peek(s)))
        s->p++;
    s->copied = s->p;
}

static bool scan_literal(struct scan *s, const char *word)
{
    for (; *word; word++)
        if (!take(s, *word))
            return false;
    return true;
}

static bool scan_digits(struct scan *s)
{
    const char *first = s->p;

    while (char_is_digit(peek(s)))
        s->p++;
    return s->p > first;
}

static bool scan_number(struct scan *s)
{
    take(s, '-');
    if (!take(s, '0') && !scan_digits(s))
        return false;
    if (take(s, '.') && !scan_digits(s))
        return false;
    if (!take(s, 'e') && !take(s, 'E'))
        return true;
    if (!take(s, '+'))
        take(s, '-');
    return scan_digits(s);
}

static bool scan_escape(struct scan *s)
{
    if (s->p == s->end || !strchr("\"\\/bfnrtu", *s->p) || !*s->p)
        return false;
    if (*s->p++ != 'u')
        return true;
    for (int i = 0; i < 4; i++, s->p++)
        if (!strchr("0123456789abcdefABCDEF", peek(s)) || !peek(s))
            return false;
    return true;
}

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* Whether eight bytes hold no quote, backslash, control character or byte over 0x7f:
 * a byte below x borrows into its top bit in `w - x`. */
static bool eight_plain(const char *p)
{
    uint64_t w, quote, backslash;

    memcpy(&w, p, 8);
    quote = w ^ EACH_BYTE('"');
    backslash = w ^ EACH_BYTE('\\');
    return !((w | (w - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) |
              (backslash - EACH_BYTE(1))) &
             EACH_BYTE(0x80));
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void skip_plain(struct scan *s)
{
    while (s->end - s->p >= 8 && eight_plain(s->p))
        s->p += 8;
    while (s->p < s->end && is_plain((unsigned char)*s->p))
        s->p++;
}

/* What stands in a string and is not plain: an escape, or a character beyond ASCII. */
static bool scan_special(struct scan *s)
{
    uint32_t cp;
    size_t len;

    if (take(s, '\\'))
        return scan_escape(s);
    len = utf8_decode(s->p, (size_t)(s->end - s->p), &cp);
    if (!len || cp < 0x20)
        return false;
    s->p += len;
    return true;
}

static bool scan_string(struct scan *s)
{
    if (!take(s, '"'))
        return false;
    for (skip_plain(s); !take(s, '"'); skip_plain(s))
        if (!scan_special(s))
            return false;
    return true;
}

static bool scan_scalar(struct scan *s)
{
    switch (peek(s)) {
    case '"':
        return scan_string(s);
    case 't':
        return scan_literal(s, "true");
    case 'f':
        return scan_literal(s, "false");
    case 'n':
        return scan_literal(s, "null");
    default:
        return scan_number(s);
    }
}

static bool in_object(const struct scan *s)
{
    return s->objects[(s->depth - 1) / 8] >> (s->depth - 1) % 8 & 1;
}

static bool open_container(struct scan *s)
{
    unsigned bit = 1u << s->depth % 8;
    uint8_t *byte = &s->objects[s->depth / 8];

    s->too_deep = s->depth == JSON_MAX_DEPTH;
    if (s->too_deep)
        return false;
    *byte = (uint8_t)(*s->p == '{' ? *byte | bit : *byte & ~bit);
    s->depth++;
    s->p++;
    drop_space(s);
    return true;
}

static bool scan_key(struct scan *s)
{
    drop_space(s);
    if (!scan_string(s))
        return false;
    drop_space(s);
    return take(s, ':');
}

static char closer(const struct scan *s)
{
    return in_object(s) ? '}' : ']';
}

/* Behind a value: closes every container that ends here, or takes the comma (and the
 * key) before the next value. */
static bool scan_after(struct scan *s)
{
    while (s->depth) {
        drop_space(s);
        if (take(s, ','))
            return !in_object(s) || scan_key(s);
        if (!take(s, closer(s)))
            return false;
        s->depth--;
    }
    return true;
}

/* Each turn takes one scalar, or opens one container. */
static bool scan_text(struct scan *s)
{
    do {
        drop_space(s);
        if (peek(s) == '{' || peek(s) == '[') {
            if (!open_container(s))
                return false;
            if (peek(s) != closer(s)) {
                if (in_object(s) && !scan_key(s))
                    return false;
                continue;
            }
        } else if (!scan_scalar(s)) {
            return false;
        }
        if (!scan_after(s))
            return false;
    } while (s->depth);
    drop_space(s);
    copy_run(s);
    return s->p == s->end;
}

int json_compact(struct buf *out, struct slice text, size_t *where)
{
    char *start = out ? buf_reserve(out, text.len) : NULL;
    struct scan s;
    bool ok;

    if (!text.len)
        text.data = ""; /* an empty buffer has none */
    s.p = s.copied = text.data;
    s.end = text.data + text.len;
    s.to = start;
    s.depth = 0; /* `objects` needs no start: a bit is set before it is read */
    s.too_deep = false;
    ok = scan_text(&s);
    if (out)
        buf_commit(out, ok ? (size_t)(s.to - start) : 0);
    if (!ok && where)
        *where = (size_t)(s.p - text.data);
    return ok ? 0 : s.too_deep ? -ERANGE : -EINVAL;
}
