/* crawl.h - the crawl scenario: start URLs in, one record for each page that they lead
 * to. */
#ifndef TRAWL_CRAWL_CRAWL_H
#define TRAWL_CRAWL_CRAWL_H

#include "crawl/scope.h"
#include "run/run.h"

/* Strings and patterns are borrowed. */
struct crawl_options {
    struct run_options run; /* its `state` is NULL: the frontier has its own */
    struct scope_config scope;
    const struct pattern *drop;   /* parameters of queries, by name; or NULL */
    string_list sitemaps;         /* to begin with */
    const char *product;          /* the product token that robots.txt knows us by */
    const char *state;            /* file, or NULL */
    bool no_robots;               /* nor nofollow */
    bool requisites;              /* the parts of pages, too */
    bool links;                   /* list them in the records */
    bool check;                   /* tell which links are broken */
    const struct pattern *ignore; /* URLs that are left out of that, or NULL */
    const char *save;             /* directory of a mirror, or NULL */
    bool convert_links;           /* in it */
    bool why;                     /* a record for each URL that is not asked for */
};

/* Runs it all, on a loop of its own. Returns the exit status. */
int crawl_run(const struct crawl_options *o);

#endif
