/* normal_internal.h - what the exact and the fast way of normal.h have in common. */
#ifndef TRAWL_CRAWL_NORMAL_INTERNAL_H
#define TRAWL_CRAWL_NORMAL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "crawl/normal.h"

struct normal_base {
    char *url; /* normal */
    size_t length;
    size_t origin; /* its length: up to the path */
    size_t folder; /* up to the last slash of the path, with it */
    size_t path;   /* up to the query */
};

/* Where a byte may stand as it is (the percent-encode sets of the URL standard). */
enum {
    NORMAL_PATH = 1,
    NORMAL_QUERY = 2,
    NORMAL_UNRESERVED = 4 /* and its escape is undone (RFC 3986, 6.2.2.2) */
};

extern const uint8_t normal_class[256];

/* False: nothing that it knows how to do; *out is as it was but for its bytes. */
bool normal_fast(const struct normal_base *b, struct slice reference, bool drop,
                 struct buf *out, struct slice *fragment);

#endif
