/* validator.h - whether two responses are of the same version of a file (RFC 9110, 8.8).
 */
#ifndef TRAWL_HTTP_VALIDATOR_H
#define TRAWL_HTTP_VALIDATOR_H

#include <stdbool.h>
#include <time.h>

#include "http/headers.h"

/* What If-Range may be sent with: a strong ETag, else a Last-Modified that is strong, as
 * it lies at least a second before Date (8.8.2.2). False when there is neither: then no
 * part of this response can be gone on with. *value points into the headers. */
bool validator_strong(const struct headers *h, struct slice *value);

/* Whether a 206 is of the version that those two strings (either may be NULL) describe: at
 * least one of them is there and equal, none is there and different. */
bool validator_same(const struct headers *h, const char *etag, const char *last_modified);

/* Last-Modified as a time; false when it is missing, no date, or in the future. */
bool validator_mtime(const struct headers *h, time_t *t);

#endif
