/* html.h - HTML's tags while its bytes arrive, by the tokenizer's rules
 * (https://html.spec.whatwg.org/#tokenization) as far as they decide what is a tag, an
 * attribute, a comment or text.
 *
 * Nothing is built: no tree, so that depth costs nothing. What the tree's construction
 * decides for the tokenizer is kept in a few bytes (html_foreign.h, and which elements
 * hold text alone); scripts do not run, so what <noscript> holds counts. Bytes are
 * those of the page: any character set whose bytes below 0x40 are ASCII's (charset.h).
 * However they are cut into pieces, the same is told. Time is linear in them; memory is
 * HTML_VALUE_MAX for each attribute that is wanted. */
#ifndef TRAWL_MARKUP_HTML_H
#define TRAWL_MARKUP_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "markup/html_names.h"

/* A value that is longer counts as if its attribute were not there. */
#define HTML_VALUE_MAX ((size_t)64 << 10)

struct html_value {
    struct slice
        raw; /* as it stands there, without quotes: charref.h undoes the rest */
    int64_t
        offset;    /* where, in the bytes that were fed; -1: an attribute of no value */
    unsigned line; /* of its start, from 1; lines end with LF */
};

struct html_tag {
    const struct html_name *name;
    bool is_end;
    bool is_foreign; /* of SVG or MathML, not HTML */
    uint32_t attrs;  /* 1u << HTML_HREF ...: which are there, of those wanted */
    struct html_value values[HTML_ATTRS];
};

#define HTML_BIT(attr) (UINT32_C(1) << (attr))

struct html_handler {
    /* Each start tag, when its ">" has come; and the end tags of <head>, <title> and
     * <style>, and of others as may be, without attributes. The slices end with the
     * call. */
    void (*tag)(const struct html_tag *t, void *arg);

    /* Pieces of what <title> (of HTML) and <style> hold; `line` is that of the first
     * byte. Their end is told by their end tag, or by html_finish. NULL: not wanted. */
    void (*text)(enum html_element in, struct slice piece, int64_t offset,
                 unsigned line, void *arg);

    /* Attributes that are wanted of every element, and of those of one kind. */
    uint32_t wanted;
    const uint32_t *wanted_of; /* [HTML_ELEMENTS], borrowed */
    void *arg;
};

struct html;

struct html *html_new(const struct html_handler *handler); /* copied */
void html_free(struct html *h);                            /* NULL is allowed */
void html_feed(struct html *h, const char *data, size_t n);

#endif
