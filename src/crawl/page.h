/* page.h - one page on its way, and what the files of crawl/ share.
 *
 * One way through: the frontier gives a visit out, hosts.h lets it pass, the pool asks
 * for it, its bytes go to links.h as they arrive, what is found goes through the scope to
 * the frontier, the record is written, and the visit is done. A redirect goes through
 * scope and hosts like any link before it is followed. */
#ifndef TRAWL_CRAWL_PAGE_H
#define TRAWL_CRAWL_PAGE_H

#include "base/keyset.h"
#include "base/map.h"
#include "crawl/crawl.h"
#include "crawl/errand.h"
#include "crawl/frontier.h"
#include "crawl/hosts.h"
#include "crawl/links.h"
#include "crawl/normal.h"
#include "crawl/refs.h"
#include "disk/digest.h"

struct sitemaps;
struct skips;

struct crawl {
    struct run run; /* first */
    const struct crawl_options *o;
    struct frontier *frontier;
    struct scope *scope;
    struct hosts *hosts;
    struct sitemaps *sitemaps;
    struct skips *skips;    /* NULL without --why */
    struct refs *refs;      /* references that were dealt with */
    struct keyset contents; /* of pages so far: halves of their SHA-256 */
    struct map origins;     /* of start URLs; the keys are owned */
    struct map ids;         /* of start URLs that have one, by URL: struct start_id */
    struct list pages;      /* under way */
    struct list finished;   /* pages whose records are not written yet (--state) */
    struct buf scratch;     /* a URL that is being made normal */
    struct event more;      /* set when the frontier may have more */
    bool all_read;          /* of the start URLs */
};

struct page {
    struct list node;
    struct crawl *crawl;
    struct item item;
    struct visit *visit; /* NULL: the item is no URL, item.request.url tells which */
    uint64_t number;
    struct errand errand;
    struct hosts_waiter gate;
    char *target; /* where a redirect leads, that is waiting at the gate; owned */
    bool leads;   /* not on to there: that is not asked for, or was already */

    /* Of the exchange under way, and at its end of the page. */
    struct links *links; /* NULL: it is not read for links */
    bool finished;       /* links_finish was called */
    struct normal_base *base; /* <base href>, or the page's own URL; NULL: not yet */
    uint64_t base_key;   /* of its folder */
    bool nofollow;       /* X-Robots-Tag */
    struct urlset seen;  /* URLs that it refers to */
    struct buf list;     /* the same as JSON, with --links */
    char *canonical;     /* owned; NULL: none */
    struct digests *digests;
};

static inline struct crawl *crawl_of(struct run *run)
{
    return (struct crawl *)run; /* its first member */
}

/* What the input called a start URL. */
struct start_id {
    char *url;  /* owned, as is */
    char *text; /* raw JSON */
};

/* ---- crawl.c ---- */

/* Whether the headers and the login that were given are not meant for its origin: it is
 * none of a start URL. */
bool crawl_is_stranger(const char *url, void *crawl);

/* ---- page.c ---- */

/* The scenario's submit: takes the item over. */
async void page_submit(struct run *run, struct item *item);

/* ---- body.c: what arrives ---- */

/* Sets the sink's functions. */
void body_init(struct page *page);

/* All has come: what was held back of the links is found, too. */
void body_finish(struct page *page);

/* Forgets what came, for another exchange or for good. */
void body_reset(struct page *page);

/* ---- found.c: from a reference to the frontier ---- */

void found_link(const struct link *l, void *page);

/* What the header refers to (RFC 8288). */
void found_header(struct page *page, const struct response *rs);

/* ---- report.c ---- */

/* Ends the page: writes its record, tells the frontier, frees it. HTTP_OK: its response's
 * own error; else it was not asked for, with the reason in its response. */
void report_page(struct page *page);

/* Visits whose records will not be written go back to the frontier. */
void report_unwritten(struct crawl *c);

/* Drops a page that nobody asked for, and which was not asked for. */
void report_nothing(struct page *page);

/* ---- skips.c: --why ---- */

struct skip {
    const char *url;
    enum scope_verdict verdict;
    uint32_t level;
    const char *referrer; /* NULL: none */
};

struct skips *skips_new(struct crawl *c);
void skips_free(struct skips *s); /* NULL is allowed */

/* Tells once why a URL is not asked for: at once when that is for good; else in the end,
 * if it has not been asked for until then. */
void skips_note(struct crawl *c, const struct skip *skip);
void skips_finish(struct crawl *c);

/* ---- sitemaps.c ---- */

struct sitemaps *sitemaps_new(struct crawl *c);
void sitemaps_free(struct sitemaps *s); /* NULL is allowed */
void sitemaps_add(struct sitemaps *s, const char *url);
bool sitemaps_are_read(const struct sitemaps *s); /* all that were added */

#endif
