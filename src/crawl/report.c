/* The end of a page: its record, and what the frontier is told. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "crawl/job.h"
#include "output/record_facts.h"

/* ---- the record ---- */

static void append_text(struct buf *out, const char *text)
{
    json_append_cstr(out, text && *text ? text : NULL);
}

static bool is_whole(const struct job *job)
{
    return job->finished && job->reader.digests && !job->errand.call.response.error;
}

/* Half of the hash is as good as all of it, and takes half the memory. */
static void append_hash(struct buf *out, struct job *job)
{
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    if (!is_whole(job)) {
        APPEND_LITERAL(out, ",\"content_hash\":null,\"duplicate\":false");
        return;
    }
    digests_final(job->reader.digests, DIGEST_SHA256, sum);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    APPEND_LITERAL(out, ",\"content_hash\":\"");
    buf_append_str(out, hex);
    if (keyset_add(&job->crawl->contents, sum))
        APPEND_LITERAL(out, "\",\"duplicate\":false");
    else
        APPEND_LITERAL(out, "\",\"duplicate\":true");
}

static void append_links(struct buf *out, const struct job *job)
{
    APPEND_LITERAL(out, ",\"links\":");
    if (!job->reader.links) {
        APPEND_LITERAL(out, "null");
    } else if (job->crawl->o->links) {
        buf_append_char(out, '[');
        buf_append(out, job->list.data, job->list.len);
        buf_append_char(out, ']');
    } else {
        buf_append_uint(out, job->seen.count);
    }
}

static void append_place(struct buf *out, const struct visit *v)
{
    APPEND_LITERAL(out, ",\"depth\":");
    buf_append_uint(out, v ? v->level : 0);
    APPEND_LITERAL(out, ",\"referrer\":");
    append_text(out, v ? v->referrer : NULL);
    APPEND_LITERAL(out, ",\"lastmod\":");
    append_text(out, v ? v->lastmod : NULL);
}

static void append_path(struct buf *out, const struct job *job)
{
    struct buf path = BUF_INIT;

    if (job->save.named)
        buf_appendf(&path, "%s/%s", job->crawl->saver.directory, job->save.part.name);
    APPEND_LITERAL(out, ",\"path\":");
    append_text(out, path.data);
    buf_clear(&path);
}

static void append_more(struct buf *out, struct job *job)
{
    const struct links *l = job->finished ? job->reader.links : NULL;

    append_place(out, job->visit);
    APPEND_LITERAL(out, ",\"title\":");
    append_text(out, l ? links_title(l) : NULL);
    APPEND_LITERAL(out, ",\"lang\":");
    append_text(out, l ? links_lang(l) : NULL);
    APPEND_LITERAL(out, ",\"canonical\":");
    append_text(out, job->canonical);
    append_links(out, job);
    append_hash(out, job);
    if (job->crawl->saver.root >= 0)
        append_path(out, job);
    if (job->leads) {
        APPEND_LITERAL(out, ",\"redirect_url\":");
        append_text(out, job->target);
    }
}

static const char *id_of(struct job *job)
{
    if (!job->visit || job->visit->reason != VISIT_START)
        return job->item.id;
    return starts_id(job->crawl, job->visit->url);
}

static void write_record(struct job *job, enum http_error error)
{
    struct buf more = BUF_INIT;
    struct record record = {
        .index = job->number,
        .id = id_of(job),
        .call = &job->errand.call,
        .error = error,
    };
    struct delivery delivery = {.item = &job->item, .number = job->number};

    append_more(&more, job);
    record.more = (struct slice){more.data, more.len};
    record.label =
        job->finished && job->reader.links ? links_title(job->reader.links) : NULL;
    run_deliver(&job->crawl->run, &record, &delivery);
    buf_clear(&more);
}

/* ---- the mirror ---- */

/* Rather than what is there under this one name. */
static bool is_the_disk(int error)
{
    return error == -ENOSPC || error == -EDQUOT || error == -EIO || error == -EROFS;
}

void report_unsaved(struct job *job)
{
    const char *why =
        *job->save.part.why ? job->save.part.why : strerror(-job->save.error);
    int error = job->save.error;

    response_fail(&job->errand.call.response,
                  error == -EEXIST ? HTTP_FILE_EXISTS : HTTP_LOCAL_IO, "%s", why);
    if (!is_the_disk(error))
        return;
    if (!job->crawl->run.stopped)
        log_error("%s", why);
    run_fail_locally(&job->crawl->run, error, "the mirror cannot be written");
}

/* Under all of its URLs; the last is where it lies. */
static void note_place(struct job *job)
{
    const struct call *call = &job->errand.call;
    struct mirror *m = job->crawl->mirror;
    const char *url = call->hop.url;
    struct slice type;

    headers_get(&call->response.headers, "Content-Type", &type);
    if (job->save.named)
        mirror_add(m, url, job->save.part.name, type, job->save.mtime.tv_sec);
    if (job->leads && job->target)
        mirror_alias(m, url, job->target);
    for (size_t i = call->redirect_count; i-- > 0; url = call->redirects[i].url)
        mirror_alias(m, call->redirects[i].url, url);
}

/* ---- the visit ---- */

/* A visit whose record is on its way to the output. */
struct ended {
    struct list node;
    struct crawl *crawl;
    struct visit *visit;
    uint64_t output_length; /* with its record */
};

static void written(void *arg)
{
    struct ended *e = arg;
    struct crawl *c = e->crawl;

    frontier_done(c->frontier, e->visit, e->output_length);
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
        frontier_done(c->frontier, visit, 0);
        return;
    }
    e = mem_zalloc(sizeof(*e));
    e->crawl = c;
    e->visit = visit;
    e->output_length = c->output_length + sink_length(c->run.sink);
    list_init(&e->node);
    list_append(&c->finished, &e->node);
    sink_on_written(c->run.sink, written, e);
}

/* ---- the page ---- */

static void job_free(struct job *job)
{
    reader_clear(&job->reader);
    normal_base_free(job->base);
    free(job->canonical);
    urlset_clear(&job->seen);
    urlset_clear(&job->claimed);
    gathered_clear(&job->gathered);
    buf_clear(&job->list);
    free(job->target);
    save_clear(&job->save);
    errand_clear(&job->errand);
    item_clear(&job->item);
    free(job);
}

void report_page(struct job *job)
{
    struct crawl *c = job->crawl;
    struct visit *visit = job->visit;
    enum http_error error = run_judge(&c->run, &job->errand.call.response);

    if (c->mirror && visit)
        note_place(job);
    write_record(job, error);
    if (c->check && visit)
        checking_ended(job, error);
    job_free(job);
    if (visit && error == HTTP_CANCELLED)
        frontier_put_back(c->frontier, visit);
    else if (visit)
        end_visit(c, visit);
}

/* One that was turned away is done; one that was cancelled is not. */
void report_nothing(struct job *job)
{
    struct crawl *c = job->crawl;
    struct visit *visit = job->visit;
    bool cancelled = job->errand.call.response.error == HTTP_CANCELLED;

    run_drop(&c->run, &job->item);
    job_free(job);
    if (cancelled)
        frontier_put_back(c->frontier, visit);
    else
        end_visit(c, visit);
}
