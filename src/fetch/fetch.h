/* fetch.h - the fetch scenario: a list of requests in, one record each out. */
#ifndef TRAWL_FETCH_FETCH_H
#define TRAWL_FETCH_FETCH_H

#include <stdbool.h>

#include "http/client.h"
#include "http/status_set.h"
#include "input/source.h"
#include "output/record.h"

struct fetch_options {
    struct client_config client;
    struct source_config source;
    struct record_options record;
    struct status_set accept; /* statuses that count as success */
    const char *output;    /* NULL: standard output */
    const char *summary;   /* file for the summary as JSON, or NULL */
    const char *state;     /* file, or NULL */
    double deadline;       /* seconds for the whole run; 0: none */
    bool ordered, fail_fast, dry_run;
    bool quiet;            /* no summary on standard error */
    bool progress, color;  /* on standard error */
};

/* Runs it all, on a loop of its own. Returns the exit status. */
int fetch_run(const struct fetch_options *o);

#endif
