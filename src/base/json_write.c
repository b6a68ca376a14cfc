#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

/* What stands for c behind a backslash; 0: the long form \u00XX. */
static char short_escape(uint32_t c)
{
    static const char escapes[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

    return c < sizeof(escapes) ? escapes[c] : 0;
}

static bool needs_escape(uint32_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) ||
           c == 0x2028 || c == 0x2029;
}

static void append_escape(struct buf *out, uint32_t c)
{
    char letter = short_escape(c);

    if (letter)
        buf_append(out, (char[]){'\\', letter}, 2);
    else
        buf_appendf(out, "\\u%04x", (unsigned)c);
}

static bool is_plain_ascii(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Appends the character, or the byte that is no UTF-8, that s begins with; returns how
 * many bytes of s that is. */
static size_t append_char(struct buf *out, const char *s, size_t n)
{
    uint32_t c;
    size_t len = utf8_decode(s, n, &c);

    if (!len)
        buf_append_str(out, UTF8_REPLACEMENT);
    else if (needs_escape(c))
        append_escape(out, c);
    else
        buf_append(out, s, len);
    return len ? len : 1;
}

void json_append_string(struct buf *out, const char *s, size_t n)
{
    size_t at = 0;

    buf_append_char(out, '"');
    while (at < n) {
        size_t run = at;

        while (at < n && is_plain_ascii(s[at]))
            at++;
        buf_append(out, s + run, at - run);
        if (at < n)
            at += append_char(out, s + at, n - at);
    }
    buf_append_char(out, '"');
}

void json_append_cstr(struct buf *out, const char *s)
{
    if (s)
        json_append_string(out, s, strlen(s));
    else
        buf_append_str(out, "null");
}

void json_append_key(struct buf *out, const char *key)
{
    size_t n = strlen(key);
    bool first = out->len && out->data[out->len - 1] == '{';
    char *p = buf_reserve(out, n + 4), *start = p;

    if (!first)
        *p++ = ',';
    *p++ = '"';
    p = (char *)memcpy(p, key, n) + n;
    *p++ = '"';
    *p++ = ':';
    buf_commit(out, (size_t)(p - start));
}
