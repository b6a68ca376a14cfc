/* pager.h - a list that comes in pages: where the next one is, and all of them joined.
 *
 * Plain functions over answers; nothing suspends, nothing is sent. */
#ifndef TRAWL_GATHER_PAGER_H
#define TRAWL_GATHER_PAGER_H

#include "base/map.h"
#include "gather/result.h"
#include "gather/spec.h"

struct pager {
    const struct pages *rule;
    struct buf joined;   /* elements with commas between them */
    struct map seen;     /* URLs that were asked for, owned */
    struct buf previous; /* the last page's elements, where pages are counted */
    unsigned count;      /* pages so far */
    int64_t number;      /* of the next page, or element */
    char *first_url;     /* as it was without the parameter */
    bool cut;            /* there was another page than max_pages allows */
};

enum pager_next { PAGER_END, PAGER_MORE, PAGER_FAILED };

/* Begins a list at the URL; the first page is asked for with what it returns, owned by
 * the caller. */
char *pager_begin(struct pager *p, const struct pages *rule, const char *url);
void pager_clear(struct pager *p);

/* Takes an answer: `elements` is what the request selects of its `value`, `base` the
 * URL it came from. PAGER_MORE with the next URL, owned by the caller; PAGER_FAILED
 * with the failure. */
enum pager_next pager_take(struct pager *p, const struct response *rs,
                           struct slice value, struct slice elements, const char *base,
                           char **next, struct failure *f);

/* Appends the joined array. */
void pager_append(const struct pager *p, struct buf *out);

/* The URL with the parameter set: in the place of one of that name, or as the last.
 * Both are encoded. The caller frees. */
char *pager_set_parameter(const char *url, const char *name, struct slice value);

#endif
