#include "crawl/checking.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crawl/check_notes.h"
#include "crawl/job.h"
#include "output/record_facts.h"

/* ---- the line ---- */

static const char *name_of(const struct check_fault *f)
{
    return f->error ? http_error_name(f->error) : "anchor_missing";
}

static void append_json(struct buf *out, const struct check_broken *b)
{
    buf_append_str(out, "{\"schema\":1,\"url\":");
    json_append_cstr(out, b->url);
    buf_appendf(out, ",\"broken\":\"%s\",\"message\":", name_of(b->fault));
    json_append_cstr(out, b->fault->message);
    buf_appendf(out, ",\"response_code\":%d,\"page\":", b->fault->status);
    json_append_cstr(out, b->page);
    buf_append_str(out, ",\"line\":");
    if (b->line)
        buf_append_uint(out, b->line);
    else
        buf_append_str(out, "null");
    buf_append_str(out, "}\n");
}

/* As compilers do. */
static void append_line(struct buf *out, const struct check_broken *b)
{
    buf_append_str(out, b->page);
    if (b->line)
        buf_appendf(out, ":%u", (unsigned)b->line);
    buf_append_str(out, ": ");
    str_append_printable(out, b->url, strlen(b->url));
    buf_appendf(out, ": %s: ", name_of(b->fault));
    str_append_printable(out, b->fault->message, strlen(b->fault->message));
    buf_append_char(out, '\n');
}

void checking_tell(const struct check_broken *broken, void *arg)
{
    struct crawl *c = arg;
    struct buf line = BUF_INIT;

    if (c->run.o->record.format == RECORD_JSON)
        append_json(&line, broken);
    else
        append_line(&line, broken);
    sink_put(c->run.sink, line.data, line.len);
    buf_clear(&line);
}

/* ---- while a page arrives ---- */

bool checking_ignores(const struct crawl *c, struct slice url)
{
    return pattern_matches(c->o->ignore, url.data, url.len) ||
           pattern_matches(c->o->scope.exclude, url.data, url.len);
}

/* What is the same in the same line is told once. */
static void note(struct job *job, uint64_t url, unsigned line, struct slice text)
{
    const struct crawl *c = job->crawl;
    struct gathered *g = &job->gathered;
    struct gathered_link l = {url, line, 0};

    if (!urlset_add(&g->seen, refs_hash(c->refs, url + line, text)))
        return;
    if (text.len) {
        l.text = g->text.len + 1;
        buf_append(&g->text, text.data, text.len);
        buf_append_char(&g->text, '\0');
    }
    buf_append(&g->links, &l, sizeof(l));
}

void checking_note(struct job *job, uint64_t url, unsigned line)
{
    note(job, url, line, (struct slice){"", 0});
}

bool checking_note_fragment(struct job *job, uint64_t url, const char *text,
                            struct slice fragment, unsigned line)
{
    struct buf whole = BUF_INIT;
    bool ignored = anchors_needless(fragment);

    buf_append_str(&whole, text);
    buf_append_char(&whole, '#');
    buf_append(&whole, fragment.data, fragment.len);
    ignored =
        ignored || checking_ignores(job->crawl, (struct slice){whole.data, whole.len});
    if (ignored)
        buf_reset(&whole);
    note(job, url, line, (struct slice){whole.data, whole.len});
    buf_clear(&whole);
    return !ignored;
}

void checking_note_malformed(struct job *job, const struct link *l)
{
    if (!checking_ignores(job->crawl, l->url))
        note(job, 0, l->line, l->url);
}

void checking_anchor(struct slice id, void *arg)
{
    struct job *job = arg;

    anchors_add(&job->gathered.ids, job->crawl->refs, id);
}

void gathered_reset(struct gathered *g)
{
    buf_reset(&g->links);
    buf_reset(&g->text);
    buf_reset(&g->ids);
    urlset_reset(&g->seen);
    g->enough = false;
}

void gathered_clear(struct gathered *g)
{
    buf_clear(&g->links);
    buf_clear(&g->text);
    buf_clear(&g->ids);
    urlset_clear(&g->seen);
}

/* ---- HEAD, and then GET ---- */

enum { SMALL = 64 << 10 };

/* Servers that do not know HEAD answer it with all of these, or not at all. */
static bool may_be_for_head(const struct job *job)
{
    const struct response *rs = &job->errand.call.response;

    switch (run_judge(&job->crawl->run, rs)) {
    case HTTP_STATUS:
        return rs->status != 429 && rs->status != 503;
    case HTTP_TIMEOUT:
    case HTTP_STALLED:
    case HTTP_RESET:
    case HTTP_EMPTY_REPLY:
    case HTTP_TRUNCATED:
    case HTTP_PROTOCOL:
        return true;
    default:
        return false;
    }
}

void checking_begin(struct job *job)
{
    if (job->visit->reason == VISIT_CHECK)
        job->errand.request.method = mem_strdup("HEAD");
}

bool checking_asks_again(struct job *job)
{
    struct request *rq = &job->errand.request;

    if (!rq->method || job->crawl->run.stopped || !may_be_for_head(job))
        return false;
    free(rq->method);
    rq->method = NULL;
    call_again(&job->errand.call);
    pool_go_on(job->crawl->run.pool, &job->errand.call);
    return true;
}

