/* charset.h - which character set a page is in (https://encoding.spec.whatwg.org). */
#ifndef TRAWL_MARKUP_CHARSET_H
#define TRAWL_MARKUP_CHARSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* How its bytes are read. In all but the last three, bytes below 0x40 are ASCII's
 * wherever they stand, so markup can be read without converting it. */
enum charset_kind {
    CHARSET_GUESSED, /* UTF-8 if it looks so, else windows-1252 */
    CHARSET_UTF8,
    CHARSET_WINDOWS_1252,
    CHARSET_ICONV,
    CHARSET_UTF16LE,
    CHARSET_UTF16BE,
    CHARSET_STATEFUL /* by iconv, from the first byte on */
};

struct charset {
    const char *name;  /* the usual one */
    const char *iconv; /* iconv's; NULL where it is not needed */
    enum charset_kind kind;
    const char *labels; /* separated by spaces */
};

/* By one of its labels, in any case, with white space around; NULL for one that is not
 * known, or that this system's iconv does not know. */
const struct charset *charset_find(struct slice label);

extern const struct charset charset_guessed;

/* The charset that a byte order mark tells, and the mark's length; NULL: there is none.
 * It needs the first CHARSET_BOM_MAX bytes. */
#define CHARSET_BOM_MAX 3
const struct charset *charset_of_bom(const char *data, size_t n, size_t *len);

/* What the first bytes of HTML declare: by <meta>, or as XML does; and of CSS, by
 * @charset. NULL: nothing.
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding */
#define CHARSET_PRESCAN_MAX 1024
const struct charset *charset_prescan(const char *data, size_t n);
const struct charset *charset_prescan_css(const char *data, size_t n);

/* By a label that stands in the page itself, in ASCII: UTF-16 is UTF-8 then. */
const struct charset *charset_declared(struct slice label);

/* The label in a Content-Type, as <meta> has it ("text/html; charset=utf-8"); empty if
 * there is none. */
struct slice charset_label_in(struct slice content_type);

/* Code point of a byte of windows-1252. */
uint32_t charset_windows_1252(unsigned char byte);

#endif
