/* check.h - which links are broken, as that turns out (--check).
 *
 * Links come from pages that have ended, outcomes from URLs that were asked for, in any
 * order. A link whose URL has an outcome is judged at once and forgotten; else it waits
 * for that, in 16 bytes. URLs are hashes of normal ones (refs.h), at some 16 bytes
 * each; of a page that was read, its anchors are kept, at four. Only what is broken,
 * and what has a fragment, is kept as text. */
#ifndef TRAWL_CRAWL_CHECK_H
#define TRAWL_CRAWL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "crawl/anchors.h"
#include "crawl/refs.h"
#include "http/error.h"

struct check;

/* What is wrong. HTTP_OK: the page is there, but nothing in it has the fragment's name.
 */
struct check_fault {
    enum http_error error;
    int status;          /* 0: none */
    const char *message; /* for people */
};

struct check_broken {
    const char *url; /* with its fragment */
    const char *page;
    uint32_t line; /* 0: none, in its header */
    const struct check_fault *fault;
};

/* Told of each link that is broken, once. */
typedef void check_tell(const struct check_broken *broken, void *arg);

/* `refs` is borrowed. Redirects that lead on more than `max_redirects` times, or in a
 * circle, are broken. */
struct check *check_new(const struct refs *refs, unsigned max_redirects,
                        check_tell *tell, void *arg);
void check_free(struct check *c); /* NULL is allowed */

/* Whether broken links are told, as in the beginning, or only counted. */
void check_mute(struct check *c, bool mute);
uint64_t check_count(const struct check *c); /* those that are broken, so far */

/* ---- links ---- */

struct check_link {
    uint64_t url; /* 0: it is none, which is broken */
    uint32_t line;
    const char *text; /* of one that has a fragment, or is none: all of it; else NULL */
};

/* Whether it is known to be good. */
bool check_is_good(const struct check *c, const struct check_link *l);

/* The links of a page. */
void check_links(struct check *c, const char *page, const struct check_link *links,
                 size_t n);

/* Whether links with fragments wait for that URL. */
bool check_wants_anchors(const struct check *c, uint64_t url);

/* ---- outcomes ---- */

enum check_result {
    CHECK_GOOD, /* it is there */
    CHECK_SEEN, /* the same, but it was not read: links with fragments wait on */
    CHECK_BROKEN,
    CHECK_MOVED, /* it leads to another, which has an outcome, or will */
    CHECK_RESULTS
};

struct check_outcome {
    enum check_result result;
    uint64_t url;
    const char *text;              /* the URL; of CHECK_BROKEN and CHECK_MOVED */
    const struct anchors *anchors; /* of CHECK_GOOD, copied; NULL: none that could be
                                      checked, as it is no HTML */
    struct check_fault fault;      /* of CHECK_BROKEN */
    uint64_t target;               /* of CHECK_MOVED */
};

/* The first outcome of a URL counts, but that CHECK_SEEN is less than the others. */
void check_outcome(struct check *c, const struct check_outcome *o);

#endif
