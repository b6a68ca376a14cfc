#include "markup/html_names.h"

#include <string.h>

/* Perfect hashes of the first, the middle and the last letter and the length; two names
 * for one slot would be a warning of the compiler. */
#define ELEMENT_SLOT(first, middle, last, len)                                         \
    (((first) + 53u * (middle) + 37u * (last) + (len)) % 512)
#define ATTR_SLOT(first, middle, last, len)                                            \
    (((first) + 18u * (middle) + 9u * (last) + (len)) % 32)

#define ELEMENT(first, middle, last, name, element, flags)                             \
    [ELEMENT_SLOT(first, middle, last, sizeof(name) - 1)] = {name, sizeof(name) - 1,   \
                                                             element, flags}

static const struct html_name elements[512] = {
    ELEMENT('a', 'a', 'a', "a", HTML_A, 0),
    ELEMENT('a', 'e', 'a', "area", HTML_AREA, 0),
    ELEMENT('a', 'd', 'o', "audio", HTML_AUDIO, 0),
    ELEMENT('b', 'b', 'b', "b", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('b', 's', 'e', "base", HTML_BASE, HTML_IN_HEAD),
    ELEMENT('b', 'f', 't', "basefont", HTML_OTHER, HTML_IN_HEAD),
    ELEMENT('b', 'o', 'd', "bgsound", HTML_BGSOUND, HTML_IN_HEAD),
    ELEMENT('b', 'i', 'g', "big", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('b', 'q', 'e', "blockquote", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('b', 'd', 'y', "body", HTML_BODY, HTML_BREAKOUT),
    ELEMENT('b', 'r', 'r', "br", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('c', 't', 'r', "center", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('c', 'd', 'e', "code", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('d', 'd', 'd', "dd", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('d', 's', 'c', "desc", HTML_OTHER, HTML_SVG_POINT),
    ELEMENT('d', 'i', 'v', "div", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('d', 'l', 'l', "dl", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('d', 't', 't', "dt", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('e', 'm', 'm', "em", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('e', 'b', 'd', "embed", HTML_EMBED, HTML_BREAKOUT),
    ELEMENT('f', 'm', 'e', "feimage", HTML_IMAGE, 0),
    ELEMENT('f', 'n', 't', "foreignobject", HTML_OTHER, HTML_SVG_POINT),
    ELEMENT('f', 'a', 'e', "frame", HTML_FRAME, 0),
    ELEMENT('h', '1', '1', "h1", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', '2', '2', "h2", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', '3', '3', "h3", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', '4', '4', "h4", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', '5', '5', "h5", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', '6', '6', "h6", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', 'a', 'd', "head", HTML_HEAD, HTML_IN_HEAD | HTML_BREAKOUT),
    ELEMENT('h', 'r', 'r', "hr", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('h', 'm', 'l', "html", HTML_HTML, HTML_IN_HEAD),
    ELEMENT('i', 'i', 'i', "i", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('i', 'a', 'e', "iframe", HTML_IFRAME, HTML_TEXT),
    ELEMENT('i', 'a', 'e', "image", HTML_IMAGE, 0),
    ELEMENT('i', 'm', 'g', "img", HTML_IMG, HTML_BREAKOUT),
    ELEMENT('i', 'p', 't', "input", HTML_INPUT, 0),
    ELEMENT('l', 'i', 'i', "li", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('l', 'n', 'k', "link", HTML_LINK, HTML_IN_HEAD),
    ELEMENT('l', 't', 'g', "listing", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('m', 't', 'h', "math", HTML_MATH, 0),
    ELEMENT('m', 'n', 'u', "menu", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('m', 't', 'a', "meta", HTML_META, HTML_IN_HEAD | HTML_BREAKOUT),
    ELEMENT('m', 'i', 'i', "mi", HTML_OTHER, HTML_MATH_POINT),
    ELEMENT('m', 'n', 'n', "mn", HTML_OTHER, HTML_MATH_POINT),
    ELEMENT('m', 'o', 'o', "mo", HTML_OTHER, HTML_MATH_POINT),
    ELEMENT('m', 's', 's', "ms", HTML_OTHER, HTML_MATH_POINT),
    ELEMENT('m', 'e', 't', "mtext", HTML_OTHER, HTML_MATH_POINT),
    ELEMENT('n', 'b', 'r', "nobr", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('n', 'm', 'd', "noembed", HTML_OTHER, HTML_TEXT),
    ELEMENT('n', 'a', 's', "noframes", HTML_OTHER, HTML_IN_HEAD | HTML_TEXT),
    ELEMENT('n', 'r', 't', "noscript", HTML_OTHER, HTML_IN_HEAD),
    ELEMENT('o', 'e', 't', "object", HTML_OBJECT, 0),
    ELEMENT('o', 'l', 'l', "ol", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('p', 'p', 'p', "p", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('p', 'n', 't', "plaintext", HTML_OTHER, HTML_TEXT_END),
    ELEMENT('p', 'r', 'e', "pre", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('r', 'b', 'y', "ruby", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 's', 's', "s", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'i', 't', "script", HTML_SCRIPT, HTML_IN_HEAD | HTML_TEXT),
    ELEMENT('s', 'a', 'l', "small", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'r', 'e', "source", HTML_SOURCE, 0),
    ELEMENT('s', 'a', 'n', "span", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'i', 'e', "strike", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'o', 'g', "strong", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'y', 'e', "style", HTML_STYLE, HTML_IN_HEAD | HTML_TEXT),
    ELEMENT('s', 'u', 'b', "sub", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'u', 'p', "sup", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('s', 'v', 'g', "svg", HTML_SVG, 0),
    ELEMENT('t', 'b', 'e', "table", HTML_TABLE, HTML_BREAKOUT),
    ELEMENT('t', 'o', 'y', "tbody", HTML_TABLE, 0),
    ELEMENT('t', 'd', 'd', "td", HTML_TABLE, 0),
    ELEMENT('t', 'l', 'e', "template", HTML_OTHER, HTML_IN_HEAD),
    ELEMENT('t', 'a', 'a', "textarea", HTML_OTHER, HTML_TEXT),
    ELEMENT('t', 'o', 't', "tfoot", HTML_TABLE, 0),
    ELEMENT('t', 'h', 'h', "th", HTML_TABLE, 0),
    ELEMENT('t', 'e', 'd', "thead", HTML_TABLE, 0),
    ELEMENT('t', 't', 'e', "title", HTML_TITLE,
            HTML_IN_HEAD | HTML_TEXT | HTML_SVG_POINT),
    ELEMENT('t', 'r', 'r', "tr", HTML_TABLE, 0),
    ELEMENT('t', 'a', 'k', "track", HTML_TRACK, 0),
    ELEMENT('t', 't', 't', "tt", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('u', 'u', 'u', "u", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('u', 'l', 'l', "ul", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('u', 's', 'e', "use", HTML_USE, 0),
    ELEMENT('v', 'a', 'r', "var", HTML_OTHER, HTML_BREAKOUT),
    ELEMENT('v', 'd', 'o', "video", HTML_VIDEO, 0),
    ELEMENT('x', 'm', 'p', "xmp", HTML_OTHER, HTML_TEXT),
};

const struct html_name html_unknown;

#define ATTR(first, middle, last, name, attr)                                          \
    [ATTR_SLOT(first, middle, last, sizeof(name) - 1)] = {name, sizeof(name) - 1,      \
                                                          attr, 0}

static const struct html_name attrs[32] = {
    ATTR('a', 's', 's', "as", HTML_AS),
    ATTR('b', 'r', 'd', "background", HTML_BACKGROUND),
    ATTR('c', 'r', 't', "charset", HTML_CHARSET),
    ATTR('c', 't', 't', "content", HTML_CONTENT),
    ATTR('d', 't', 'a', "data", HTML_DATA),
    ATTR('h', 'e', 'f', "href", HTML_HREF),
    ATTR('h', 'e', 'v', "http-equiv", HTML_HTTP_EQUIV),
    ATTR('i', 'd', 'd', "id", HTML_ID),
    ATTR('i', 's', 't', "imagesrcset", HTML_IMAGESRCSET),
    ATTR('l', 'n', 'g', "lang", HTML_LANG),
    ATTR('n', 'm', 'e', "name", HTML_NAME),
    ATTR('p', 't', 'r', "poster", HTML_POSTER),
    ATTR('r', 'e', 'l', "rel", HTML_REL),
    ATTR('s', 'r', 'c', "src", HTML_SRC),
    ATTR('s', 's', 't', "srcset", HTML_SRCSET),
    ATTR('s', 'y', 'e', "style", HTML_STYLE_ATTR),
    ATTR('t', 'p', 'e', "type", HTML_TYPE),
    ATTR('x', ':', 'f', "xlink:href", HTML_XLINK_HREF),
};

/* In lower case, if it is a letter; what else it makes the same does not matter, since
 * names are compared. */
static unsigned letter(char c)
{
    return (unsigned char)c | 0x20u;
}

static bool is_named(const struct html_name *row, const char *name, size_t len)
{
    if (row->len != len)
        return false;
    if (!memcmp(name, row->text, len)) /* most are in lower case already */
        return true;
    for (size_t i = 0; i < len; i++)
        if (char_lower(name[i]) != row->text[i])
            return false;
    return true;
}

const struct html_name *html_element_find(const char *name, size_t len)
{
    const struct html_name *row;

    if (!len || len > HTML_NAME_MAX)
        return &html_unknown;
    row = &elements[ELEMENT_SLOT(letter(name[0]), letter(name[len / 2]),
                                 letter(name[len - 1]), (unsigned)len)];
    return is_named(row, name, len) ? row : &html_unknown;
}

enum html_attr html_attr_find(const char *name, size_t len)
{
    const struct html_name *row;

    if (!len || len > HTML_NAME_MAX)
        return HTML_ATTRS;
    row = &attrs[ATTR_SLOT(letter(name[0]), letter(name[len / 2]),
                           letter(name[len - 1]), (unsigned)len)];
    return is_named(row, name, len) ? row->element : HTML_ATTRS;
}
