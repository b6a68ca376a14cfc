/* patience.h - with a reader that does not read, once a run has been stopped. */
#ifndef TRAWL_RUN_PATIENCE_H
#define TRAWL_RUN_PATIENCE_H

#include "output/sink.h"
#include "run/interrupt.h"

struct patience {
    struct loop *loop;
    struct sink *const *sink; /* NULL there: it is closed */
    const struct interrupt *interrupt;
    struct timer timer;
    uint64_t seen; /* what the sink had written when it was last looked at */
};

void patience_init(struct patience *p, struct loop *loop, struct sink *const *sink,
                   const struct interrupt *interrupt);

/* From now on what is owed is dropped (sink_abandon) when its reader does not take it:
 * after an interrupt so that the run leaves within a second, else once the reader has
 * taken nothing for about one. */
void patience_begin(struct patience *p);
void patience_end(struct patience *p);

#endif
