/* mask.h - text for people, without the secrets in it. */
#ifndef TRAWL_BASE_MASK_H
#define TRAWL_BASE_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/* What stands in the place of a secret. */
#define MASK "***"

/* Appends text with *** in place of user name and password wherever a URL stands in it:
 * what is between "//" and the last "@" before the path. */
void mask_append(struct buf *out, const char *text, size_t n);

/* The same for a URL, which may lack its scheme; also in place of the values of
 * parameters, as in ?api_key=..., whose names look secret. */
void mask_append_url(struct buf *out, const char *url);

/* The same for what was refused as a URL: nobody knows where its authority ends, so
 * everything before the last "@" goes. */
void mask_append_refused_url(struct buf *out, const char *url);

/* Whether a header of that name, in any case, may hold a secret: rather one too many.
 */
bool mask_is_secret_header(struct slice name);

/* The same for a parameter of a URL, which may be percent-encoded. */
bool mask_is_secret_parameter(struct slice name);

/* Hides a secret from all that log.h prints from now on, as it is and percent-encoded,
 * of a URL its parts, too; one of less than three bytes is none. A copy is kept. */
void mask_hide(const char *secret);

/* Appends the text with *** in place of what mask_hide was given; a short secret only
 * where it is a word of its own. */
void mask_append_hidden(struct buf *out, const char *text, size_t n);

/* Whether there is anything to hide. */
bool mask_hides(void);

#endif
