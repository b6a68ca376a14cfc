/* What arrives of a page: hashed, and read for links, piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/page.h"
#include "http/media_type.h"

static struct page *page_of(struct body_sink *s)
{
    return container_of(s, struct page, errand.sink);
}

/* ---- what the header says ---- */

static bool is_html(struct slice type)
{
    return slice_eq_nocase(type, "text/html") ||
           slice_eq_nocase(type, "application/xhtml+xml");
}

static void open_links(struct page *page, const struct response *rs)
{
    struct links_handler handler = {.link = found_link, .arg = page};
    struct slice type, essence;

    headers_get(&rs->headers, "Content-Type", &type);
    essence = media_type_essence(type);
    if (is_html(essence))
        page->links = links_new(LINKS_HTML, media_type_charset(type), &handler);
    else if (page->crawl->o->requisites && slice_eq_nocase(essence, "text/css"))
        page->links = links_new(LINKS_CSS, media_type_charset(type), &handler);
}

static void obey_tags(struct page *page, const struct response *rs)
{
    const struct crawl_options *o = page->crawl->o;
    struct robots_tag tag = {0};
    struct slice name, value;
    size_t pos = 0;

    if (o->no_robots)
        return;
    while (headers_next(&rs->headers, &pos, &name, &value))
        if (slice_eq_nocase(name, "X-Robots-Tag"))
            robots_tag_add_header(&tag, value, o->product);
    page->nofollow = tag.nofollow;
}

/* ---- the sink ---- */

/* What an error page refers to is the server's business. */
static enum body_use begin(struct body_sink *s, const struct response *rs)
{
    struct page *page = page_of(s);

    body_reset(page);
    if (rs->status < 200 || rs->status >= 300 || page->visit->reason == VISIT_CHECK)
        return BODY_DROP;
    obey_tags(page, rs);
    page->digests = digests_new(1u << DIGEST_SHA256);
    open_links(page, rs);
    found_header(page, rs);
    return BODY_TAKE;
}

static enum body_use take(struct body_sink *s, const char *data, size_t n)
{
    struct page *page = page_of(s);

    digests_update(page->digests, data, n);
    if (page->links)
        links_feed(page->links, data, n);
    return BODY_TAKE;
}

void body_init(struct page *page)
{
    page->errand.sink.begin = begin;
    page->errand.sink.write = take;
}

void body_finish(struct page *page)
{
    if (page->links && !page->finished)
        links_finish(page->links);
    page->finished = true;
}

void body_reset(struct page *page)
{
    links_free(page->links);
    page->links = NULL;
    page->finished = false;
    normal_base_free(page->base);
    page->base = NULL;
    page->nofollow = false;
    urlset_reset(&page->seen);
    buf_reset(&page->list);
    free(page->canonical);
    page->canonical = NULL;
    digests_free(page->digests);
    page->digests = NULL;
}
