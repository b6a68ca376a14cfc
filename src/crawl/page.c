/* The way of a page: the gate of its host, the pool, and again for each redirect. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/page.h"

/* ---- asking ---- */

static struct page *page_at_gate(struct hosts_waiter *w)
{
    return container_of(w, struct page, gate);
}

/* What keeps a page from being asked for: it is this host's trouble, or it asks for it. */
static void refuse(struct page *page, enum http_error error, const char *why)
{
    response_fail(&page->errand.call.response, error, "%s", why);
}

/* Whether a page that was not asked for has a record all the same: whoever named it, or
 * looks for what is broken, has to know. */
static bool is_owed(const struct page *page, enum http_error error)
{
    if (page->visit->reason == VISIT_START)
        return true;
    return error != HTTP_CANCELLED && error != HTTP_ROBOTS_DENIED;
}

static void turn_away(struct page *page, enum http_error denied, const char *why)
{
    struct skip skip = {page->visit->url, SCOPE_ROBOTS, page->visit->level,
                        page->visit->referrer};

    refuse(page, denied, why);
    if (is_owed(page, denied)) {
        report_page(page);
        return;
    }
    if (denied == HTTP_ROBOTS_DENIED && page->crawl->skips)
        skips_note(page->crawl, &skip);
    report_nothing(page);
}

static void answered(struct hosts_waiter *w, enum http_error denied, const char *why)
{
    struct page *page = page_at_gate(w);

    if (denied)
        turn_away(page, denied, why);
    else
        pool_submit(page->crawl->run.pool, &page->errand.call);
}

/* ---- redirects ---- */

/* It goes on to exactly what was judged. */
static void go_on(struct page *page)
{
    struct hop *hop = &page->errand.call.hop;

    free(hop->url);
    hop->url = page->target;
    page->target = NULL;
    pool_go_on(page->crawl->run.pool, &page->errand.call);
}

static void stay(struct page *page)
{
    call_stay(&page->errand.call);
    page->leads = true;
    report_page(page);
}

static void target_answered(struct hosts_waiter *w, enum http_error denied,
                            const char *why)
{
    struct page *page = page_at_gate(w);
    struct crawl *c = page->crawl;
    struct skip skip = {page->target, SCOPE_ROBOTS, page->visit->level,
                        page->visit->url};

    if (!denied) {
        go_on(page);
        return;
    }
    if (denied == HTTP_ROBOTS_DENIED) {
        if (c->skips)
            skips_note(c, &skip);
        stay(page);
        return;
    }
    refuse(page, denied, why);
    report_page(page);
}

static enum scope_verdict judge_target(struct page *page)
{
    struct crawl *c = page->crawl;
    const struct visit *v = page->visit;

    if (v->reason == VISIT_CHECK)
        return SCOPE_IN;
    if (v->reason == VISIT_START)
        scope_add_start(c->scope, page->target);
    return scope_judge(c->scope, page->target, v->level, v->reason == VISIT_REQUISITE);
}

/* The normal URL of where the redirect leads; NULL: it is none. */
static char *target_of(struct page *page)
{
    struct crawl *c = page->crawl;
    const char *url = page->errand.call.hop.url;
    struct normal_base *base = normal_base_new(url);
    char *target = NULL;

    if (base && normal_resolve(base, slice_str(url), c->o->drop, &c->scratch, NULL) ==
                    URL_OK)
        target = mem_strdup(c->scratch.data);
    normal_base_free(base);
    return target;
}

/* A target is asked for once, like any URL: whoever comes first has its record. */
static void follow_redirect(struct page *page)
{
    struct crawl *c = page->crawl;
    struct skip skip = {.level = page->visit->level, .referrer = page->visit->url};

    free(page->target);
    page->target = target_of(page);
    if (!page->target) {
        stay(page);
        return;
    }
    skip.url = page->target;
    skip.verdict = judge_target(page);
    if (skip.verdict != SCOPE_IN && c->skips)
        skips_note(c, &skip);
    if (skip.verdict != SCOPE_IN ||
        !frontier_claim(c->frontier, page->visit, page->target)) {
        stay(page);
        return;
    }
    page->gate.answer = target_answered;
    page->gate.url = page->target;
    hosts_ask(c->hosts, c->run.pool, &page->gate);
}

/* ---- the end ---- */

static void page_done(struct errand *e)
{
    struct page *page = container_of(e, struct page, errand);
    const struct response *rs = &e->call.response;

    if (e->moved && !rs->error) {
        follow_redirect(page);
        return;
    }
    if (!rs->error)
        body_finish(page);
    if (rs->error == HTTP_CANCELLED && e->call.attempts == 0 &&
        !is_owed(page, HTTP_CANCELLED))
        report_nothing(page);
    else
        report_page(page);
}

/* ---- the beginning ---- */

static struct page *page_new(struct crawl *c, struct item *item)
{
    struct page *page = mem_zalloc(sizeof(*page));

    page->crawl = c;
    page->item = *item;
    page->visit = item->own;
    page->number = c->run.submitted;
    list_init(&page->node);
    list_append(&c->pages, &page->node);
    errand_init(&page->errand, page->visit ? page->visit->url : item->request.url,
                page_done);
    body_init(page);
    return page;
}

static bool is_stranger(const struct crawl *c, const char *url)
{
    return crawl_is_stranger(url, (void *)c);
}

/* A line that is no URL. */
static void report_wrong(struct page *page)
{
    struct call *call = &page->errand.call;

    if (page->item.why)
        refuse(page, HTTP_BAD_INPUT, page->item.why);
    else if (call_check(call))
        refuse(page, HTTP_URL_MALFORMED, "not a URL");
    report_page(page);
}

void page_submit(struct run *run, struct item *item)
{
    struct crawl *c = crawl_of(run);
    struct page *page = page_new(c, item);

    if (!page->visit) {
        report_wrong(page);
        return;
    }
    if (run->o->dry_run) {
        call_check(&page->errand.call);
        report_page(page);
        return;
    }
    page->errand.asks_leave = true;
    page->errand.request.stranger = is_stranger(c, page->visit->url);
    page->gate.answer = answered;
    page->gate.url = page->visit->url;
    hosts_ask(c->hosts, run->pool, &page->gate);
}
