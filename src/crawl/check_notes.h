/* check_notes.h - what a page that is done means for the check, as bytes that the state
 * file keeps with it, so that a later run goes on where this one was. */
#ifndef TRAWL_CRAWL_CHECK_NOTES_H
#define TRAWL_CRAWL_CHECK_NOTES_H

#include "base/buf.h"
#include "base/str.h"
#include "crawl/check.h"

/* Begins the notes of a page: hashes stand in them, which depend on the seed. */
void check_notes_begin(struct buf *out, const struct refs *refs);

/* What is told to check.h, in the same order. */
void check_notes_outcome(struct buf *out, const struct check_outcome *o);
void check_notes_link(struct buf *out, const char *page, const struct check_link *l);

/* Tells `c` what is in the notes of one page, and sets the seed of its refs before.
 * False: these are no notes. */
bool check_notes_read(struct slice notes, struct check *c, struct refs *refs);

#endif
