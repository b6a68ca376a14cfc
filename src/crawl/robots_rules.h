/* robots_rules.h - the allow and disallow lines of one group of a robots.txt, and which
 * of them decides (RFC 9309, 2.2.2 and 2.2.3).
 *
 * Patterns and paths are brought into one form before they are compared:
 * percent-encoded is what is no printable ASCII, and "%"; all else is not. So "%62" is
 * "b", "%2A" and
 * "%24" are the characters "*" and "$" that stand for themselves, and U+30C4 is
 * "%E3%83%84". Only of "/" and "?" in a path the encoded ones are others, as they part
 * nothing; behind "?" they are the same. */
#ifndef TRAWL_CRAWL_ROBOTS_RULES_H
#define TRAWL_CRAWL_ROBOTS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/* All zero is without rules. */
struct robots_rules {
    struct buf text; /* the patterns, one behind the other */
    struct robots_rule *rules;
    size_t count, cap;
};

void robots_rules_clear(struct robots_rules *r);

/* Adds a line's value. One that does not begin with "/" or "*" matches no path, and is
 * left out. */
void robots_rules_add(struct robots_rules *r, bool allow, struct slice pattern);

/* Orders them, once, behind the last. */
void robots_rules_seal(struct robots_rules *r);

/* Whether the path with its query may be asked for: the longest pattern that matches
 * decides (as long as it is in the form above, with "*" and "$"), an allow among
 * equals, and none allows. Only rules whose text before the first "*" fits are looked
 * at, each in time linear in path and pattern. After robots_rules_seal. */
bool robots_rules_allow(const struct robots_rules *r, const char *path);

#endif
