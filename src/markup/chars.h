/* chars.h - characters of a page, from its bytes: values of attributes, titles, parts
 * of style sheets become UTF-8.
 *
 * Of what is read this way, it can be told where in the page each byte came from. */
#ifndef TRAWL_MARKUP_CHARS_H
#define TRAWL_MARKUP_CHARS_H

#include <iconv.h>

#include "markup/charset.h"

/* How a value is read. */
enum chars_kind {
    CHARS_SAME, /* it is ASCII, and stays what it is */
    CHARS_UTF8,
    CHARS_1252,
    CHARS_ICONV
};

/* What converts, for a page. All zero is UTF-8 or windows-1252, guessed value by value.
 */
struct chars {
    const struct charset *charset;
    iconv_t cd, encoder; /* from it and to it */
    bool has_cd, has_encoder;
    bool
        not_utf8; /* a value was found that is not UTF-8, so windows-1252 was guessed */
    enum chars_kind kind; /* of the value that was read last */
};

/* `charset` is none of those that are converted from the first byte on. */
void chars_set(struct chars *c, const struct charset *charset);
void chars_clear(struct chars *c);

/* How character references count. */
enum chars_markup { CHARS_PLAIN, CHARS_TEXT, CHARS_ATTRIBUTE };

/* A value that is being read. */
struct chars_value {
    struct chars *chars;
    enum chars_kind kind;
    enum chars_markup markup;
    struct slice raw, text;
    size_t raw_at, text_at; /* a place that is known in both */
};

/* Reads all of `raw`; v->text is the UTF-8, in `raw` itself where that is the same,
 * else in *out (which is reset). NUL and what is no character become U+FFFD. */
void chars_read(struct chars_value *v, struct chars *c, struct slice raw,
                enum chars_markup markup, struct buf *out);

/* The query of a URL, from the value that was read last, is sent in the page's charset
 * (https://url.spec.whatwg.org/#query-state): what is beyond ASCII there becomes its
 * bytes, percent-encoded, unless that is UTF-8. In `url` itself, or in *out. */
struct slice chars_encode_query(struct chars *c, struct slice url, struct buf *out);

/* Where in v->raw the byte at `offset` of v->text came from (its end: the end). Offsets
 * are asked in ascending order: all of them together take time linear in the value. */
size_t chars_where(struct chars_value *v, size_t offset);

#endif
