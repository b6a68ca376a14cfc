#include "gather/visit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "gather/answer.h"
#include "gather/compose.h"
#include "gather/pager.h"
#include "gather/pointer.h"

struct visit {
    struct node *node;
    size_t index;
    struct request request;
    struct call call;
    struct origin home; /* of the first page; empty without pages */
    struct pager pager;
    struct buf value;       /* of the answer, judged */
    struct failure failure; /* or why there is none */
    bool judged;
};

static void visit_free(struct visit *v)
{
    call_clear(&v->call);
    request_clear(&v->request);
    origin_clear(&v->home);
    pager_clear(&v->pager);
    buf_clear(&v->value);
    failure_clear(&v->failure);
    free(v);
}

static bool pages(const struct visit *v)
{
    return v->node->rq->pages.kind != PAGING_NONE;
}

/* ---- judging an answer ---- */

static bool accepted(const struct visit *v)
{
    const struct status_set *own = v->request.accepted;

    return status_set_has(own ? own : v->node->play->setup->accept,
                          v->call.response.status);
}

static void fail_of_transfer(struct visit *v)
{
    const struct response *rs = &v->call.response;

    failure_set(&v->failure, rs->error, "%s",
                rs->message ? rs->message : http_error_name(rs->error));
}

static void fail_of_status(struct visit *v)
{
    int status = v->call.response.status;

    failure_set(&v->failure, HTTP_STATUS, "HTTP %d", status);
    v->failure.retriable = http_status_retriable(status);
}

static void judge(struct visit *v)
{
    const struct spec_request *rq = v->node->rq;
    const struct response *rs = &v->call.response;
    struct scope scope = play_scope(v->node, v->index);

    failure_clear(&v->failure);
    buf_reset(&v->value);
    if (rs->error)
        fail_of_transfer(v);
    else if (!accepted(v))
        fail_of_status(v);
    else if (answer_read(&v->value, rs, rq->form, &v->failure) == 0)
        answer_check((struct slice){v->value.data, v->value.len}, &rq->expect, &scope,
                     &v->failure);
    if (v->failure.error)
        v->failure.status = rs->status;
    v->judged = true;
}

/* Whether what failed is to be asked for again, as "retry_on" says. */
static bool again(const struct visit *v, const struct retry *rt)
{
    const struct spec_request *rq = v->node->rq;
    const struct failure *f = &v->failure;

    if (!retry_left(rt, v->call.attempts, loop_time() - v->call.started))
        return false;
    return (f->error == HTTP_UNEXPECTED && rq->retry_unexpected) ||
           (f->error == HTTP_STATUS && status_set_has(&rq->retry_statuses, f->status));
}

enum call_next visit_step(struct call *call, struct client *c, double *delay, void *arg)
{
    struct visit *v = container_of(call, struct visit, call);
    enum call_next next;
    struct retry rt;

    (void)arg;
    if (sink_wait(v->node->play->setup->sink) < 0) {
        call_cancel(call, "cancelled");
        return CALL_DONE;
    }
    next = call_step(call, c, delay);
    if (next != CALL_DONE)
        return next;
    judge(v);
    rt = call_retry(call, client_config(c));
    if (!again(v, &rt))
        return CALL_DONE;
    *delay = retry_delay(&rt, call->attempts, &call->response);
    call_again(call);
    call->waiting_since += *delay;
    v->judged = false;
    return CALL_RETRY;
}

/* ---- the end of a visit ---- */

static void end_failed(struct visit *v)
{
    struct failure f = v->failure;

    v->failure = (struct failure){0};
    play_item_failed(v->node, v->index, &f);
    visit_free(v);
}

static void end_good(struct visit *v, struct buf *value)
{
    play_item_done(v->node, v->index, value, &v->call.response,
                   v->request.stranger ? NULL : v->call.first.text);
    buf_clear(value);
    visit_free(v);
}

/* ---- pages ---- */

/* Only what may be asked of anybody, and tells nothing, is asked of a stranger. */
static bool may_follow(struct visit *v, const char *next)
{
    const char *method = request_method(&v->request), *why = NULL;
    struct origin origin = {0};
    bool stranger;

    if (url_origin(next, &origin, &why) != URL_OK) {
        failure_set(&v->failure, HTTP_REDIRECT_REFUSED,
                    "the next page is at no URL: %s", why);
        return false;
    }
    stranger = v->request.stranger || !origin_eq(&origin, &v->home);
    origin_clear(&origin);
    if (stranger && (v->request.body || strcmp(method, "GET") != 0)) {
        failure_set(&v->failure, HTTP_REDIRECT_REFUSED,
                    "the next page is at another origin, where no %s is sent", method);
        return false;
    }
    v->request.stranger = stranger;
    return true;
}

/* The page after this one, with the same call. */
static void go_on(struct visit *v, char *next)
{
    struct play *p = v->node->play;

    free(v->request.url);
    v->request.url = next;
    call_clear(&v->call);
    call_init(&v->call, &v->request);
    buf_reset(&v->value);
    v->judged = false;
    v->node->requests++;
    pool_submit(p->setup->pool, &v->call);
}

