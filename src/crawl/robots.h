/* robots.h - robots.txt (RFC 9309): what a site asks of crawlers.
 *
 * Plain functions over bytes: fetching, redirects and caching are hosts.h's. Whatever
 * bytes come, there are rules in the end, perhaps none. */
#ifndef TRAWL_CRAWL_ROBOTS_H
#define TRAWL_CRAWL_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* What is read of a file (RFC 9309, 2.5); what comes behind it is dropped, with the
 * line that is cut there. */
#define ROBOTS_BYTES_MAX (500 * 1024)

struct robots;

/* `product` is the product token of the user agent ("trawl"), or begins with it
 * (product.h). The caller frees. */
struct robots *robots_new(const char *product);
void robots_free(struct robots *r); /* NULL is allowed */

/* Takes the file piece by piece, then its end. Groups that name the product are one
 * (RFC 9309, 2.2.1); the rules of `*` count when none does. Of what is no line of a
 * group or a sitemap (an HTML page, say) nothing is kept; a few usual misspellings of
 * their names are known, and a space in place of the ":". */
void robots_feed(struct robots *r, const char *data, size_t n);
void robots_finish(struct robots *r);

/* Rules for a file that cannot be had: everything is allowed (4xx) or nothing is (5xx).
 * In place of feed and finish. */
void robots_allow_all(struct robots *r);
void robots_deny_all(struct robots *r);

/* Whether that path with its query ("/a?b=c", as it is sent) may be asked for: by the
 * longest rule that matches, Allow winning among equals; percent-encoding compared as
 * RFC 9309, 2.2.2 says; "*" and "$" as in 2.2.3, in time linear in the path for each
 * rule. /robots.txt itself always may. After robots_finish. */
bool robots_allows(const struct robots *r, const char *path);

/* Crawl-delay of the group that counts, in seconds, the longest of several; 0: none. No
 * RFC has it; at most a day. Unlike a rule it does not end a list of user agents, and
 * is for those of them that stand before it. */
double robots_delay(const struct robots *r);

/* Sitemap lines, of any group: the i-th, or NULL behind the last. At most 1,000 are
 * kept. */
const char *robots_sitemap(const struct robots *r, size_t i);

#endif
