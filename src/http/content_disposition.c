#include "http/content_disposition.h"

#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "base/utf8.h"

static void skip(struct slice *s, size_t n)
{
    n = n < s->len ? n : s->len;
    s->data += n;
    s->len -= n;
}

static size_t length_to(struct slice s, char a, char b)
{
    size_t n = 0;

    while (n < s.len && s.data[n] != a && s.data[n] != b)
        n++;
    return n;
}

/* Of the quoted string at the front of s, with its quotes; 0: it has no end. */
static size_t quoted_length(struct slice s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.data[i] == '"')
            return i + 1;
        if (s.data[i] == '\\')
            i++;
    }
    return 0;
}

/* Cuts the next of the parts that ";" ends off *rest. One without "=", as the type in
 * front, has an empty value, and so has one whose quotes have no end. */
static bool next_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t n = length_to(*rest, '=', ';');

    if (!rest->len)
        return false;
    *name = slice_trim((struct slice){rest->data, n});
    skip(rest, n);
    *value = (struct slice){rest->data, 0};
    if (rest->len && rest->data[0] == '=') {
        skip(rest, 1);
        while (rest->len && char_is_space(rest->data[0]))
            skip(rest, 1);
        n = rest->len && rest->data[0] == '"' ? quoted_length(*rest)
                                              : length_to(*rest, ';', ';');
        *value = slice_trim((struct slice){rest->data, n});
        skip(rest, n);
    }
    skip(rest, length_to(*rest, ';', ';') + 1);
    return true;
}

static bool find(struct slice rest, const char *wanted, struct slice *value)
{
    struct slice name;

    while (next_parameter(&rest, &name, value))
        if (value->len && slice_eq_nocase(name, wanted))
            return true;
    return false;
}

static void append_latin1(struct buf *out, const struct buf *bytes)
{
    for (size_t i = 0; i < bytes->len; i++) {
        char utf8[4];

        buf_append(out, utf8, utf8_encode((unsigned char)bytes->data[i], utf8));
    }
}

/* Whether s is made of value-chars (RFC 8187, 3.2.1), and of those that servers leave
 * among them without encoding. */
static bool is_encoded(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if (c <= ' ' || c == '"' || c >= 0x7f)
            return false;
        if (c == '%' && percent_byte((struct slice){s.data + i, s.len - i}) < 0)
            return false;
    }
    return true;
}

/* Appends what charset'language'value stands for; nothing when it is not well-formed.
 */
static void append_extended(struct buf *out, struct slice s)
{
    struct slice charset, language;
    struct buf bytes = BUF_INIT;

    if (!slice_next(&s, '\'', &charset) || !slice_next(&s, '\'', &language) ||
        !is_encoded(s))
        return;
    percent_decode(&bytes, s);
    if (slice_eq_nocase(charset, "ISO-8859-1"))
        append_latin1(out, &bytes);
    else if (slice_eq_nocase(charset, "UTF-8") && utf8_valid(bytes.data, bytes.len))
        buf_append(out, bytes.data, bytes.len);
    buf_clear(&bytes);
}

static void append_plain(struct buf *out, struct slice s)
{
    struct buf bytes = BUF_INIT;
    bool quoted = s.data[0] == '"';

    for (size_t i = quoted; i + quoted < s.len; i++) {
        if (quoted && s.data[i] == '\\')
            i++;
        buf_append_char(&bytes, s.data[i]);
    }
    if (utf8_valid(bytes.data, bytes.len))
        buf_append(out, bytes.data, bytes.len);
    else
        append_latin1(out, &bytes);
    buf_clear(&bytes);
}

char *content_disposition_filename(struct slice value)
{
    struct buf name = BUF_INIT;
    struct slice s;

    if (find(value, "filename*", &s))
        append_extended(&name, s);
    if (!name.len && find(value, "filename", &s))
        append_plain(&name, s);
    if (name.len && !memchr(name.data, '\0', name.len))
        return buf_take(&name);
    buf_clear(&name);
    return NULL;
}
