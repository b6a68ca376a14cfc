/* charref.h - character references
 * (https://html.spec.whatwg.org/#character-reference-state).
 *
 * All of the standard's names, and numbers. */
#ifndef TRAWL_MARKUP_CHARREF_H
#define TRAWL_MARKUP_CHARREF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define CHARREF_MAX 8 /* bytes of UTF-8 that one stands for, at most */

/* The reference at the front of s, which begins with "&": how many bytes it takes, and
 * in `out` and *len what it stands for; 0 when there is none. In attributes, a name
 * without its semicolon is none if a letter, a digit or "=" follows ("?a=1&copy=2").
 * The time is bounded but for a number's leading zeros. */
size_t charref_decode(struct slice s, bool in_attribute, char out[CHARREF_MAX],
                      size_t *len);

#endif
