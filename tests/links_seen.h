/* links_seen.h - what an extractor tells of a page, as text to be compared. */
#ifndef TRAWL_TESTS_LINKS_SEEN_H
#define TRAWL_TESTS_LINKS_SEEN_H

#include "base/buf.h"
#include "markup/links.h"

/* How a page is read. All zero: HTML, no charset told, all bytes at once. */
struct links_how {
    enum links_format format;
    const char *charset;
    size_t step;  /* bytes that are fed at once; 0: all */
    size_t first; /* bytes of the first piece; 0: as the others */
    bool places;  /* line, offset and length as well */
    bool no_parts;
};

const char *link_kind_name(enum link_kind kind);

/* Appends a line for each link ("anchor a.html"), each anchor ("id top") and what is
 * known of the page in the end ("title ..."). Each piece is fed from memory of just its
 * size, so that a read beyond is seen. */
void links_see(struct buf *out, struct links_how how, const char *data, size_t n);

#endif
