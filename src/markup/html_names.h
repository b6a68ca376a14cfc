/* html_names.h - elements and attributes that mean something to a crawler. */
#ifndef TRAWL_MARKUP_HTML_NAMES_H
#define TRAWL_MARKUP_HTML_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum html_element {
    HTML_OTHER, /* of no interest by itself, or not known at all */
    HTML_A,
    HTML_AREA,
    HTML_AUDIO,
    HTML_BASE,
    HTML_BGSOUND,
    HTML_BODY,
    HTML_EMBED,
    HTML_FRAME,
    HTML_HEAD,
    HTML_HTML,
    HTML_IFRAME,
    HTML_IMAGE, /* of SVG; feImage too */
    HTML_IMG,
    HTML_INPUT,
    HTML_LINK,
    HTML_MATH,
    HTML_META,
    HTML_OBJECT,
    HTML_SCRIPT,
    HTML_SOURCE,
    HTML_STYLE,
    HTML_SVG,
    HTML_TABLE, /* its parts too */
    HTML_TITLE,
    HTML_TRACK,
    HTML_USE,
    HTML_VIDEO,
    HTML_ELEMENTS
};

enum html_attr {
    HTML_AS,
    HTML_BACKGROUND,
    HTML_CHARSET,
    HTML_CONTENT,
    HTML_DATA,
    HTML_HREF,
    HTML_HTTP_EQUIV,
    HTML_ID,
    HTML_IMAGESRCSET,
    HTML_LANG,
    HTML_NAME,
    HTML_POSTER,
    HTML_REL,
    HTML_SRC,
    HTML_SRCSET,
    HTML_STYLE_ATTR,
    HTML_TYPE,
    HTML_XLINK_HREF,
    HTML_ATTRS
};

/* What an element's name decides. */
enum html_flag {
    HTML_IN_HEAD = 1,    /* may stand in <head> */
    HTML_TEXT = 2,       /* holds text alone, up to its end tag (RCDATA, RAWTEXT) */
    HTML_TEXT_END = 4,   /* and that has no end: <plaintext> */
    HTML_BREAKOUT = 8,   /* ends SVG and MathML that it stands in */
    HTML_SVG_POINT = 16, /* in SVG, holds HTML */
    HTML_MATH_POINT = 32 /* in MathML */
};

struct html_name {
    char text[15]; /* in lower case */
    unsigned char len, element, flags;
};

/* The longest of these names; a longer one need not be looked up. */
#define HTML_NAME_MAX 14

/* HTML_OTHER, with no flags and no text. */
extern const struct html_name html_unknown;

/* By a name in any case; html_unknown for one that is not known. */
const struct html_name *html_element_find(const char *name, size_t len);

/* HTML_ATTRS for one that is not known. */
enum html_attr html_attr_find(const char *name, size_t len);

#endif
