/* link.h - Link header fields (RFC 8288): where the next page is. */
#ifndef TRAWL_GATHER_LINK_H
#define TRAWL_GATHER_LINK_H

#include <stdbool.h>

#include "base/str.h"

/* Sets *target to the first link of the field's value that has the relation "next", and
 * says so of this document (no anchor). Part of the value. False: there is none. What
 * is malformed ends the value. */
bool link_next(struct slice value, struct slice *target);

#endif
