/* css.h - url() and @import of CSS while its bytes arrive, by the tokenizer's rules
 * (https://www.w3.org/TR/css-syntax-3/#tokenization) as far as they decide that.
 *
 * However the bytes are cut into pieces, the same is told; memory is CSS_VALUE_MAX. A
 * longer one is passed over, as are those of @namespace, which name but do not refer.
 */
#ifndef TRAWL_MARKUP_CSS_H
#define TRAWL_MARKUP_CSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "markup/newlines.h"

#define CSS_VALUE_MAX ((size_t)64 << 10)

struct css_url {
    struct slice raw; /* without quotes; css_unescape undoes the rest */
    bool is_import;
    int64_t offset; /* where, as css_feed was told */
    unsigned line;
};

enum css_state {
    CSS_PLAIN,
    CSS_SLASH, /* it may begin a comment */
    CSS_COMMENT,
    CSS_STRING,
    CSS_URL_START, /* behind "url(" */
    CSS_URL_BARE,
    CSS_URL_SPACE, /* behind it: ")" has to come */
    CSS_URL_BAD,   /* up to the ")" */
    CSS_STATES
};

struct css {
    void (*url)(const struct css_url *u, void *arg);
    void *arg;

    enum css_state state;
    bool star;        /* in a comment: its last byte */
    unsigned escape;  /* behind a backslash: 1, and one more for each hex digit */
    uint32_t escaped; /* what these say */
    char name[16];    /* the word that is being read, with its "@" or "#" */
    size_t name_len;  /* more than there is room for: none that matters */
    bool importing;   /* behind @import */
    bool naming;      /* behind @namespace or the like */
    bool keeping;     /* the string or url() is one to tell */
    char quote;
    struct css_url found;
    struct buf value;
    bool too_long;

    const char *p, *end, *start;
    int64_t offset; /* of `start` */
    struct newlines lines;
};

void css_init(struct css *c, void (*url)(const struct css_url *u, void *arg),
              void *arg);
void css_clear(struct css *c);

/* A style sheet begins; then its pieces, of which the first byte has that offset and,
 * of the first piece, that line; then its end: what is open is closed, as the standard
 * has it. */
void css_begin(struct css *c, unsigned line);
void css_feed(struct css *c, const char *data, size_t n, int64_t offset);
void css_finish(struct css *c);

/* Undoes escapes of a value in UTF-8: in it, if there are none, or in *out. */
struct slice css_unescape(struct slice value, struct buf *out);

#endif
