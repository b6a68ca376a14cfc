/* refs.h - references that were dealt with before, at the price of one look.
 *
 * Most of what a page refers to, others referred to before, in the same words: the
 * navigation of a site. What such words lead to, seen from the same folder, need not be
 * found out again. A cache: it forgets. */
#ifndef TRAWL_CRAWL_REFS_H
#define TRAWL_CRAWL_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct refs;

struct refs *refs_new(void);
void refs_free(struct refs *r);

/* What the hashes depend on. To be set before there are any. */
uint64_t refs_seed(const struct refs *r);
void refs_set_seed(struct refs *r, uint64_t seed);

/* 64 bits that nobody outside can foresee; never 0. Texts under different `kind`s have
 * nothing to do with each other. */
uint64_t refs_hash(const struct refs *r, uint64_t kind, struct slice text);

/* What was noted for a reference: the hash of its URL. False: forgotten, or never. */
bool refs_get(const struct refs *r, uint64_t reference, uint64_t *url);
void refs_put(struct refs *r, uint64_t reference, uint64_t url);

/* The URLs of one page, by their hashes. All zero is the empty set. */
struct urlset {
    uint64_t *slots;
    size_t count, cap;
};

bool urlset_add(struct urlset *s, uint64_t url); /* false: was there */
bool urlset_has(const struct urlset *s, uint64_t url);
void urlset_reset(struct urlset *s); /* empty; keeps its memory */
void urlset_clear(struct urlset *s);

#endif
