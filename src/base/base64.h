/* base64.h - base64 (RFC 4648, 4), with padding. */
#ifndef TRAWL_BASE_BASE64_H
#define TRAWL_BASE_BASE64_H

#include <stddef.h>

#include "base/buf.h"

void base64_append(struct buf *out, const void *data, size_t n);

#endif
