/* product.h - product tokens (RFC 9309, 2.2.1): how a site calls a crawler by name. */
#ifndef TRAWL_MARKUP_PRODUCT_H
#define TRAWL_MARKUP_PRODUCT_H

#include <stdbool.h>

#include "base/str.h"

/* The letters, "-" and "_" at the front of s: "trawl" of "trawl/0.1 (+https://...)". It
 * points into s; it may be empty. */
struct slice product_token(struct slice s);

/* Whether the tokens at the front of both are the same, without regard to case, and not
 * empty. */
bool product_is(struct slice name, const char *product);

#endif
