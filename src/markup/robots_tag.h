/* robots_tag.h - what a page asks of crawlers: X-Robots-Tag and <meta name=robots>. */
#ifndef TRAWL_MARKUP_ROBOTS_TAG_H
#define TRAWL_MARKUP_ROBOTS_TAG_H

#include <stdbool.h>

#include "base/str.h"

struct robots_tag {
    bool noindex, nofollow; /* "none" is both */
};

/* Adds what the value of a meta element says ("noindex, nofollow"). Case does not
 * matter; what is not known is passed over. */
void robots_tag_add(struct robots_tag *t, struct slice value);

/* The same for X-Robots-Tag, whose rules may be for one agent alone ("otherbot:
 * noindex"); only those without a name, and those for `product`, count. A name holds
 * for what follows in that line, up to the next name. */
void robots_tag_add_header(struct robots_tag *t, struct slice value,
                           const char *product);

#endif
