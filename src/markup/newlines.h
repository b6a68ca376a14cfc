/* newlines.h - which line a byte of a stream is on, counted no further than is asked.
 */
#ifndef TRAWL_MARKUP_NEWLINES_H
#define TRAWL_MARKUP_NEWLINES_H

#include <stddef.h>

/* {0, 1} to begin with. */
struct newlines {
    const char *counted; /* up to here, in the piece that is there */
    unsigned line;       /* from 1 */
};

/* How many LF there are. */
size_t newlines_count(const char *data, size_t n);

/* The next piece begins at `data`; the one before was counted to its end. */
static inline void newlines_start(struct newlines *l, const char *data)
{
    l->counted = data;
}

/* The line of `p`, which lies in the piece and not before what was asked last. */
static inline unsigned newlines_at(struct newlines *l, const char *p)
{
    l->line += (unsigned)newlines_count(l->counted, (size_t)(p - l->counted));
    l->counted = p;
    return l->line;
}

#endif
