/* pattern.h - regular expressions of the command line, by PCRE2.
 *
 * Each is compiled once; a match costs a bounded number of steps, whatever the pattern
 * and the text: one that takes more does not match, and that is told once. */
#ifndef TRAWL_CRAWL_PATTERN_H
#define TRAWL_CRAWL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A list of them; NULL is the empty one, which matches nothing. */
struct pattern;

/* Adds one. 0, or -EINVAL with the reason and its place appended to *why. */
int pattern_add(struct pattern **p, const char *regex, struct buf *why);
void pattern_free(struct pattern *p);

/* Whether one of them is found in the text. */
bool pattern_matches(const struct pattern *p, const char *text, size_t n);

#endif
