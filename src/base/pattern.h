/* pattern.h - regular expressions that people write, by PCRE2 (Perl's).
 *
 * Each is compiled once, to machine code where that can be had. A search takes some
 * milliseconds at most, and in a long text some tenths of a second a megabyte,
 * whatever the pattern and the text: one that takes more steps than that counts as no
 * match, and that is logged once a pattern. Bytes are compared, and case counts unless
 * a pattern begins with (?i). */
#ifndef TRAWL_BASE_PATTERN_H
#define TRAWL_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A list of them; NULL is the empty one, which matches nothing. */
struct pattern;

/* Adds one. 0, or -EINVAL with the reason and its place appended to *why. */
int pattern_add(struct pattern **p, const char *regex, struct buf *why);
void pattern_free(struct pattern *p); /* NULL is allowed */

/* One line for each: the name, a space, the regular expression. */
void pattern_describe(const struct pattern *p, const char *name, struct buf *out);

/* Whether one of them is found in the text. Not from two threads at once. */
bool pattern_matches(const struct pattern *p, const char *text, size_t n);

#endif
