/* link_header.h - links in a header: Link (RFC 8288).
 *
 * Plain functions over bytes. */
#ifndef TRAWL_CRAWL_LINK_HEADER_H
#define TRAWL_CRAWL_LINK_HEADER_H

#include <stdbool.h>

#include "crawl/links.h"

/* Cuts the next link that may concern a crawl off the front of *rest, the value of the
 * header: its target, kind and nofollow go to *l. Passed over: relations that are not
 * known, links of something else (anchor=), and what keeps no form. False: none is
 * left.
 */
bool link_header_next(struct slice *rest, struct link *l);

#endif
