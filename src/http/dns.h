/* dns.h - why a name could not be resolved. */
#ifndef TRAWL_HTTP_DNS_H
#define TRAWL_HTTP_DNS_H

#include "async/loop.h"
#include "http/error.h"

/* Suspends to ask the resolver once more, on another thread: libcurl does not tell a
 * name that does not exist from a server that did not answer. `origin` is an origin's
 * text, `ip_version` 4, 6 or 0 for both. HTTP_DNS_NOT_FOUND, HTTP_DNS_TEMPORARY, or
 * HTTP_CANCELLED. */
async enum http_error dns_classify(const char *origin, int ip_version);

#endif
