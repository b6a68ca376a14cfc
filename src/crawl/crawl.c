/* The run of a crawl: start URLs go into the frontier, and what it gives out becomes
 * pages until nothing is left. */
#include "crawl/crawl.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "crawl/page.h"

/* ---- setting up ---- */

bool crawl_is_stranger(const char *url, void *arg)
{
    struct crawl *c = arg;
    struct slice origin = normal_origin(url);
    struct buf key = BUF_INIT;
    bool known;

    buf_append(&key, origin.data, origin.len);
    known = map_get(&c->origins, key.data) != NULL;
    buf_clear(&key);
    return !known;
}

/* A host that is only asked whether a link to it works has no sitemaps for us. */
static void told_sitemap(const char *url, const char *asked, void *arg)
{
    struct crawl *c = arg;

    if (!scope_is_outside(c->scope, asked))
        sitemaps_add(c->sitemaps, url);
}

static bool open_frontier(struct crawl *c)
{
    const struct crawl_options *o = c->o;
    struct frontier_config config = {
        .state = o->run.dry_run ? NULL : o->state,
        .per_host = o->run.client.limits.per_host,
        .max_pages = o->scope.max_pages,
        .max_per_host = o->scope.max_per_host,
    };

    c->frontier = frontier_new(&config);
    if (!c->frontier)
        return false;
    c->run.summary.skipped = frontier_done_before(c->frontier);
    c->run.continued = c->run.summary.skipped > 0;
    return true;
}

static void open_hosts(struct crawl *c)
{
    struct hosts_config config = {
        .client = c->run.client,
        .product = c->o->product,
        .no_robots = c->o->no_robots,
        .is_stranger = crawl_is_stranger,
        .sitemap = told_sitemap,
        .arg = c,
    };

    c->hosts = hosts_new(&config);
}

static int set_up(struct run *run)
{
    struct crawl *c = crawl_of(run);

    list_init(&c->pages);
    list_init(&c->finished);
    map_init(&c->origins);
    map_init(&c->ids);
    event_init(&c->more);
    if (!open_frontier(c))
        return EXIT_LOCAL;
    c->scope = scope_new(&c->o->scope);
    c->refs = refs_new();
    open_hosts(c);
    c->sitemaps = sitemaps_new(c);
    if (c->o->why && !run->o->dry_run)
        c->skips = skips_new(c);
    return 0;
}

/* ---- start URLs ---- */

static void remember_origin(struct crawl *c, const char *url)
{
    struct slice origin = normal_origin(url);
    char *key = slice_dup(origin);

    if (map_get(&c->origins, key))
        free(key);
    else
        map_set(&c->origins, key, key);
}

static void remember_id(struct crawl *c, const char *url, struct item *item)
{
    struct start_id *id;

    if (!item->id || map_get(&c->ids, url))
        return;
    id = mem_zalloc(sizeof(*id));
    id->url = mem_strdup(url);
    id->text = item->id;
    item->id = NULL;
    map_set(&c->ids, id->url, id);
}

static bool make_normal(struct crawl *c, const char *url)
{
    char *absolute = url_effective(url); /* what has no scheme is http */
    struct normal_base *base = absolute ? normal_base_new(absolute) : NULL;
    bool good = base && normal_resolve(base, slice_str(absolute), c->o->drop,
                                       &c->scratch, NULL) == URL_OK;

    normal_base_free(base);
    free(absolute);
    return good;
}

/* Pages are asked for as pages are. */
static void refuse_requests(struct item *item)
{
    const struct request *rq = &item->request;

    if (!item->why && (rq->method || rq->body || rq->header_count))
        item->why = mem_strdup("a crawl begins with plain URLs: no method, no headers, "
                               "no body");
}

/* False: it is none, and has its record at once. */
static bool add_start(struct crawl *c, struct item *item)
{
    struct found found = {.reason = VISIT_START};

    refuse_requests(item);
    if (item->why || !make_normal(c, item->request.url))
        return false;
    found.url = c->scratch.data;
    scope_add_start(c->scope, found.url);
    remember_origin(c, found.url);
    remember_id(c, found.url, item);
    frontier_add(c->frontier, &found);
    item_clear(item);
    return true;
}

static void add_sitemaps(struct crawl *c)
{
    for (string_list url = c->o->sitemaps; url && *url; url++)
        if (!c->run.o->dry_run)
            sitemaps_add(c->sitemaps, *url);
}

/* All are read before the first is asked for: what is in scope depends on every one. */
static async int next_wrong_start(struct crawl *c, struct item *item)
{
    int r;

    while ((r = source_next(c->run.source, item)) > 0)
        if (!add_start(c, item))
            return r;
    c->all_read = r == 0;
    if (r == 0)
        add_sitemaps(c);
    return r;
}

/* ---- the next page ---- */

static async int next_visit(struct crawl *c, struct visit **visit)
{
    for (;;) {
        int r;

        event_clear(&c->more);
        r = frontier_next(c->frontier, visit);
        if (r != 0 || frontier_is_spent(c->frontier))
            return r;
        if (sitemaps_are_read(c->sitemaps) && !event_is_set(&c->more))
            return 0;
        r = event_wait(&c->more);
        if (r < 0)
            return r;
    }
}

static async int next(struct run *run, struct item *item)
{
    struct crawl *c = crawl_of(run);
    struct visit *visit;
    int r = c->all_read ? 0 : next_wrong_start(c, item);

    if (r != 0)
        return r;
    r = next_visit(c, &visit);
    if (r > 0)
        *item = (struct item){.own = visit};
    return r;
}

/* ---- the end ---- */

static void stopped(struct run *run)
{
    hosts_stop(crawl_of(run)->hosts);
}

static async int tear_down(struct run *run)
{
    struct crawl *c = crawl_of(run);

    if (c->skips && run->sink)
        skips_finish(c);
    return 0;
}

static void free_ids(struct map *ids)
{
    struct start_id *id;
    size_t pos = 0;

    while ((id = map_next(ids, &pos))) {
        map_remove(ids, id->url);
        free(id->url);
        free(id->text);
        free(id);
    }
    map_clear(ids);
}

static void free_keys(struct map *m)
{
    size_t pos = 0;
    char *key;

    while ((key = map_next(m, &pos))) {
        map_remove(m, key);
        free(key);
    }
    map_clear(m);
}

static async int close_crawl(struct run *run)
{
    struct crawl *c = crawl_of(run);
    int status = 0;

    if (c->frontier) {
        report_unwritten(c);
        status = frontier_free(c->frontier) < 0 ? EXIT_LOCAL : 0;
    }
    skips_free(c->skips);
    sitemaps_free(c->sitemaps);
    hosts_free(c->hosts);
    refs_free(c->refs);
    scope_free(c->scope);
    keyset_clear(&c->contents);
    free_keys(&c->origins);
    free_ids(&c->ids);
    buf_clear(&c->scratch);
    return status;
}

static void look(struct run *run, struct progress_now *now)
{
    const struct frontier *f = crawl_of(run)->frontier;

    now->total = now->summary->requests + now->in_flight + frontier_waiting(f);
}

static const struct run_scenario crawl = {
    .name = "crawl",
    .read_ahead = 1024, /* pages that wait for their hosts */
    .set_up = set_up,
    .next = next,
    .submit = page_submit,
    .stopped = stopped,
    .tear_down = tear_down,
    .close = close_crawl,
    .done = errand_call_done,
    .step = errand_step,
    .look = look,
};

int crawl_run(const struct crawl_options *o)
{
    struct crawl c = {.o = o};

    return run_main(&c.run, &crawl, &o->run);
}
