/* html_foreign.h - whether a place in a page is in SVG or MathML, where <title> and
 * <style> are elements like others and CDATA sections are known.
 *
 * The standard asks its stack of open elements; here, only the turns from HTML to these
 * and back are kept, those innermost in each other up to HTML_FOREIGN_MAX. */
#ifndef TRAWL_MARKUP_HTML_FOREIGN_H
#define TRAWL_MARKUP_HTML_FOREIGN_H

#include <stdint.h>

#include "markup/html_names.h"

#define HTML_FOREIGN_MAX 16

struct html_foreign {
    struct {
        unsigned char element; /* HTML_SVG, HTML_MATH; HTML_OTHER: HTML in them */
        unsigned char
            point;       /* the length of the name of that, which tells them apart */
        uint32_t nested; /* <svg> in <svg>: how many are open */
    } turns[HTML_FOREIGN_MAX];
    unsigned depth;
};

static inline bool html_is_foreign(const struct html_foreign *f)
{
    return f->depth && f->turns[f->depth - 1].element != HTML_OTHER;
}

/* A tag: whether its element is foreign. */
bool html_foreign_start(struct html_foreign *f, const struct html_name *name,
                        bool self_closing);
void html_foreign_end(struct html_foreign *f, const struct html_name *name);

#endif
