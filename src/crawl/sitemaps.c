/* Sitemaps: fetched beside the pages, a few at once, and read as they arrive. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "crawl/job.h"
#include "crawl/sitemap.h"

/* An index may list 50,000 sitemaps: they wait as URLs. */
enum { AT_ONCE = 4, SITEMAPS_MAX = 50000 };

struct sitemaps {
    struct crawl *crawl;
    struct map known;           /* those that were added, by URL: struct entry */
    struct entry *first, *last; /* of these, in a row, those that wait */
    unsigned active;            /* that are read */
    bool failed;                /* one that was given */
};

struct entry {
    struct entry *next;
    char url[];
};

/* One that is read. */
struct reading {
    struct errand errand;
    struct sitemaps *all;
    struct sitemap *parser;
    bool wrong; /* from some byte on */
};

static void start_more(struct sitemaps *s);

/* ---- entries ---- */

/* A sitemap's pages are as far away as a link from a start URL. */
static void add_page(struct crawl *c, const char *url, struct slice lastmod)
{
    struct skip skip = {.url = url, .level = 1};
    char *date = lastmod.len ? slice_dup(lastmod) : NULL;
    struct found found = {url, date, 1, VISIT_SITEMAP};

    skip.verdict = scope_judge(c->scope, url, 1, false);
    if (skip.verdict == SCOPE_IN) {
        if (frontier_add(c->frontier, &found))
            event_set(&c->more);
    } else if (c->skips) {
        skips_note(c, &skip);
    }
    free(date);
}

static void take_entry(const struct sitemap_entry *entry, void *arg)
{
    struct reading *r = arg;
    struct crawl *c = r->all->crawl;
    struct normal_base *base = normal_base_new(r->errand.call.hop.url);
    struct buf url = BUF_INIT;

    if (base && normal_resolve(base, entry->loc, c->o->drop, &url, NULL) == URL_OK) {
        if (entry->is_sitemap)
            sitemaps_add(r->all, url.data);
        else
            add_page(c, url.data, entry->lastmod);
    }
    normal_base_free(base);
    buf_clear(&url);
}

/* ---- the sink ---- */

static enum body_use begin(struct body_sink *sink, const struct response *rs)
{
    struct reading *r = container_of(sink, struct reading, errand.sink);

    sitemap_free(r->parser);
    r->parser = NULL;
    if (rs->status < 200 || rs->status >= 300)
        return BODY_DROP;
    r->parser = sitemap_new(take_entry, r);
    return BODY_TAKE;
}

static enum body_use take(struct body_sink *sink, const char *data, size_t n)
{
    struct reading *r = container_of(sink, struct reading, errand.sink);

    if (sitemap_feed(r->parser, data, n) == 0)
        return BODY_TAKE;
    r->wrong = true;
    sink->error = HTTP_PROTOCOL;
    sink->why = "it is no sitemap";
    return BODY_REFUSE;
}

/* ---- one after the other ---- */

static bool is_given(const struct crawl *c, const char *url)
{
    for (string_list given = c->o->sitemaps; given && *given; given++)
        if (!strcmp(*given, url))
            return true;
    return false;
}

/* Who gives one wants its pages; what a site says of its own is its own business. */
static void complain(const struct reading *r, const char *why)
{
    const char *url = r->errand.request.url;

    if (!is_given(r->all->crawl, url)) {
        log_warning("sitemap %s: %s", url, why);
        return;
    }
    r->all->failed = true;
    log_error("sitemap %s: %s", url, why);
}

static void judge(const struct reading *r)
{
    const struct response *rs = &r->errand.call.response;
    char status[32];

    snprintf(status, sizeof(status), "HTTP %d", rs->status);
    if (r->wrong)
        complain(r, sitemap_why(r->parser));
    else if (rs->error)
        complain(r, rs->message ? rs->message : http_error_name(rs->error));
    else if (!r->parser)
        complain(r, status);
}

static void read_to_end(struct errand *e)
{
    struct reading *r = container_of(e, struct reading, errand);
    struct sitemaps *s = r->all;

    if (r->parser && !e->call.response.error)
        r->wrong = sitemap_finish(r->parser) < 0;
    if (e->call.response.error != HTTP_CANCELLED)
        judge(r);
    sitemap_free(r->parser);
    errand_clear(e);
    free(r);
    s->active--;
    start_more(s);
    event_set(&s->crawl->more);
}

static void start(struct sitemaps *s, const char *url)
{
    struct reading *r = mem_zalloc(sizeof(*r));

    s->active++;
    r->all = s;
    errand_init(&r->errand, url, read_to_end);
    r->errand.sink.begin = begin;
    r->errand.sink.write = take;
    r->errand.request.stranger = crawl_is_stranger(url, s->crawl);
    pool_submit(s->crawl->run.pool, &r->errand.call);
}

/* Once the run has stopped each would end as it is begun, and begin the next; once no
 * more pages may come, only --why wants to know of them. */
static bool are_wanted(const struct crawl *c)
{
    return !c->run.stopped && (c->skips || !frontier_is_over(c->frontier));
}

static void start_more(struct sitemaps *s)
{
    if (!are_wanted(s->crawl))
        s->first = NULL;
    while (s->first && s->active < AT_ONCE) {
        struct entry *e = s->first;

        s->first = e->next;
        start(s, e->url);
    }
}

/* ---- the interface ---- */

struct sitemaps *sitemaps_new(struct crawl *c)
{
    struct sitemaps *s = mem_zalloc(sizeof(*s));

    s->crawl = c;
    map_init(&s->known);
    return s;
}

void sitemaps_free(struct sitemaps *s)
{
    struct entry *e;
    size_t pos = 0;

    if (!s)
        return;
    while ((e = map_next(&s->known, &pos))) {
        map_remove(&s->known, e->url);
        free(e);
    }
    map_clear(&s->known);
    free(s);
}

void sitemaps_add(struct sitemaps *s, const char *url)
{
    size_t n = strlen(url) + 1;
    struct entry *e;

    if (s->known.count >= SITEMAPS_MAX || map_get(&s->known, url))
        return;
    e = mem_zalloc(sizeof(*e) + n);
    memcpy(e->url, url, n);
    map_set(&s->known, e->url, e);
    if (s->first)
        s->last->next = e;
    else
        s->first = e;
    s->last = e;
    start_more(s);
}

bool sitemaps_have_failed(const struct sitemaps *s)
{
    return s->failed;
}

bool sitemaps_are_read(const struct sitemaps *s)
{
    return !s->first && s->active == 0;
}
