/* media_type.h - what the value of Content-Type says (RFC 9110, 8.3). */
#ifndef TRAWL_HTTP_MEDIA_TYPE_H
#define TRAWL_HTTP_MEDIA_TYPE_H

#include "base/str.h"

/* "text/html" of "Text/HTML; charset=x", as it is spelled there; may be empty. */
struct slice media_type_essence(struct slice type);

/* The value of charset=, without quotes; empty when it is not declared. */
struct slice media_type_charset(struct slice type);

#endif
