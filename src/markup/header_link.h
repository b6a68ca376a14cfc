/* header_link.h - what a page refers to by its Link header (http/link_header.h). */
#ifndef TRAWL_MARKUP_HEADER_LINK_H
#define TRAWL_MARKUP_HEADER_LINK_H

#include <stdbool.h>

#include "markup/links.h"

/* Cuts the next link that may concern a crawl off the front of *rest, the value of the
 * header: its target, kind and nofollow go to *l. Passed over: relations that are not
 * known, and links of something else. False: none is left. */
bool header_link_next(struct slice *rest, struct link *l);

#endif
