#include "markup/chars.h"

#include <string.h>

#include "base/utf8.h"

enum { ENCODED_MAX = 8 };

static size_t encode_1252(uint32_t cp, char *out)
{
    for (unsigned byte = 0x80; byte < 0x100; byte++)
        if (charset_windows_1252((unsigned char)byte) == cp) {
            *out = (char)byte;
            return 1;
        }
    return 0;
}

static size_t encode_iconv(struct chars *c, struct slice utf8, char *out)
{
    char *from = (char *)utf8.data; /* iconv(3) does not write there */
    size_t left = utf8.len, room = ENCODED_MAX;

    if (!c->has_encoder) {
        c->encoder = iconv_open(c->charset->iconv, "UTF-8");
        c->has_encoder = c->encoder != (iconv_t)-1;
    }
    if (!c->has_encoder)
        return 0;
    iconv(c->encoder, NULL, NULL, NULL, NULL);
    if (iconv(c->encoder, &from, &left, &out, &room) != 0)
        return 0; /* there is none, or it is one that only looks like it */
    return ENCODED_MAX - room;
}

/* The character at the front of s, which is beyond ASCII; returns its length. */
static size_t encode(struct chars *c, struct slice s, struct buf *out)
{
    char bytes[ENCODED_MAX];
    uint32_t cp = 0;
    size_t len = utf8_decode(s.data, s.len, &cp), n;

    n = c->kind == CHARS_1252 ? encode_1252(cp, bytes)
                              : encode_iconv(c, (struct slice){s.data, len}, bytes);
    for (size_t i = 0; i < n; i++)
        buf_appendf(out, "%%%02X", (unsigned char)bytes[i]);
    if (!n) /* as browsers do: "&#1234;" */
        buf_appendf(out, "%%26%%23%u%%3B", (unsigned)cp);
    return len ? len : 1;
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] & 0x80)
            return false;
    return true;
}

struct slice chars_encode_query(struct chars *c, struct slice url, struct buf *out)
{
    struct slice query = {NULL, 0};
    const char *end;

    if (c->kind != CHARS_1252 && c->kind != CHARS_ICONV)
        return url;
    end = memchr(url.data, '#', url.len);
    query.len = end ? (size_t)(end - url.data) : url.len;
    query.data = memchr(url.data, '?', query.len);
    if (!query.data)
        return url;
    query.len -= (size_t)(query.data - url.data);
    if (is_ascii(query))
        return url;
    buf_reset(out);
    buf_append(out, url.data, (size_t)(query.data - url.data));
    for (size_t i = 0; i < query.len;)
        if (query.data[i] & 0x80)
            i += encode(c, (struct slice){query.data + i, query.len - i}, out);
        else
            buf_append_char(out, query.data[i++]);
    buf_append(out, query.data + query.len,
               url.len - (size_t)(query.data + query.len - url.data));
    return (struct slice){out->data, out->len};
}
