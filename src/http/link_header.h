/* link_header.h - Link header fields (RFC 8288).
 *
 * Plain functions over bytes. */
#ifndef TRAWL_HTTP_LINK_HEADER_H
#define TRAWL_HTTP_LINK_HEADER_H

#include <stdbool.h>

#include "base/str.h"

/* Parts of the field's value. */
struct link_header {
    struct slice target;    /* not resolved; may be empty */
    struct slice relations; /* of the first rel, which counts (3.3); may be empty */
    bool anchored;          /* it says so of something else than this document */
};

/* Cuts the next link off the front of *rest, a field's value. False: none is left, or
 * what is in front is malformed, which ends the value (appendix B.2). */
bool link_header_next(struct slice *rest, struct link_header *l);

/* Whether the link, which is not anchored, has that relation. */
bool link_header_has(const struct link_header *l, const char *relation);

#endif
