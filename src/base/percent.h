/* percent.h - percent-encoding (RFC 3986, 2.1). */
#ifndef TRAWL_BASE_PERCENT_H
#define TRAWL_BASE_PERCENT_H

#include "base/buf.h"
#include "base/str.h"

/* The byte that the "%XX" at the front of s stands for; -1 when there is none. */
int percent_byte(struct slice s);

/* Appends what s stands for; a "%" without two digits stays as it is. */
void percent_decode(struct buf *out, struct slice s);

/* Appends s as a component of a URL: all but letters, digits, "-", ".", "_" and "~"
 * (2.3) is encoded. */
void percent_encode(struct buf *out, struct slice s);

#endif
