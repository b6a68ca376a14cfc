/* job.h - one page on its way, and what the files of crawl/ share.
 *
 * One way through: the frontier gives a visit out, hosts.h lets it pass, the pool asks
 * for it, its bytes go to links.h as they arrive, what is found goes through the scope
 * to the frontier, the record is written, and the visit is done. A redirect goes
 * through scope and hosts like any link before it is followed. */
#ifndef TRAWL_CRAWL_JOB_H
#define TRAWL_CRAWL_JOB_H

#include "base/keyset.h"
#include "base/map.h"
#include "crawl/check.h"
#include "crawl/checking.h"
#include "crawl/crawl.h"
#include "crawl/errand.h"
#include "crawl/frontier.h"
#include "crawl/hosts.h"
#include "crawl/mirror.h"
#include "crawl/normal.h"
#include "crawl/reader.h"
#include "crawl/refs.h"
#include "crawl/save.h"

struct sitemaps;
struct skips;
struct starts;

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
    struct starts *starts;
    struct check *check; /* NULL without --check */
    struct buf notes;    /* of it, of a page that ends */
    struct reading_room reading;
    struct saver saver;     /* root -1 without --save */
    struct mirror *mirror;  /* NULL without --convert-links */
    struct list finished;   /* pages whose records are not written yet (--state) */
    uint64_t output_length; /* of the output, as this run found it */
    struct buf scratch;     /* a URL that is being made normal */
    bool begun;             /* the first item was asked for */
    struct event more;      /* set when the frontier may have more */
};

struct job {
    struct crawl *crawl;
    struct item item;
    struct visit *visit; /* NULL: the item is no URL, item.request.url tells which */
    uint64_t number;
    struct errand errand;
    struct hosts_waiter gate;
    char *target; /* where a redirect leads, that is waiting at the gate; owned */
    struct urlset claimed; /* targets, of all attempts */
    bool leads;            /* not on to there: that is not asked for, or was already */

    /* Of the exchange under way, and at its end of the page. */
    struct reader reader;
    bool finished;            /* it came whole, and is read */
    struct normal_base *base; /* <base href>, or the page's own URL; NULL: not yet */
    uint64_t base_key;        /* of its folder */
    bool nofollow;            /* X-Robots-Tag */
    struct urlset seen;       /* URLs that it refers to */
    struct buf list;          /* the same as JSON, with --links */
    char *canonical;          /* owned; NULL: none */
    struct save save;
    struct gathered gathered;
};

static inline struct crawl *crawl_of(struct run *run)
{
    return (struct crawl *)run; /* its first member */
}

/* ---- starts.c: the start URLs ---- */

/* Suspends until all of the input is read: what is in scope depends on every one. NULL
 * when it cannot be (it was logged). */
async struct starts *starts_read(struct crawl *c);
void starts_free(struct starts *s); /* NULL is allowed */

/* Lines that tell one crawl from another: its URLs, and what they lead to. The caller
 * frees. */
char *starts_describe(const struct crawl *c);

/* Puts those that are URLs into scope and frontier; then of the others each once. */
void starts_add(struct crawl *c);
bool starts_next_wrong(struct crawl *c, struct item *item);

/* What the input called that start URL, raw JSON; or NULL. */
const char *starts_id(const struct crawl *c, const char *url);

/* ---- crawl.c ---- */

/* Whether the headers and the login that were given are not meant for its origin: it is
 * none of a start URL. */
bool crawl_is_stranger(const char *url, void *crawl);

/* ---- job.c ---- */

/* Of an item, which is taken over. */
struct job *job_new(struct crawl *c, struct item *item);

/* The scenario's submit: takes the item over. */
async void job_submit(struct run *run, struct item *item);

/* All that came of it is read; its way to the mirror has ended. */
void job_read(struct reader *r);
void job_saved(struct save *s);

/* ---- body.c: what arrives ---- */

/* Sets the sink's functions. */
void body_init(struct job *job);

bool body_is_html(const struct response *rs);

/* Forgets what came, for another exchange. */
void body_reset(struct job *job);

/* ---- found.c: from a reference to the frontier ---- */

void found_link(const struct link *l, void *job);

/* By which a normal URL is known, but to the frontier; never 0. */
uint64_t found_hash(const struct crawl *c, struct slice url);

/* A redirect that is not followed: what it leads to is checked. */
void found_target(struct job *job, enum scope_verdict verdict);

/* What the header refers to (RFC 8288). */
void found_header(struct job *job, const struct response *rs);

/* ---- report.c ---- */

/* A page could not be saved: this machine's fault, -errno, or what is there instead. */
void report_unsaved(struct job *job);

/* Ends the page: writes its record, tells the frontier, frees it. HTTP_OK: its
 * response's own error; else it was not asked for, with the reason in its response. */
void report_page(struct job *job);

/* Visits whose records will not be written go back to the frontier. */
void report_unwritten(struct crawl *c);

/* Drops a page that nobody asked for, and which was not asked for. */
void report_nothing(struct job *job);

/* ---- skips.c: --why ---- */

struct skip {
    const char *url;
    enum scope_verdict verdict;
    uint32_t level;
    const char *referrer; /* NULL: none */
};

struct skips *skips_new(void);
void skips_free(struct skips *s); /* NULL is allowed */

/* The record, at once, of a URL that is one. */
void skips_tell(struct crawl *c, const struct skip *skip);

/* Tells once why a URL is not asked for: at once when that is for good; else in the
 * end, if it has not been asked for until then. */
void skips_note(struct crawl *c, const struct skip *skip);
void skips_finish(struct crawl *c);

/* ---- sitemaps.c ---- */

struct sitemaps *sitemaps_new(struct crawl *c);
void sitemaps_free(struct sitemaps *s); /* NULL is allowed */
void sitemaps_add(struct sitemaps *s, const char *url);
bool sitemaps_are_read(const struct sitemaps *s);    /* all that were added */
bool sitemaps_have_failed(const struct sitemaps *s); /* one of --sitemap */

#endif
