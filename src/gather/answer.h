/* answer.h - from a response to a value, and whether it is the one that was expected.
 */
#ifndef TRAWL_GATHER_ANSWER_H
#define TRAWL_GATHER_ANSWER_H

#include "async/loop.h"
#include "gather/expand.h"

/* Appends the body's value as compact JSON: null for none; JSON as it came; other text
 * as a string, unless it was to be JSON. 0, or -EINVAL with the failure. */
int answer_read(struct buf *out, const struct response *rs, enum answer_form form,
                struct failure *f);

/* Suspends while patterns are matched, on another thread: what a server sent may keep
 * one busy. 0; -EINVAL with the failure HTTP_UNEXPECTED, which does not tell the value;
 * or -ECANCELED. */
async int answer_check(struct slice value, const struct expect *e,
                       const struct scope *s, struct failure *f);

#endif
