/* page.h - the URL of a page, shared by the visit to it and by what was found on it. */
#ifndef TRAWL_CRAWL_PAGE_H
#define TRAWL_CRAWL_PAGE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct page {
    unsigned references;
    uint64_t id; /* in the state; 0: none */
    char url[];
};

/* Its URL in two parts. The caller has the first reference. */
static inline struct page *page_new(struct slice origin, struct slice path, uint64_t id)
{
    struct page *p = mem_alloc(sizeof(*p) + origin.len + path.len + 1);

    p->references = 1;
    p->id = id;
    memcpy(p->url, origin.data, origin.len);
    memcpy(p->url + origin.len, path.data, path.len);
    p->url[origin.len + path.len] = '\0';
    return p;
}

static inline struct page *page_ref(struct page *p) /* NULL is allowed, as below */
{
    if (p)
        p->references++;
    return p;
}

static inline void page_unref(struct page *p)
{
    if (p && --p->references == 0)
        free(p);
}

#endif
