/* progress_text.h - the text of the progress display, for a terminal of a given size.
 *
 * Plain functions: what is made of it on the terminal is progress.c's. */
#ifndef TRAWL_OUTPUT_PROGRESS_TEXT_H
#define TRAWL_OUTPUT_PROGRESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "output/progress.h"

/* What it is made for. One column stays free, since a terminal may wrap as soon as the
 * last one is filled, and one row, for whatever comes next. */
struct progress_view {
    size_t width, height; /* of the terminal, from 1 on */
    bool color;
    double rate, byte_rate; /* of late, a second: records, and bytes */
};

/* Whether the run is one of files: it has bars, or had or will have. */
bool progress_has_bars(const struct progress_now *now);

/* Appends the whole display: lines parted by '\n', each of at most width - 1 columns,
 * and at most height - 1 of them, but always one: the total, which is the last. No
 * control characters but the '\n' and, with `color`, colours. */
void progress_append_text(struct buf *out, const struct progress_now *now,
                          const struct progress_view *view);

/* The parts: the total's line, and `lines` lines of bars, of which each ends in '\n'.
 */
void progress_append_total(struct buf *out, const struct progress_now *now,
                           const struct progress_view *view);
void progress_append_bars(struct buf *out, const struct progress_now *now,
                          size_t columns, size_t lines);

/* Appends a name of any bytes as at most so many columns of a terminal: what does not
 * fit is cut out of its middle for "...". Returns how many columns it takes. */
size_t progress_append_name(struct buf *out, struct slice name, size_t columns);

/* How many columns the name takes when nothing is cut. */
size_t progress_name_columns(struct slice name);

#endif
