/* tally.h - what a request of the spec came to, over all users. */
#ifndef TRAWL_GATHER_TALLY_H
#define TRAWL_GATHER_TALLY_H

#include "gather/spec.h"
#include "output/summary.h"

struct tally {
    uint64_t requests, failed;
    struct histogram total;
};

/* Counts a call that is done, here and in the summary. */
void tally_add(struct tally *t, struct summary *s, const struct call *call,
               enum http_error error);

/* One for each request of the spec; as text a line each, for those that were sent, as
 * JSON the member "by_name". */
void tally_append_text(struct buf *out, const struct tally *tallies,
                       const struct spec *s);
void tally_append_json(struct buf *out, const struct tally *tallies,
                       const struct spec *s);
void tally_clear(struct tally *tallies, const struct spec *s);

#endif
