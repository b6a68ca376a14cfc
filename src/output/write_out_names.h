/* write_out_names.h - what %{name} can stand for in a -w format. */
#ifndef TRAWL_OUTPUT_WRITE_OUT_NAMES_H
#define TRAWL_OUTPUT_WRITE_OUT_NAMES_H

#include "output/record.h"

struct write_out_name {
    const char *name;
    /* `which`: the header's name, for %header{name}. */
    void (*append)(struct buf *out, const struct record *r, const char *which);
};

extern const struct write_out_name write_out_header;

const struct write_out_name *write_out_find(const char *name); /* NULL: unknown */
const char *write_out_nearest(const char *name);               /* NULL: none is near */

/* Appends an object that has a list of values for each name, in lower case. */
void header_json_append(struct buf *out, const struct headers *h);

#endif
