/* plan.h - what waits for what: the stages of a spec, for people and programs. */
#ifndef TRAWL_GATHER_PLAN_H
#define TRAWL_GATHER_PLAN_H

#include "gather/spec.h"

/* Appends the plan as text: a line for each request, by stages; without secrets. */
void plan_append_text(struct buf *out, const struct spec *s);

/* The same as one JSON object with a line end. */
void plan_append_json(struct buf *out, const struct spec *s);

#endif
