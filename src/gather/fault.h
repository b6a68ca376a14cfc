/* fault.h - what is wrong with a spec, and where. */
#ifndef TRAWL_GATHER_FAULT_H
#define TRAWL_GATHER_FAULT_H

#include "base/str.h"

struct fault {
    const char *at; /* in the text of the spec */
    char *why;      /* for people; owned, NULL: nothing is wrong */
};

void fault_clear(struct fault *f);

/* Sets the fault, which must be clear; returns -EINVAL. */
int fault_set(struct fault *f, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends "LINE:COLUMN: why", both counted from 1, columns in characters; without the
 * numbers when `at` is not in the text. */
void fault_append(struct buf *out, const struct fault *f, struct slice text);

#endif
