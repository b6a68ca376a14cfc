/* convert.h - links of a saved page written anew, so that it can be read from a disk
 * (--convert-links).
 *
 * A link to what was saved becomes relative to the page; any other is made absolute.
 * The rest stays byte for byte. What is written is ASCII, so the page's character set
 * does not matter as long as ASCII is part of it, as of each that links.h gives offsets
 * in. */
#ifndef TRAWL_CRAWL_CONVERT_H
#define TRAWL_CRAWL_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "markup/links.h"

/* Where a link stands. */
enum convert_place {
    CONVERT_ATTRIBUTE,
    CONVERT_STYLE_ATTRIBUTE, /* CSS in an attribute */
    CONVERT_CSS              /* in a file or element of its own */
};

/* The strings are borrowed. */
struct convert_link {
    size_t offset, length; /* where it stands, as in links.h */
    const char
        *url; /* normal; NULL: it is <base href>, and becomes the page's folder */
    struct slice fragment; /* as normal.h gives it, without #; empty: none */
    enum convert_place place;
};

enum convert_place convert_place(const struct link *l);

struct convert_page {
    struct slice bytes;
    const char *path; /* in the mirror, as save_name.h makes it */
    const struct convert_link *links;
    size_t count; /* in any order; what lies outside the bytes, or in another, stays */

    /* The path of a URL in the mirror, or NULL when it was not saved. Borrowed until
     * the next call. */
    const char *(*saved)(const char *url, void *arg);
    void *arg;
};

/* Appends the page to *out; how many links are others than they were.
 *
 * Each link is escaped for where it stands, with or without quotes. One that begins
 * with
 * "#" stays as it is unless the page has a <base>. */
size_t convert_links(struct buf *out, const struct convert_page *page);

/* Appends the relative reference from one file of a mirror to another,
 * percent-encoded. */
void convert_relative(struct buf *out, const char *from, const char *to);

#endif
