/* content_range.h - which bytes a 206 or a 416 is about (RFC 9110, 14.4). */
#ifndef TRAWL_HTTP_CONTENT_RANGE_H
#define TRAWL_HTTP_CONTENT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct content_range {
    int64_t first, last; /* inclusive; both -1: "*", no range was satisfied */
    int64_t size;        /* of the whole; -1: "*" */
};

/* "bytes 0-499/1234". False for anything else, numbers beyond int64_t, a last before
 * the first or not before the size; *range is then as it was. last + 1 fits, too. */
bool content_range_parse(struct slice value, struct content_range *range);

#endif
