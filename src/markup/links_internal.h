/* links_internal.h - what links.c, links_tag.c and links_emit.c share. */
#ifndef TRAWL_MARKUP_LINKS_INTERNAL_H
#define TRAWL_MARKUP_LINKS_INTERNAL_H

#include "base/buf.h"
#include "markup/chars.h"
#include "markup/css.h"
#include "markup/html.h"
#include "markup/links.h"
#include "markup/recode.h"

/* Links of the head that wait for <base>: with more of them, or more bytes in them,
 * they wait no longer. */
#define LINKS_HELD_MAX       1024
#define LINKS_HELD_BYTES_MAX ((size_t)256 << 10)

/* What is kept of a title before its references are undone and it is cut. */
#define LINKS_TITLE_RAW_MAX ((size_t)16 << 10)
#define LINKS_TITLE_MAX     1000

/* A link of the head, its URL in `held_urls`. */
struct links_held {
    struct link link;
    size_t at;
};

struct links {
    enum links_format format;
    struct links_handler handler;

    /* The first bytes, until the charset is known. */
    struct buf first;
    bool started;
    bool tentative;  /* nothing but the page itself may still tell another */
    size_t mark_len; /* of the byte order mark */
    const struct charset *charset;
    struct recoder *recoder; /* NULL: the bytes are read as they are */
    int64_t fed;             /* bytes that were read, for CSS */

    struct chars chars;
    struct html *html;
    uint32_t wanted_of[HTML_ELEMENTS];
    struct css css;
    bool in_style;             /* the element; a style attribute otherwise... */
    struct chars_value *style; /* ... which is this one */
    const struct html_value *style_from;

    bool holding;
    struct links_held *held;
    size_t held_count, held_cap;
    struct buf held_urls;

    bool has_base;
    char *base;
    int64_t base_offset;
    size_t base_length;

    enum { TITLE_NONE, TITLE_OPEN, TITLE_DONE } title_state;
    struct buf title; /* raw, up to the page's end */
    char *lang;
    struct robots_tag robots;

    struct buf scratch, clean, query, unescaped; /* a value on its way */
};

/* links_emit.c: a link, to who asked for it or to those that wait. `at` and `length`
 * say where its bytes are; l's charset has been undone in `url`, and nothing else. */
void links_emit(struct links *l, struct link link, struct slice url);
void links_release(struct links *l); /* who waited waits no longer */
void links_css_url(const struct css_url *u, void *arg);

/* links_tag.c: html_handler's. */
void links_want(uint32_t wanted_of[HTML_ELEMENTS], bool no_parts);
void links_tag(const struct html_tag *t, void *arg);
void links_text(enum html_element in, struct slice piece, int64_t offset, unsigned line,
                void *arg);
void links_title_end(struct links *l); /* at the page's end: its charset is known */

#endif