/* A small one is read, which leaves the connection to others. */
enum body_use checking_body(struct job *job)
{
    const struct response *rs = &job->errand.call.response;
    struct body_sink *s = &job->errand.sink;
    struct slice length;
    char text[8];
    int64_t n;

    if (job->errand.request.method)
        return BODY_DROP;
    if (headers_get(&rs->headers, "Content-Length", &length) &&
        length.len < sizeof(text)) {
        memcpy(text, length.data, length.len);
        text[length.len] = '\0';
        if (str_parse_int(text, 0, SMALL, &n) == 0)
            return BODY_DROP;
    }
    job->gathered.enough = true;
    s->error = HTTP_TOO_LARGE;
    s->why = "the rest is not needed";
    return BODY_REFUSE;
}

void checking_was_enough(struct job *job)
{
    struct response *rs = &job->errand.call.response;

    if (rs->error != HTTP_TOO_LARGE || !job->gathered.enough)
        return;
    rs->error = HTTP_OK;
    free(rs->message);
    rs->message = NULL;
}

/* ---- the end of a page ---- */

/* What was asked for last, normal: a redirect may have led to where the gate was shut.
 */
static const char *last_url(const struct job *job)
{
    if (job->target && !job->leads)
        return job->target;
    return job->errand.call.hop.url ? job->errand.call.hop.url : job->visit->url;
}

/* One that was not asked for, or not because of itself, has no outcome. */
static bool has_outcome(enum http_error error)
{
    return error != HTTP_CANCELLED && error != HTTP_ROBOTS_DENIED &&
           error != HTTP_LOCAL_IO && error != HTTP_PRIVATE_ADDRESS &&
           error != HTTP_FILE_EXISTS;
}

static void tell_outcome(struct crawl *c, const struct check_outcome *o)
{
    check_outcome(c->check, o);
    if (c->o->state)
        check_notes_outcome(&c->notes, o);
}

static void find_fault(struct job *job, enum http_error error, struct check_outcome *o,
                       struct buf *message)
{
    const struct call *call = &job->errand.call;
    struct record record = {.call = call, .error = error};
    char room[16];

    buf_append_str(message, record_message(&record, room));
    o->result = CHECK_BROKEN;
    o->fault = (struct check_fault){error, call->response.status, message->data};
}

/* A redirect is not followed, whatever may be accepted. */
static bool leads_on(const struct job *job, enum http_error error)
{
    return job->leads && job->target && (!error || error == HTTP_STATUS);
}

/* Of the URL that was asked for last. The caller frees its anchors. */
static void find_outcome(struct job *job, enum http_error error,
                         struct check_outcome *o, struct buf *message)
{
    struct crawl *c = job->crawl;
    bool read = job->visit->reason != VISIT_CHECK;

    *o = (struct check_outcome){.text = last_url(job)};
    o->url = found_hash(c, slice_str(o->text));
    if (leads_on(job, error)) {
        o->result = CHECK_MOVED;
        o->target = found_hash(c, slice_str(job->target));
    } else if (error && error != HTTP_TOO_LARGE) {
        find_fault(job, error, o, message);
    } else if (!read && body_is_html(&job->errand.call.response)) {
        o->result = CHECK_SEEN;
    } else if (read && job->finished && body_is_html(&job->errand.call.response)) {
        o->anchors = anchors_new(&job->gathered.ids);
    }
}

/* What a redirect leads to counts for it, too. */
static void tell_redirects(struct job *job, uint64_t target)
{
    const struct call *call = &job->errand.call;

    for (size_t i = call->redirect_count; i-- > 0;) {
        struct check_outcome o = {
            .result = CHECK_MOVED, .text = call->redirects[i].url, .target = target};

        o.url = found_hash(job->crawl, slice_str(o.text));
        tell_outcome(job->crawl, &o);
    }
}

static void tell_links(struct job *job)
{
    struct crawl *c = job->crawl;
    struct gathered *g = &job->gathered;
    const struct gathered_link *from = (const void *)g->links.data;
    size_t n = g->links.len / sizeof(*from);
    struct check_link *links = mem_reallocarray(NULL, n + 1, sizeof(*links));
    const char *page = last_url(job);

    for (size_t i = 0; i < n; i++) {
        links[i] =
            (struct check_link){from[i].url, from[i].line,
                                from[i].text ? g->text.data + from[i].text - 1 : NULL};
        if (c->o->state && !check_is_good(c->check, &links[i]))
            check_notes_link(&c->notes, page, &links[i]);
    }
    check_links(c->check, page, links, n);
    free(links);
}

void checking_ended(struct job *job, enum http_error error)
{
    struct crawl *c = job->crawl;
    struct check_outcome o;
    struct buf message = BUF_INIT;

    if (!has_outcome(error))
        return;
    if (c->o->state)
        check_notes_begin(&c->notes, c->refs);
    find_outcome(job, error, &o, &message);
    tell_outcome(c, &o);
    tell_redirects(job, o.url);
    tell_links(job);
    if (c->o->state)
        frontier_note(c->frontier, job->visit, &c->notes);
    free((void *)o.anchors);
    buf_clear(&message);
}
