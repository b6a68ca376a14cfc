/* The end of a page: its record, and what the frontier is told. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crawl/page.h"

/* ---- the record ---- */

#define APPEND(out, literal) buf_append((out), "" literal, sizeof(literal) - 1)

static void append_text(struct buf *out, const char *text)
{
    json_append_cstr(out, text && *text ? text : NULL);
}

static bool is_whole(const struct page *page)
{
    return page->digests && !page->errand.call.response.error;
}

/* Half of the hash is as good as all of it, and takes half the memory. */
static void append_hash(struct buf *out, struct page *page)
{
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    if (!is_whole(page)) {
        APPEND(out, ",\"content_hash\":null,\"duplicate\":false");
        return;
    }
    digests_final(page->digests, DIGEST_SHA256, sum);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    APPEND(out, ",\"content_hash\":\"");
    buf_append_str(out, hex);
    if (keyset_add(&page->crawl->contents, sum))
        APPEND(out, "\",\"duplicate\":false");
    else
        APPEND(out, "\",\"duplicate\":true");
}

static void append_links(struct buf *out, const struct page *page)
{
    APPEND(out, ",\"links\":");
    if (!page->links) {
        APPEND(out, "null");
    } else if (page->crawl->o->links) {
        buf_append_char(out, '[');
        buf_append(out, page->list.data, page->list.len);
        buf_append_char(out, ']');
    } else {
        buf_append_uint(out, page->seen.count);
    }
}

static void append_place(struct buf *out, const struct visit *v)
{
    APPEND(out, ",\"depth\":");
    buf_append_uint(out, v ? v->level : 0);
    APPEND(out, ",\"referrer\":");
    append_text(out, v ? v->referrer : NULL);
    APPEND(out, ",\"lastmod\":");
    append_text(out, v ? v->lastmod : NULL);
}

static void append_more(struct buf *out, struct page *page)
{
    const struct links *l = page->finished ? page->links : NULL;

    append_place(out, page->visit);
    APPEND(out, ",\"title\":");
    append_text(out, l ? links_title(l) : NULL);
    APPEND(out, ",\"lang\":");
    append_text(out, l ? links_lang(l) : NULL);
    APPEND(out, ",\"canonical\":");
    append_text(out, page->canonical);
    append_links(out, page);
    append_hash(out, page);
    if (page->leads) {
        APPEND(out, ",\"redirect_url\":");
        append_text(out, page->target);
    }
}

static const char *id_of(struct page *page)
{
    struct start_id *id;

    if (!page->visit || page->visit->reason != VISIT_START)
        return page->item.id;
    id = map_get(&page->crawl->ids, page->visit->url);
    return id ? id->text : NULL;
}

static void write_record(struct page *page, enum http_error error)
{
    struct buf more = BUF_INIT;
    struct record record = {
        .index = page->number,
        .id = id_of(page),
        .call = &page->errand.call,
        .error = error,
    };
    struct delivery delivery = {.item = &page->item, .number = page->number};

    append_more(&more, page);
    record.more = (struct slice){more.data, more.len};
    record.label = page->finished && page->links ? links_title(page->links) : NULL;
    run_deliver(&page->crawl->run, &record, &delivery);
    buf_clear(&more);
}

/* ---- the visit ---- */

/* A visit whose record is on its way to the output. */
struct ended {
    struct list node;
    struct crawl *crawl;
    struct visit *visit;
};

static void written(void *arg)
{
    struct ended *e = arg;
    struct crawl *c = e->crawl;

    frontier_done(c->frontier, e->visit);
    list_remove(&e->node);
    free(e);
    if (frontier_error(c->frontier))
        run_fail_locally(&c->run, frontier_error(c->frontier),
                         "the state file cannot be written");
}

void report_unwritten(struct crawl *c)
{
    struct list *node;

    while ((node = list_shift(&c->finished))) {
        struct ended *e = container_of(node, struct ended, node);

        frontier_put_back(c->frontier, e->visit);
        free(e);
    }
}

/* A page is done, for the state file, once its record is written. */
static void end_visit(struct crawl *c, struct visit *visit)
{
    struct ended *e;

    if (!c->o->state || c->run.o->dry_run) {
        frontier_done(c->frontier, visit);
        return;
    }
    e = mem_zalloc(sizeof(*e));
    e->crawl = c;
    e->visit = visit;
    list_init(&e->node);
    list_append(&c->finished, &e->node);
    sink_on_written(c->run.sink, written, e);
}

/* ---- the page ---- */

static void page_free(struct page *page)
{
    list_remove(&page->node);
    body_reset(page);
    urlset_clear(&page->seen);
    buf_clear(&page->list);
    free(page->target);
    errand_clear(&page->errand);
    item_clear(&page->item);
    free(page);
}

void report_page(struct page *page)
{
    struct crawl *c = page->crawl;
    struct visit *visit = page->visit;
    enum http_error error = run_judge(&c->run, &page->errand.call.response);

    write_record(page, error);
    page_free(page);
    if (visit && error == HTTP_CANCELLED)
        frontier_put_back(c->frontier, visit);
    else if (visit)
        end_visit(c, visit);
}

/* One that was turned away is done; one that was cancelled is not. */
void report_nothing(struct page *page)
{
    struct crawl *c = page->crawl;
    struct visit *visit = page->visit;
    bool cancelled = page->errand.call.response.error == HTTP_CANCELLED;

    run_drop(&c->run, &page->item);
    page_free(page);
    if (cancelled)
        frontier_put_back(c->frontier, visit);
    else
        frontier_done(c->frontier, visit);
}
