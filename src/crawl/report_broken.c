/* What --check finds: told page by page, written in the end. */
#include <string.h>

#include "base/json.h"
#include "crawl/job.h"
#include "output/record_facts.h"

static uint64_t hash_of(const struct crawl *c, const char *url)
{
    return found_hash(c, slice_str(url));
}

/* What robots.txt forbids is not known to be broken. */
void report_outcome(struct job *job, enum http_error error)
{
    struct crawl *c = job->crawl;
    const struct call *call = &job->errand.call;
    const char *url = call->hop.url ? call->hop.url : job->visit->url;
    struct record record = {.call = call, .error = error};
    char room[16];
    struct check_fault fault = {url, call->response.status, http_error_name(error),
                                record_message(&record, room)};

    if (error == HTTP_CANCELLED || error == HTTP_ROBOTS_DENIED)
        return;
    if (job->leads && job->target)
        check_alias(c->check, hash_of(c, url), url, hash_of(c, job->target));
    else if (error)
        check_broken(c->check, hash_of(c, url), &fault);
    else
        check_good(c->check, hash_of(c, url), job->finished && job->links);
    for (size_t i = 0; i < call->redirect_count; i++)
        check_alias(c->check, hash_of(c, call->redirects[i].url),
                    call->redirects[i].url, hash_of(c, url));
}

struct broken {
    struct crawl *crawl;
    struct buf line;
};

static void append_referrers(struct buf *out, const struct check_referrer *r, size_t n)
{
    APPEND_LITERAL(out, ",\"referrers\":[");
    for (size_t i = 0; i < n; i++) {
        buf_append_str(out, i ? ",{\"url\":" : "{\"url\":");
        json_append_cstr(out, r[i].url);
        APPEND_LITERAL(out, ",\"line\":");
        if (r[i].line)
            buf_append_uint(out, r[i].line);
        else
            APPEND_LITERAL(out, "null");
        buf_append_char(out, '}');
    }
    APPEND_LITERAL(out, "]}\n");
}

static void append_broken_json(struct buf *out, const struct check_fault *f,
                               struct slice fragment)
{
    APPEND_LITERAL(out, "{\"schema\":1,\"broken\":");
    json_append_cstr(out, f->url);
    APPEND_LITERAL(out, ",\"fragment\":");
    if (fragment.len)
        json_append_string(out, fragment.data, fragment.len);
    else
        APPEND_LITERAL(out, "null");
    APPEND_LITERAL(out, ",\"response_code\":");
    buf_append_int(out, f->status);
    APPEND_LITERAL(out, ",\"error\":{\"type\":");
    json_append_cstr(out, f->type);
    APPEND_LITERAL(out, ",\"message\":");
    json_append_cstr(out, f->message);
    buf_append_char(out, '}');
}

static void append_broken_text(struct buf *out, const struct check_fault *f,
                               struct slice fragment, const struct check_referrer *r,
                               size_t n)
{
    APPEND_LITERAL(out, "broken  ");
    str_append_printable(out, f->url, strlen(f->url));
    buf_append_str(out, fragment.len ? "#" : "");
    str_append_printable(out, fragment.data, fragment.len);
    buf_appendf(out, "  %s: ", f->type);
    str_append_printable(out, f->message, strlen(f->message));
    buf_append_char(out, '\n');
    for (size_t i = 0; i < n; i++)
        buf_appendf(out, "    %s:%u\n", r[i].url, r[i].line);
}

static void tell_broken(const struct check_fault *f, struct slice fragment,
                        const struct check_referrer *r, size_t n, void *arg)
{
    struct broken *b = arg;

    buf_reset(&b->line);
    if (b->crawl->run.o->record.format == RECORD_JSON) {
        append_broken_json(&b->line, f, fragment);
        append_referrers(&b->line, r, n);
    } else {
        append_broken_text(&b->line, f, fragment, r, n);
    }
    sink_put(b->crawl->run.sink, b->line.data, b->line.len);
}

bool report_broken(struct crawl *c)
{
    struct broken b = {.crawl = c};
    size_t n = check_finish(c->check, tell_broken, &b);

    buf_clear(&b.line);
    return n > 0;
}
