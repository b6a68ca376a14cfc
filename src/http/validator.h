/* validator.h - whether two responses are of the same version of a file (RFC
 * 9110, 8.8).
 */
#ifndef TRAWL_HTTP_VALIDATOR_H
#define TRAWL_HTTP_VALIDATOR_H

#include <stdbool.h>
#include <time.h>

#include "http/headers.h"

/* What If-Range may be sent with: a strong ETag; without any ETag a Last-Modified that
 * is strong, as it lies at least a second before Date (8.8.2.2). False when there is
 * neither: then no part of this response can be gone on with. Beside a weak ETag a date
 * may not be sent (13.1.5). An ETag that is empty, unquoted or holds what none may is
 * none. *value points into the headers; untouched when false. */
bool validator_strong(const struct headers *h, struct slice *value);

/* Whether a 206 is of the version that those two strings (either may be NULL) describe:
 * at least one of them is there and equal, none is there and different. A weak ETag, or
 * what is none, tells versions apart when it differs, but proves nothing when it is
 * equal. */
bool validator_same(const struct headers *h, const char *etag,
                    const char *last_modified);

/* Last-Modified as a time; false when it is missing, no date, or in the future. */
bool validator_mtime(const struct headers *h, time_t *t);

#endif
