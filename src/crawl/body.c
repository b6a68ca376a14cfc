/* What arrives of a page: hashed, and read for links, piece by piece. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/job.h"
#include "http/date.h"
#include "http/media_type.h"

static struct job *job_of(struct body_sink *s)
{
    return container_of(s, struct job, errand.sink);
}

/* ---- what the header says ---- */

static bool is_html(struct slice type)
{
    return slice_eq_nocase(type, "text/html") ||
           slice_eq_nocase(type, "application/xhtml+xml");
}

bool body_is_html(const struct response *rs)
{
    struct slice type;

    headers_get(&rs->headers, "Content-Type", &type);
    return is_html(media_type_essence(type));
}

static void open_links(struct job *job, const struct response *rs)
{
    struct slice type, essence;

    headers_get(&rs->headers, "Content-Type", &type);
    essence = media_type_essence(type);
    if (is_html(essence))
        reader_find(&job->reader, LINKS_HTML, media_type_charset(type));
    else if (job->crawl->o->requisites && slice_eq_nocase(essence, "text/css"))
        reader_find(&job->reader, LINKS_CSS, media_type_charset(type));
}

static void obey_tags(struct job *job, const struct response *rs)
{
    const struct crawl_options *o = job->crawl->o;
    struct robots_tag tag = {0};
    struct slice name, value;
    size_t pos = 0;

    if (o->no_robots)
        return;
    while (headers_next(&rs->headers, &pos, &name, &value))
        if (slice_eq_nocase(name, "X-Robots-Tag"))
            robots_tag_add_header(&tag, value, o->product);
    job->nofollow = tag.nofollow;
}

/* ---- the sink ---- */

static void open_save(struct job *job, const struct response *rs)
{
    struct slice type, date;
    time_t mtime = 0;

    headers_get(&rs->headers, "Content-Type", &type);
    if (headers_get(&rs->headers, "Last-Modified", &date) && !date_parse(date, &mtime))
        mtime = 0;
    job->save.sink = &job->errand.sink;
    job->save.ended = job_saved;
    save_begin(&job->save, &job->crawl->saver, job->errand.call.hop.url, type, mtime);
}

/* What an error page refers to is the server's business. */
static enum body_use begin(struct body_sink *s, const struct response *rs)
{
    struct job *job = job_of(s);

    body_reset(job);
    if (job->visit->reason == VISIT_CHECK)
        return checking_body(job);
    if (rs->status < 200 || rs->status >= 300)
        return BODY_DROP;
    if (job->visit->reason == VISIT_ANCHORS) {
        open_links(job, rs);
        return BODY_TAKE;
    }
    obey_tags(job, rs);
    reader_hash(&job->reader);
    open_links(job, rs);
    found_header(job, rs);
    if (job->crawl->saver.root >= 0)
        open_save(job, rs);
    return BODY_TAKE;
}

static enum body_use take(struct body_sink *s, const char *data, size_t n)
{
    struct job *job = job_of(s);
    enum body_use read = reader_write(&job->reader, data, n), saved;

    if (!job->save.saver)
        return read;
    s->error = HTTP_LOCAL_IO;
    s->why = job->save.part.why;
    saved = save_write(&job->save, data, n);
    return saved == BODY_TAKE ? read : saved;
}

/* Else nothing would come of them. */
static bool wants_parts(const struct crawl *c)
{
    return c->o->requisites || c->check || c->skips;
}

static void forget(struct errand *e)
{
    body_reset(container_of(e, struct job, errand));
}

void body_init(struct job *job)
{
    struct reader *r = &job->reader;

    job->errand.forget = forget;
    job->errand.sink.begin = begin;
    job->errand.sink.write = take;
    r->room = &job->crawl->reading;
    r->sink = &job->errand.sink;
    r->ended = job_read;
    r->handler.arg = job;
    r->handler.no_parts = !wants_parts(job->crawl);
    if (job->crawl->check)
        r->handler.anchor = checking_anchor;
    if (job->visit && job->visit->reason != VISIT_ANCHORS)
        r->handler.link = found_link;
}

void body_reset(struct job *job)
{
    reader_reset(&job->reader);
    normal_base_free(job->base);
    job->base = NULL;
    job->nofollow = false;
    urlset_reset(&job->seen);
    gathered_reset(&job->gathered);
    buf_reset(&job->list);
    free(job->canonical);
    job->canonical = NULL;
    save_forget(&job->save);
}
