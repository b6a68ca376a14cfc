/* sitemap_internal.h - what the readers of the formats share. */
#ifndef TRAWL_CRAWL_SITEMAP_INTERNAL_H
#define TRAWL_CRAWL_SITEMAP_INTERNAL_H

#include "base/buf.h"
#include "crawl/sitemap.h"

/* Of an address; the protocol has 2,048. An entry with a longer one is left out. */
#define SITEMAP_LOC_MAX ((size_t)8192)

/* One format, of bytes that are not gzipped any more. */
struct sitemap_reader {
    void *(*open)(struct sitemap *s);
    void (*close)(void *state);
    int (*feed)(void *state, const char *data, size_t n); /* 0 or sitemap_fail's */
    int (*finish)(void *state);                           /* the same */
};

extern const struct sitemap_reader sitemap_xml, sitemap_text;

/* Tells an entry; one without an address is none. Returns 0 or sitemap_fail's. */
int sitemap_tell(struct sitemap *s, struct slice loc, struct slice lastmod,
                 bool is_sitemap);

/* Makes it fail with r, unless it has failed before; returns what it failed with. */
int sitemap_fail(struct sitemap *s, int r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int sitemap_failed(const struct sitemap *s);        /* 0, or what it failed with */
size_t sitemap_entries(const struct sitemap *s);    /* told so far */
size_t sitemap_first_line(const struct sitemap *s); /* where its reader began, from 1 */

#endif
