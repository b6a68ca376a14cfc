/* links.h - what a page refers to, found while its bytes arrive.
 *
 * HTML by the tokenizer's rules of https://html.spec.whatwg.org/#tokenization, as far
 * as they decide what is a tag, an attribute or a comment; CSS for its url() and
 * @import. Nothing is built: memory is bounded by the longest attribute that matters
 * (cut at LINKS_VALUE_MAX, and then no link), however deep or long the page is. Plain
 * functions over bytes; time is linear in them. */
#ifndef TRAWL_MARKUP_LINKS_H
#define TRAWL_MARKUP_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "markup/robots_tag.h"

#define LINKS_VALUE_MAX ((size_t)64 << 10)

enum links_format { LINKS_HTML, LINKS_CSS };

/* What refers. Those from LINK_IMAGE on are parts of the page (--page-requisites). */
enum link_kind {
    LINK_ANCHOR,    /* <a href>, <area href> */
    LINK_FRAME,     /* <iframe src>, <frame src> */
    LINK_REFRESH,   /* <meta http-equiv=refresh> */
    LINK_CANONICAL, /* <link rel=canonical> */
    LINK_RELATED,   /* <link rel=...> of another page: next, prev, alternate, ... */
    LINK_IMAGE,     /* <img src>, srcset, <input type=image>, poster, background, icons,
                       <image href>, ... */
    LINK_STYLE,     /* <link rel=stylesheet>, @import */
    LINK_SCRIPT,    /* <script src>, rel=preload, rel=modulepreload */
    LINK_MEDIA,     /* <video>, <audio>, <source>, <track>, <embed>, <object data> */
    LINK_CSS_URL,   /* url() in CSS, in style attributes and elements too */
    LINK_KINDS
};

struct link {
    enum link_kind kind;
    struct slice url; /* what is referred to, not resolved: UTF-8, character references
                         undone, white space around it, TABs and line ends in it taken
                         off; what its query has beyond ASCII percent-encoded in the
                         page's charset; may be empty or begin with # */
    bool nofollow;    /* rel=nofollow, or the page's meta robots said so before */
    unsigned line;    /* from 1; lines end with LF */
    int64_t offset;   /* where it stands in the bytes that were fed, so that it can be
                         written anew; -1 where that cannot be told (UTF-16) or nothing
                         stands there (<a href>) */
    size_t length;    /* bytes there, without quotes */
    bool in_markup;   /* in an attribute (LINK_CSS_URL: in style=""): what is written
                         there has "&" as "&amp;". There may be no quotes around it, here
                         and in CSS, so white space, quotes, <, >, (, ) and \ must not
                         be written as they are */
};

/* Called from feed and finish; slices end with the call. Those not wanted are NULL. */
struct links_handler {
    void (*link)(const struct link *l, void *arg);
    void (*anchor)(struct slice id,
                   void *arg); /* id=, and name= of <a>: what #... names */
    void *arg;
    bool no_parts; /* links to parts of the page are not wanted */
};

struct links;

/* `charset` is the Content-Type's, or empty: a BOM wins over it, and it over <meta>.
 * With none of them it is UTF-8 if it looks so, else windows-1252. UTF-8, UTF-16 either
 * way round, and what iconv(3) knows. `handler` is copied. */
struct links *links_new(enum links_format format, struct slice charset,
                        const struct links_handler *handler);
void links_free(struct links *l); /* NULL is allowed */

void links_feed(struct links *l, const char *data, size_t n);
void links_finish(struct links *l);

/* What <base href> said first, or NULL. It is for all links of the page: those of the
 * head are held back (up to a bound) until it has come or can no longer come, so at
 * each call of `link` this is the base that counts. One that comes later, where it may
 * not stand, counts for what follows it. */
const char *links_base(const struct links *l);

/* Where its value stands, as in struct link: a page that is written anew has it empty,
 * for its links are relative to the page then. False: there is none, or that cannot be
 * told. */
bool links_base_place(const struct links *l, int64_t *offset, size_t *length);

/* After links_finish; of HTML. UTF-8, white space folded, at most 1,000 bytes; NULL:
 * none. */
const char *links_title(const struct links *l);
const char *links_lang(const struct links *l);         /* <html lang> */
struct robots_tag links_robots(const struct links *l); /* <meta name=robots> */

/* The charset that was used, in its usual name ("UTF-8", "windows-1252"). */
const char *links_charset(const struct links *l);

#endif
