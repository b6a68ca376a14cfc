/* answer.h - from a response to a value, and whether it is the one that was expected.
 */
#ifndef TRAWL_GATHER_ANSWER_H
#define TRAWL_GATHER_ANSWER_H

#include "gather/expand.h"

/* Appends the body's value as compact JSON: null for none; JSON as it came; other text
 * as a string, unless it was to be JSON. 0, or -EINVAL with the failure. */
int answer_read(struct buf *out, const struct response *rs, enum answer_form form,
                struct failure *f);

/* Whether the value is as expected. 0; or -EINVAL with the failure: HTTP_UNEXPECTED,
 * which does not tell the value, or HTTP_REFERENCE: what it is to equal is not there.
 */
int answer_check(struct slice value, const struct expect *e, const struct scope *s,
                 struct failure *f);

#endif
