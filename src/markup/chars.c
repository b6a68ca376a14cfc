#include "markup/chars.h"

#include <string.h>

#include "base/utf8.h"
#include "markup/charref.h"

enum { UNIT_MAX = CHARREF_MAX + 4 };

void chars_set(struct chars *c, const struct charset *charset)
{
    chars_clear(c);
    c->charset = charset;
    if (charset->kind != CHARSET_ICONV)
        return;
    c->cd = iconv_open("UTF-8", charset->iconv);
    c->has_cd = c->cd != (iconv_t)-1;
}

void chars_clear(struct chars *c)
{
    if (c->has_cd)
        iconv_close(c->cd);
    if (c->has_encoder)
        iconv_close(c->encoder);
    *c = (struct chars){0};
}

/* ---- one character ---- */

static size_t replace(char *out, size_t *len)
{
    *len = sizeof(UTF8_REPLACEMENT) - 1;
    memcpy(out, UTF8_REPLACEMENT, *len);
    return 1;
}

static size_t keep(const char *s, size_t n, char *out, size_t *len)
{
    memcpy(out, s, n);
    *len = n;
    return n;
}

/* The least number of bytes that is a character; none has more than four. */
static size_t read_iconv(const struct chars_value *v, struct slice s, char *out,
                         size_t *len)
{
    for (size_t n = 1; n <= 4 && n <= s.len; n++) {
        char *from = (char *)s.data, *to = out; /* iconv(3) does not write there */
        size_t left = n, room = UNIT_MAX;

        iconv(v->chars->cd, NULL, NULL, NULL, NULL);
        if (iconv(v->chars->cd, &from, &left, &to, &room) != (size_t)-1 &&
            room < UNIT_MAX) {
            *len = UNIT_MAX - room;
            return n;
        }
    }
    return replace(out, len);
}

static size_t read_beyond_ascii(const struct chars_value *v, struct slice s, char *out,
                                size_t *len)
{
    uint32_t cp;
    size_t n;

    switch (v->kind) {
    case CHARS_1252:
        *len = utf8_encode(charset_windows_1252((unsigned char)*s.data), out);
        return 1;
    case CHARS_ICONV:
        return read_iconv(v, s, out, len);
    default:
        n = utf8_decode(s.data, s.len, &cp);
        return n ? keep(s.data, n, out, len) : replace(out, len);
    }
}

/* One character or reference: how many bytes it takes, and in out and *len its UTF-8.
 */
static size_t read_unit(const struct chars_value *v, struct slice s, char *out,
                        size_t *len)
{
    size_t n;

    if (*s.data & 0x80)
        return read_beyond_ascii(v, s, out, len);
    if (*s.data == '&' && v->markup != CHARS_PLAIN) {
        n = charref_decode(s, v->markup == CHARS_ATTRIBUTE, out, len);
        if (n)
            return n;
    }
    return *s.data ? keep(s.data, 1, out, len) : replace(out, len);
}

/* ---- values ---- */

static bool is_plain(const struct chars_value *v, char c)
{
    return (unsigned char)(c - 1) < 0x7f && (c != '&' || v->markup == CHARS_PLAIN);
}

static size_t plain_length(const struct chars_value *v, struct slice s)
{
    size_t n = 0;

    while (n < s.len && is_plain(v, s.data[n]))
        n++;
    return n;
}

static enum chars_kind find_kind(struct chars *c, struct slice raw)
{
    if (c->has_cd)
        return CHARS_ICONV;
    if (c->charset && c->charset->kind == CHARSET_WINDOWS_1252)
        return CHARS_1252;
    if (c->charset && c->charset->kind != CHARSET_GUESSED)
        return CHARS_UTF8;
    if (utf8_valid(raw.data, raw.len))
        return CHARS_UTF8;
    c->not_utf8 = true;
    return CHARS_1252;
}

static struct slice from(struct slice s, size_t n)
{
    return (struct slice){s.data + n, s.len - n};
}

static void read_rest(struct chars_value *v, size_t plain, struct buf *out)
{
    struct slice rest = from(v->raw, plain);

    buf_append(out, v->raw.data, plain);
    while (rest.len) {
        size_t len = 0, n = plain_length(v, rest);

        if (n) {
            buf_append(out, rest.data, n);
        } else {
            n = read_unit(v, rest, buf_reserve(out, UNIT_MAX), &len);
            buf_commit(out, len);
        }
        rest = from(rest, n);
    }
    v->text = (struct slice){out->data, out->len};
}

void chars_read(struct chars_value *v, struct chars *c, struct slice raw,
                enum chars_markup markup, struct buf *out)
{
    size_t plain;

    v->chars = c;
    v->kind = c->kind = CHARS_SAME;
    v->markup = markup;
    v->raw = v->text = raw;
    v->raw_at = v->text_at = 0;
    plain = plain_length(v, raw);
    if (plain == raw.len)
        return;
    buf_reset(out);
    v->kind = c->kind = find_kind(c, raw);
    read_rest(v, plain, out);
}

size_t chars_where(struct chars_value *v, size_t offset)
{
    if (v->kind == CHARS_SAME)
        return offset;
    while (v->text_at < offset && v->raw_at < v->raw.len) {
        char unit[UNIT_MAX];
        size_t len;

        v->raw_at += read_unit(v, from(v->raw, v->raw_at), unit, &len);
        v->text_at += len;
    }
    return v->raw_at;
}
