/* spec_internal.h - what the files that read a spec share. */
#ifndef TRAWL_GATHER_SPEC_INTERNAL_H
#define TRAWL_GATHER_SPEC_INTERNAL_H

#include "gather/spec.h"

/* Requests that are written by hand, or made by a program. */
#define SPEC_MOST_REQUESTS 1000

/* ---- spec_request.c ---- */

void spec_request_clear(struct spec_request *rq);

/* Reads the object of one request, and from `defaults` (len 0: there are none) what
 * that leaves open; checks that its fields go together. */
int spec_request_read(struct spec_request *rq, struct slice object,
                      struct slice defaults, struct fault *f);

/* Checks the defaults, also where no request uses them. */
int spec_defaults_check(struct slice defaults, struct fault *f);

/* ---- spec_fields.c: values that have a form of their own ---- */

/* What a JSON string stands for, as a C string, owned; NULL with the fault when it is
 * no string, or holds a NUL. `what` names the field. */
char *spec_read_string(struct slice value, const char *what, struct fault *f);

int spec_read_seconds(struct slice value, double *seconds, const char *what,
                      struct fault *f);
int spec_read_count(struct slice value, int64_t most, int64_t *n, const char *what,
                    struct fault *f);
int spec_read_bool(struct slice value, bool *b, const char *what, struct fault *f);
int spec_read_pointer(struct slice value, struct slice *pointer, const char *what,
                      struct fault *f);
int spec_read_think(struct spec_request *rq, struct slice value, struct fault *f);

/* 200, "2xx" or "500-599", one or a list; with `expects` also "expect", noted there. */
int spec_read_statuses(struct slice value, struct status_set *set, bool *expects,
                       const char *what, struct fault *f);
int spec_read_paginate(struct pages *p, struct slice value, struct fault *f);
int spec_read_expect(struct expect *e, struct slice value, struct fault *f);

/* Whether it is an object; else the fault. */
int spec_want_object(struct slice value, const char *what, struct fault *f);

/* The place of a name that is not known among those that are, with the nearest. */
int spec_unknown(struct slice key, const char *what, const char *name,
                 const char *const *known, struct fault *f);

/* ---- spec_names.c ---- */

/* Reads `vars` (len 0: none) and --var into the spec's variables. */
int spec_read_variables(struct spec *s, struct slice object,
                        const struct spec_options *o, struct fault *f);

/* Looks up every reference of every request and of the output; sets needs and slots. */
int spec_look_up(struct spec *s, struct fault *f);

/* ---- spec_plan.c ---- */

/* Sets the stages; the fault names the cycle. */
int spec_plan(struct spec *s, struct fault *f);

/* ---- spec_check.c ---- */

/* What is certain to fail: URLs, headers, lists that are constant and wrong. */
int spec_check(struct spec *s, struct fault *f);

#endif
