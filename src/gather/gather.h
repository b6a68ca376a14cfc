/* gather.h - trawl gather: a spec of requests that need each other becomes a document.
 */
#ifndef TRAWL_GATHER_GATHER_H
#define TRAWL_GATHER_GATHER_H

#include "gather/crowd.h"
#include "gather/spec.h"
#include "http/client.h"
#include "http/status_set.h"

/* As the command line gives them. Borrowed. */
struct gather_options {
    const struct spec *spec;
    struct client_config client;
    struct status_set accept; /* statuses that count as success */
    struct crowd_options crowd;
    const char *output;    /* of the document; NULL: standard output */
    const char *summary;   /* file for the summary as JSON, or NULL */
    double deadline;       /* seconds for the whole run; 0: none */
    bool users;            /* a line for each run of a user, and percentiles by name */
    bool indent, terminal; /* the document is for people; it goes to a terminal */
    bool errors_in_document; /* else on standard error */
    bool fail_fast, timeline;
    bool quiet;           /* no summary on standard error */
    bool progress, color; /* on standard error */
};

/* Returns the exit status. */
int gather_run(const struct gather_options *o);

#endif
