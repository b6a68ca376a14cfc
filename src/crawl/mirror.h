/* mirror.h - the pages that were saved, so that their links can be written anew in the
 * end (--convert-links). */
#ifndef TRAWL_CRAWL_MIRROR_H
#define TRAWL_CRAWL_MIRROR_H

#include <time.h>

#include "async/loop.h"
#include "base/pattern.h"
#include "base/str.h"

struct mirror;

/* `root` is the directory's descriptor; borrowed, as is `drop`, by which URLs were made
 * normal (normal.h). */
struct mirror *mirror_new(int root, const struct pattern *drop);
void mirror_free(struct mirror *m); /* NULL is allowed */

/* A page lies there under that name; `type` is its Content-Type. */
void mirror_add(struct mirror *m, const char *url, const char *name, struct slice type,
                time_t mtime);

/* A URL leads to another, where a redirect did. */
void mirror_alias(struct mirror *m, const char *url, const char *target);

/* Suspends until the links of all pages are written anew, or `stop` gives true. 0, or
 * the first -errno (each was logged). `drop` is another thread's meanwhile. */
async int mirror_convert(struct mirror *m, bool (*stop)(void *arg), void *arg);

#endif
