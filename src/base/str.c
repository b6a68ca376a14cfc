#include "base/str.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

bool char_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether n bytes are the same but for the case of ASCII letters. strncasecmp would
 * ask the locale. */
static bool equal_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (char_lower(a[i]) != char_lower(b[i]))
            return false;
    return true;
}

struct slice slice_str(const char *s)
{
    return (struct slice){s, strlen(s)};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
    while (s.len && is_blank(s.data[s.len - 1]))
        s.len--;
    while (s.len && is_blank(s.data[0])) {
        s.data++;
        s.len--;
    }
    return s;
}

bool slice_same(struct slice a, struct slice b)
{
    return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

bool slice_eq(struct slice a, const char *b)
{
    return slice_same(a, slice_str(b));
}

bool slice_eq_nocase(struct slice a, const char *b)
{
    return strlen(b) == a.len && equal_nocase(a.data, b, a.len);
}

char *slice_dup(struct slice s)
{
    char *copy = mem_alloc(s.len + 1);

    if (s.len)
        memcpy(copy, s.data, s.len);
    copy[s.len] = '\0';
    return copy;
}

bool slice_next(struct slice *rest, char sep, struct slice *part)
{
    const char *end;

    if (!rest->len)
        return false;
    end = memchr(rest->data, sep, rest->len);
    *part = *rest;
    if (!end) {
        rest->data += rest->len;
        rest->len = 0;
        return true;
    }
    part->len = (size_t)(end - rest->data);
    rest->data = end + 1;
    rest->len -= part->len + 1;
    return true;
}

bool str_starts(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

bool str_starts_nocase(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);

    return strnlen(s, n) == n && equal_nocase(s, prefix, n);
}
