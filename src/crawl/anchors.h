/* anchors.h - what a page has that a fragment can name: its ids, four bytes each. */
#ifndef TRAWL_CRAWL_ANCHORS_H
#define TRAWL_CRAWL_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "crawl/refs.h"

/* Halves of refs.h's hashes of ids. */
struct anchors {
    size_t count;
    uint32_t hashes[]; /* ascending */
};

/* Gathers an id. */
void anchors_add(struct buf *gathered, const struct refs *refs, struct slice id);

/* Of those that were gathered, which is empty then. The caller frees. */
struct anchors *anchors_new(struct buf *gathered);

struct anchors *anchors_copy(const struct anchors *a);

/* Whether a fragment, as it stands in a URL without "#", leads somewhere: to an id that
 * is that, or that once percent-encoding is undone (case counts), or to the beginning,
 * as "" and "top" do (https://html.spec.whatwg.org/#select-the-indicated-part). Text
 * fragments, from ":~:" on, are no part of it; what begins with "!" or "/" is a
 * script's. */
bool anchors_has(const struct anchors *a, const struct refs *refs,
                 struct slice fragment);

/* Whether it leads somewhere in every page. */
bool anchors_needless(struct slice fragment);

#endif
