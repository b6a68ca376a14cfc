/* check.h - which links are broken, and who has them (--check).
 *
 * URLs are known by their hashes (refs.h). A reference takes 16 bytes until what it
 * leads to turns out to be good; an id of a page, 8 to 16; those that are broken take
 * what is written of them. */
#ifndef TRAWL_CRAWL_CHECK_H
#define TRAWL_CRAWL_CHECK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "crawl/refs.h"

struct check;

struct check *check_new(const struct refs *refs);
void check_free(struct check *c); /* NULL is allowed */

/* A page that has links: its number. */
uint32_t check_page(struct check *c, const char *url);

/* A reference to a URL, and there to what `fragment` names, as it stands in the URL. */
struct check_link {
    uint64_t url;
    const char *text;      /* of the URL */
    struct slice fragment; /* empty: all of it */
    uint32_t page;         /* whose link it is */
    unsigned line;         /* 0: in its header */
};

void check_refer(struct check *c, const struct check_link *l);

/* What was found out: a URL is good, and with `read` its ids are those that check_id
 * was told; or it is broken; or a redirect leads to another. */
void check_id(struct check *c, uint64_t url, struct slice id);
void check_good(struct check *c, uint64_t url, bool read);

struct check_fault {
    const char *url;
    int status;          /* 0: no response */
    const char *type;    /* static */
    const char *message; /* for people */
};

void check_broken(struct check *c, uint64_t url, const struct check_fault *fault);
void check_alias(struct check *c, uint64_t url, const char *text, uint64_t target);

/* Calls `tell` for each broken link, with those who have it; how many there are. One
 * whose page is there, but not what it names in there, has the type "anchor_missing",
 * and its fragment. In the end, once. */
struct check_referrer {
    const char *url;
    unsigned line; /* 0: none */
};

typedef void check_fn(const struct check_fault *fault, struct slice fragment,
                      const struct check_referrer *referrers, size_t n, void *arg);
size_t check_finish(struct check *c, check_fn *tell, void *arg);

#endif
