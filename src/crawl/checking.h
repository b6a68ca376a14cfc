/* checking.h - --check: from pages that arrive and end to check.h, and from there to
 * lines of the output. */
#ifndef TRAWL_CRAWL_CHECKING_H
#define TRAWL_CRAWL_CHECKING_H

#include "base/buf.h"
#include "base/str.h"
#include "crawl/check.h"
#include "crawl/refs.h"
#include "http/body_sink.h"
#include "markup/links.h"

struct crawl;
struct job;

/* For --check, of a page that arrives. */
struct gathered {
    struct buf links; /* struct gathered_link */
    struct buf text;
    struct buf ids;     /* anchors_add's */
    struct urlset seen; /* links, with their lines */
    bool enough;        /* the status was all that was wanted: the rest was refused */
};

struct gathered_link {
    uint64_t url; /* its hash; 0: it is none */
    unsigned line;
    size_t text; /* where it begins in `text`, from 1; 0: none */
};

void checking_tell(const struct check_broken *broken, void *crawl); /* the line */

/* Whether links there are neither checked nor told. */
bool checking_ignores(const struct crawl *c, struct slice url);

/* A link that was found: to a URL by its hash; with a fragment, false when that is not
 * checked; or to none. */
void checking_note(struct job *job, uint64_t url, unsigned line);
bool checking_note_fragment(struct job *job, uint64_t url, const char *text,
                            struct slice fragment, unsigned line);
void checking_note_malformed(struct job *job, const struct link *l);

void checking_anchor(struct slice id, void *job); /* links_handler's */
void gathered_reset(struct gathered *g);
void gathered_clear(struct gathered *g);

/* Before the request: whether a page is there is asked by HEAD. */
void checking_begin(struct job *job);

/* The call is done: true when it goes on, by GET, as HEAD may not be known. */
bool checking_asks_again(struct job *job);

/* What becomes of the body where only the status is wanted; then the answer is well. */
enum body_use checking_body(struct job *job);
void checking_was_enough(struct job *job);

/* The page has ended, with that error: tells what that says of its URLs and its links.
 */
void checking_ended(struct job *job, enum http_error error);

#endif
