/* frontier.h - the URLs that are known, and which of them comes next.
 *
 * Each normal URL is given out once: breadth first, hosts in turn, so that a host that
 * is slow or has many pages keeps nobody waiting. What waits takes its URL and about 40
 * bytes; what is done, some 20. With a state file (SQLite) all of it outlives the run:
 * a page that was told done is not given out again, one that was not is, and the links
 * of a page are there exactly when it is done. */
#ifndef TRAWL_CRAWL_FRONTIER_H
#define TRAWL_CRAWL_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"

struct frontier;

/* How a URL came to be known. */
enum visit_reason {
    VISIT_START,
    VISIT_LINK,
    VISIT_SITEMAP,
    VISIT_REQUISITE, /* a part of a page */
    VISIT_CHECK      /* out of scope, asked for once (--check) */
};

/* One URL that was given out. Opaque but for what its user reads. */
struct visit {
    char *url;            /* normal; owned by the frontier until frontier_done */
    const char *referrer; /* the page that it was found on first; NULL: none */
    char *lastmod;        /* the sitemap's; NULL: none */
    uint32_t level;       /* links from a start URL */
    enum visit_reason reason;
    uint64_t number; /* of those given out in this run, from 0 */
};

struct frontier_config {
    const char *state;  /* file, or NULL */
    unsigned per_host;  /* visits of one host that are out at once, at most */
    uint64_t max_pages; /* given out in all (with a state file, in all runs); 0: any */
    uint64_t max_per_host; /* the same, a host */
};

/* On the current loop. NULL with a message logged when the state file is damaged,
 * another program's or command's, of a crawl with other start URLs, or in use. */
struct frontier *frontier_new(const struct frontier_config *config);

/* Suspends until all that was told done is on disk, then closes. 0 or -errno (logged).
 */
async int frontier_free(struct frontier *f);

/* What is to be added about a URL. Borrowed. */
struct found {
    const char *url; /* normal */
    const char *lastmod;
    uint32_t level;
    enum visit_reason reason;
};

/* Adds a URL that no page refers to: a start, or one of a sitemap. True when it was not
 * known. Of a URL that is known and waits the smaller level counts. */
bool frontier_add(struct frontier *f, const struct found *what);

/* Adds what was found on a page that is out. It is given out at once; with a state file
 * it is on disk together with the page's end. */
bool frontier_add_link(struct frontier *f, struct visit *from,
                       const struct found *what);

/* A page that is out turned out to be under another URL, where a redirect leads: true
 * when that was not known. It is now, and is not given out; with a state file from the
 * page's end on. */
bool frontier_claim(struct frontier *f, struct visit *from, const char *url);

/* Whether it was ever added, or claimed. */
bool frontier_knows(const struct frontier *f, const char *url);

/* Suspends until there is a URL to ask for. 1 with *visit set; 0 when none is left and
 * none is out, or frontier_close was called; -ECANCELED. For one task at a time. */
async int frontier_next(struct frontier *f, struct visit **visit);

/* The page has ended, and its record was written: never again. Frees the visit; the
 * next of its host may come. */
void frontier_done(struct frontier *f, struct visit *visit);

/* It has not been answered (cancelled): a later run with the state file asks again.
 * Frees the visit. */
void frontier_put_back(struct frontier *f, struct visit *visit);

/* No more is given out. */
void frontier_close(struct frontier *f);

/* Whether `max_pages` were given out: whatever is added waits. */
bool frontier_is_spent(const struct frontier *f);

/* Calls fn for each URL that waits. */
typedef void frontier_fn(const struct found *what, const char *referrer, void *arg);
void frontier_each_waiting(struct frontier *f, frontier_fn *fn, void *arg);

uint64_t frontier_known(const struct frontier *f);   /* URLs that were ever added */
uint64_t frontier_waiting(const struct frontier *f); /* of these, not given out yet */
uint64_t frontier_done_before(const struct frontier *f); /* in earlier runs */

/* 0, or the -errno with which writing the state failed (it was logged). */
int frontier_error(const struct frontier *f);

#endif
