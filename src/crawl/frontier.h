/* frontier.h - the URLs that are known, and which of them comes next.
 *
 * Each normal URL is given out once: breadth first, hosts in turn, so that a host that
 * is slow or has many pages keeps nobody waiting (lanes.h has the order). What waits
 * takes its path and some 5 bytes; what is known, 20 to 25. With a state file (SQLite)
 * all of it outlives the run, also one that is killed: what was told is on disk within
 * a second, in the order in which it was told. A page that was told done is not given
 * out again, one that was not is, and of one that is done no link is missing. */
#ifndef TRAWL_CRAWL_FRONTIER_H
#define TRAWL_CRAWL_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"
#include "base/buf.h"
#include "base/str.h"

struct frontier;

/* How a URL came to be known. The numbers stand in state files. */
enum visit_reason {
    VISIT_START = 0,
    VISIT_LINK = 1,
    VISIT_SITEMAP = 2,
    VISIT_REQUISITE = 3, /* a part of a page */
    VISIT_CHECK = 4,     /* only whether it is there (--check) ... */
    VISIT_ANCHORS = 5    /* ... and what there links with a fragment lead to */
};

/* One URL that was given out. It is its taker's, who ends it with frontier_done or
 * frontier_put_back; what it points to lives as long. */
struct visit {
    const char *url;      /* normal */
    const char *referrer; /* the page that it was found on first; NULL: none */
    const char *lastmod;  /* the sitemap's; NULL: none */
    uint32_t level;       /* links from a start URL */
    enum visit_reason reason;
    uint64_t number; /* of those given out in this run, from 0 */
};

struct frontier_config {
    const char *state;    /* file, or NULL */
    const char *options;  /* lines of text: what a crawl has to have in common with the
                             one that the state file is of, as start URLs and scope; with
                             a state file only */
    const char *output;   /* the file that output_length is about, by its absolute name;
                             or NULL; with a state file only, as ... */
    uint64_t output_size; /* ... its size, as it is */
    unsigned per_host;    /* visits of one host that are out at once, at most; 0: any */
    uint64_t max_pages;   /* given out in all (with a state file, in all runs, but for
                             those put back); 0: any */
    uint64_t max_per_host; /* the same, a host; hosts are told apart by origin here */

    /* What was noted with each page that is done, in the order of their ends; or NULL.
     * Called before frontier_new returns. False: nothing that was noted by this. */
    bool (*noted)(struct slice notes, void *arg);

    /* Called before frontier_new returns with each URL that is done, or claimed, but
     * for those that were only checked; or NULL. */
    void (*was_done)(const char *url, void *arg);
    void *arg; /* of both */
};

/* On the current loop; `config` is copied, `options` may go. NULL with a message logged
 * when the state file is damaged, another program's or command's, of a crawl with other
 * options, or in use. */
struct frontier *frontier_new(const struct frontier_config *config);

/* Suspends until all that was told done is on disk, then closes. No visit is out. 0 or
 * -errno (logged). A request for cancellation does not keep it from that. */
async int frontier_free(struct frontier *f);

/* What is to be added about a URL. Borrowed. */
struct found {
    const char *url;     /* normal */
    const char *lastmod; /* or NULL */
    uint32_t level;
    enum visit_reason reason;
};

/* Adds a URL that no page refers to: a start, or one of a sitemap. True when it was not
 * known. Of a URL that is known and waits the smaller level counts. One that was only
 * to be checked (VISIT_CHECK, or VISIT_ANCHORS, which is more) and is found to be more
 * is given out again. */
bool frontier_add(struct frontier *f, const struct found *what);

/* Adds what was found on a page that is out. It may be given out at once. */
bool frontier_add_link(struct frontier *f, struct visit *from,
                       const struct found *what);

/* A page that is out turned out to be under another URL, where a redirect leads: true
 * when that was not known. It is now, and is not given out; with a state file from the
 * page's end on. */
bool frontier_claim(struct frontier *f, struct visit *from, const char *url);

/* Whether it was ever added, or claimed. */
bool frontier_knows(const struct frontier *f, const char *url);

/* Suspends until there is a URL to ask for. 1 with *visit set; 0 when none is left that
 * may be given out and none is out that could find more, when max_pages is reached, or
 * when frontier_close was called; -ECANCELED. For one task at a time. */
async int frontier_next(struct frontier *f, struct visit **visit);

/* After frontier_next gave 0: takes one that waits all the same, of no more than that
 * level, for max_per_host (*host_full) or for max_pages or closing; false when there is
 * none. It is to be put back. Nothing may be added meanwhile. */
bool frontier_kept_back(struct frontier *f, uint32_t level, struct visit **visit,
                        bool *host_full);

/* Bytes that the state file keeps with the page, once it is done. */
void frontier_note(struct frontier *f, struct visit *visit, const struct buf *notes);

/* The page has ended, and its record was written: never again. Frees the visit; the
 * next of its host may come. `output_length`: the output file belongs to pages that are
 * done up to there, this one with them; of use with a state file. */
void frontier_done(struct frontier *f, struct visit *visit, uint64_t output_length);

/* It has not been answered (cancelled): a later run with the state file asks again,
 * this one does not. Frees the visit. */
void frontier_put_back(struct frontier *f, struct visit *visit);

/* No more is given out. */
void frontier_close(struct frontier *f);

/* Whether that is so, by this or by max_pages, whatever may be added. */
bool frontier_is_over(const struct frontier *f);

uint64_t frontier_known(const struct frontier *f);   /* URLs that were ever added */
uint64_t frontier_waiting(const struct frontier *f); /* of these, not given out yet */
uint64_t frontier_done_before(const struct frontier *f); /* in earlier runs */

/* The output_length that came with the last page that is done by the state file: what
 * is behind it belongs to pages that will come again. Of an output that is not the last
 * run's, or is shorter, all of it (output_size). 0 without a state file. */
uint64_t frontier_output_length(const struct frontier *f);

/* 0, or the -errno with which writing the state failed (it was logged). */
int frontier_error(const struct frontier *f);

#endif
