/* sitemap.h - sitemaps as they arrive: XML, an index of sitemaps, feeds (RSS, Atom),
 * plain text; each also gzipped. https://www.sitemaps.org/protocol.html
 *
 * What is found is told at once; memory does not grow with the file. Of an entry only
 * address and date are read: alternates, images, videos and news are passed over. */
#ifndef TRAWL_CRAWL_SITEMAP_H
#define TRAWL_CRAWL_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct sitemap;

struct sitemap_entry {
    struct slice loc;     /* UTF-8, white space around it taken off; not resolved; never
                             empty */
    struct slice lastmod; /* as it stands there, if it is a W3C date (w3c_date.h); or
                             empty, as it always is for RSS and text */
    bool is_sitemap;      /* an entry of an index: another sitemap */
};

/* `found` is called from feed and finish; the slices end with the call. Which format it
 * is is told by the first bytes. */
struct sitemap *sitemap_new(void (*found)(const struct sitemap_entry *entry, void *arg),
                            void *arg);
void sitemap_free(struct sitemap *s); /* NULL is allowed */

/* 0, or -EINVAL from the first byte that is wrong on, with the reason in sitemap_why
 * ("line 7: mismatched tag"): entries that were told before stand. -EFBIG beyond 50,000
 * entries or 50 MiB (decoded), which the protocol allows. XML with a DOCTYPE is wrong,
 * so there are no entities but XML's own five and numbers. In text, lines that are no
 * URL are passed over, and wrong when there is no other; so are addresses of over 8
 * KiB. */
int sitemap_feed(struct sitemap *s, const char *data, size_t n);
int sitemap_finish(struct sitemap *s);
const char *sitemap_why(const struct sitemap *s); /* "": nothing is wrong */

#endif