static void end_pages(struct visit *v)
{
    struct buf all = BUF_INIT;

    if (v->pager.cut)
        log_note("%s: there are more pages than max_pages, %u", v->node->rq->name,
                 v->pager.rule->max);
    pager_append(&v->pager, &all);
    end_good(v, &all);
}

static void take_page(struct visit *v, struct slice elements)
{
    struct slice value = {v->value.data, v->value.len};
    char *next;
    enum pager_next r = pager_take(&v->pager, &v->call.response, value, elements,
                                   v->call.hop.url, &next, &v->failure);

    if (r == PAGER_END) {
        end_pages(v);
    } else if (r == PAGER_FAILED || !may_follow(v, next)) {
        free(next);
        v->failure.status = v->call.response.status;
        end_failed(v);
    } else {
        go_on(v, next);
    }
}

/* ---- answers ---- */

static void take_answer(struct visit *v)
{
    const struct spec_request *rq = v->node->rq;
    struct slice value = {v->value.data, v->value.len};
    struct buf part = BUF_INIT;

    if (rq->selects && !pointer_find(value, rq->select, &value)) {
        failure_set(&v->failure, HTTP_REFERENCE, "select: nothing is at %.*s",
                    (int)rq->select.len, rq->select.data);
        v->failure.status = v->call.response.status;
        end_failed(v);
        return;
    }
    if (pages(v)) {
        take_page(v, value);
        return;
    }
    if (rq->selects)
        buf_append(&part, value.data, value.len);
    end_good(v, rq->selects ? &part : &v->value);
}

void visit_done(struct call *call, void *arg)
{
    struct visit *v = container_of(call, struct visit, call);
    struct play *p = v->node->play;

    (void)arg;
    if (!v->judged || call->response.error == HTTP_CANCELLED)
        fail_of_transfer(v);
    tally_add(&p->setup->tallies[v->node->rq - p->setup->spec->requests],
              p->setup->summary, call, v->failure.error);
    if (v->failure.error)
        end_failed(v);
    else
        take_answer(v);
}

/* ---- the beginning ---- */

/* Who gave the URL may be asked with the headers, and nobody else. */
static bool is_stranger(struct visit *v, const struct reference *captured)
{
    struct play *p = v->node->play;
    const char *from = p->nodes[captured->target].result->origin, *why;
    struct origin origin = {0};
    bool same;

    if (url_origin(v->request.url, &origin, &why) != URL_OK)
        return true; /* the call will say so */
    same = from && !strcmp(from, origin.text);
    origin_clear(&origin);
    if (!same && !v->node->warned)
        log_warning("%s: {{%s}} leads to another origin than it came from: headers "
                    "that may tell a secret are not sent there",
                    v->node->rq->name, captured->text);
    v->node->warned = v->node->warned || !same;
    return !same;
}

static bool tells_secret(const struct spec *s, const struct template *t)
{
    const struct reference *r;
    size_t piece = 0;

    while ((r = template_next(t, &piece)))
        if ((r->source == FROM_VARIABLE || r->source == FROM_ENV) &&
            s->variables[r->target].secret)
            return true;
    return false;
}

/* Headers stay here; what is in the URL, the body and the items would go. */
static bool gives_away(const struct visit *v)
{
    const struct spec *s = v->node->play->setup->spec;
    const struct spec_request *rq = v->node->rq;

    return v->request.stranger &&
           (tells_secret(s, &rq->url) || tells_secret(s, &rq->body) ||
            tells_secret(s, &rq->json) || tells_secret(s, &rq->foreach));
}

/* Makes the request; false with the failure. */
static bool prepare(struct visit *v)
{
    struct scope scope = play_scope(v->node, v->index);
    const struct reference *captured;
    const char *ignored;
    char *why = NULL, *first;

    if (compose_request(&v->request, v->node->rq, &scope,
                        client_config(v->node->play->setup->client), &captured,
                        &why) < 0) {
        failure_set(&v->failure, HTTP_REFERENCE, "%s", why);
        free(why);
        return false;
    }
    v->request.stranger = captured && is_stranger(v, captured);
    if (gives_away(v)) {
        failure_set(&v->failure, HTTP_REDIRECT_REFUSED,
                    "{{%s}} leads to another origin than it came from, where no secret "
                    "is sent",
                    captured->text);
        return false;
    }
    if (pages(v)) {
        url_origin(v->request.url, &v->home, &ignored);
        first = pager_begin(&v->pager, &v->node->rq->pages, v->request.url);
        free(v->request.url);
        v->request.url = first;
    }
    return true;
}

void visit_start(struct node *n, size_t index)
{
    struct visit *v = mem_zalloc(sizeof(*v));

    v->node = n;
    v->index = index;
    if (!prepare(v)) {
        end_failed(v);
        return;
    }
    call_init(&v->call, &v->request);
    n->requests++;
    pool_submit(n->play->setup->pool, &v->call);
}
