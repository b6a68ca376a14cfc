/* The way of a page: the gate of its host, the pool, and again for each redirect. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/job.h"

/* ---- asking ---- */

static struct job *job_at_gate(struct hosts_waiter *w)
{
    return container_of(w, struct job, gate);
}

/* What keeps a page from being asked for: it is this host's trouble, or it asks for it.
 */
static void refuse(struct job *job, enum http_error error, const char *why)
{
    response_fail(&job->errand.call.response, error, "%s", why);
}

/* Whether a page that was not asked for has a record all the same: whoever named it, or
 * looks for what is broken, has to know. */
static bool is_owed(const struct job *job, enum http_error error)
{
    if (job->visit->reason == VISIT_START)
        return true;
    return error != HTTP_CANCELLED && error != HTTP_ROBOTS_DENIED;
}

static void turn_away(struct job *job, enum http_error denied, const char *why)
{
    struct skip skip = {job->visit->url, SCOPE_ROBOTS, job->visit->level,
                        job->visit->referrer};

    refuse(job, denied, why);
    if (is_owed(job, denied)) {
        report_page(job);
        return;
    }
    if (denied == HTTP_ROBOTS_DENIED && job->crawl->skips)
        skips_note(job->crawl, &skip);
    report_nothing(job);
}

static void answered(struct hosts_waiter *w, enum http_error denied, const char *why)
{
    struct job *job = job_at_gate(w);

    if (denied)
        turn_away(job, denied, why);
    else
        pool_submit(job->crawl->run.pool, &job->errand.call);
}

/* ---- the end ---- */

static void job_end(struct job *job)
{
    const struct call *call = &job->errand.call;

    if (job->save.error)
        report_unsaved(job);
    if (call->response.error == HTTP_CANCELLED && call->attempts == 0 &&
        !is_owed(job, HTTP_CANCELLED))
        report_nothing(job);
    else
        report_page(job);
}

void job_saved(struct save *s)
{
    job_end(container_of(s, struct job, save));
}

/* What came is given its name, or done away with, before the page ends. */
static void finish(struct job *job)
{
    if (!save_finish(&job->save, !job->errand.call.response.error))
        job_end(job);
}

/* ---- redirects ---- */

/* It goes on to exactly what was judged. */
static void go_on(struct job *job)
{
    struct hop *hop = &job->errand.call.hop;

    free(hop->url);
    hop->url = job->target;
    job->target = NULL;
    pool_go_on(job->crawl->run.pool, &job->errand.call);
}

static void stay(struct job *job)
{
    call_stay(&job->errand.call);
    job->leads = true;
    finish(job);
}

static void target_answered(struct hosts_waiter *w, enum http_error denied,
                            const char *why)
{
    struct job *job = job_at_gate(w);
    struct crawl *c = job->crawl;
    struct skip skip = {job->target, SCOPE_ROBOTS, job->visit->level, job->visit->url};

    if (!denied) {
        go_on(job);
        return;
    }
    if (denied == HTTP_ROBOTS_DENIED) {
        if (c->skips)
            skips_note(c, &skip);
        stay(job);
        return;
    }
    refuse(job, denied, why);
    finish(job);
}

static enum scope_verdict judge_target(struct job *job)
{
    struct crawl *c = job->crawl;
    const struct visit *v = job->visit;

    if (v->reason >= VISIT_CHECK)
        return SCOPE_IN;
    if (v->reason == VISIT_START)
        scope_add_start(c->scope, job->target);
    return scope_judge(c->scope, job->target, v->level, v->reason == VISIT_REQUISITE);
}

/* The normal URL of where the redirect leads; NULL: it is none. */
static char *target_of(struct job *job)
{
    struct crawl *c = job->crawl;
    const char *url = job->errand.call.hop.url;
    struct normal_base *base = normal_base_new(url);
    char *target = NULL;

    if (base &&
        normal_resolve(base, slice_str(url), c->o->drop, &c->scratch, NULL) == URL_OK)
        target = mem_strdup(c->scratch.data);
    normal_base_free(base);
    return target;
}

/* Whether this very attempt has been there. */
static bool has_been_there(const struct call *call, const char *url)
{
    for (size_t i = 0; i < call->redirect_count; i++)
        if (!strcmp(call->redirects[i].url, url))
            return true;
    return false;
}

/* What an earlier attempt was redirected to is this page's already. */
static bool claim_target(struct job *job)
{
    struct crawl *c = job->crawl;
    uint64_t hash = found_hash(c, slice_str(job->target));

    if (frontier_claim(c->frontier, job->visit, job->target)) {
        urlset_add(&job->claimed, hash);
        return true;
    }
    return urlset_has(&job->claimed, hash) &&
           !has_been_there(&job->errand.call, job->target);
}

/* Who begins with a URL that only leads to itself, as one does that waits for a cookie,
 * would have nothing, and be told that all is well. */
static bool begins_in_circle(const struct job *job)
{
    return job->visit->reason == VISIT_START &&
           has_been_there(&job->errand.call, job->target);
}

/* A target is asked for once, like any URL: whoever comes first has its record. */
static void follow_redirect(struct job *job)
{
    struct crawl *c = job->crawl;
    struct skip skip = {.level = job->visit->level, .referrer = job->visit->url};

    free(job->target);
    job->target = target_of(job);
    if (!job->target) {
        stay(job);
        return;
    }
    skip.url = job->target;
    skip.verdict = judge_target(job);
    if (skip.verdict != SCOPE_IN && c->skips)
        skips_note(c, &skip);
    if (skip.verdict != SCOPE_IN || !claim_target(job)) {
        found_target(job, skip.verdict);
        if (!begins_in_circle(job)) {
            stay(job);
            return;
        }
        refuse(job, HTTP_TOO_MANY_REDIRECTS, "redirected in a circle");
        report_page(job);
        return;
    }
    job->gate.answer = target_answered;
    job->gate.url = job->target;
    hosts_ask(c->hosts, c->run.pool, &job->gate);
}

/* ---- the call is done ---- */

static void job_done(struct errand *e)
{
    struct job *job = container_of(e, struct job, errand);
    const struct response *rs = &e->call.response;
    const struct crawl *c = job->crawl;

    if (e->moved && !rs->error) {
        follow_redirect(job);
        return;
    }
    if (c->check) {
        if (checking_asks_again(job))
            return;
        checking_was_enough(job);
    }
    if (!rs->error)
        body_finish(job);
    finish(job);
}

/* ---- the beginning ---- */

struct job *job_new(struct crawl *c, struct item *item)
{
    struct job *job = mem_zalloc(sizeof(*job));

    job->crawl = c;
    job->item = *item;
    job->visit = item->own;
    job->number = c->run.submitted;
    errand_init(&job->errand, job->visit ? job->visit->url : item->request.url,
                job_done);
    body_init(job);
    return job;
}

static bool is_stranger(const struct crawl *c, const char *url)
{
    return crawl_is_stranger(url, (void *)c);
}

/* A line that is no URL. */
static void report_wrong(struct job *job)
{
    struct call *call = &job->errand.call;

    if (job->item.why)
        refuse(job, HTTP_BAD_INPUT, job->item.why);
    else if (call_check(call))
        refuse(job, HTTP_URL_MALFORMED, "not a URL");
    report_page(job);
}

void job_submit(struct run *run, struct item *item)
{
    struct crawl *c = crawl_of(run);
    struct job *job = job_new(c, item);

    if (!job->visit) {
        report_wrong(job);
        return;
    }
    if (run->o->dry_run) {
        call_check(&job->errand.call);
        report_page(job);
        return;
    }
    job->errand.asks_leave = true;
    checking_begin(job);
    job->errand.room = c->saver.root >= 0 ? &c->saver.room : NULL;
    job->errand.request.stranger = is_stranger(c, job->visit->url);
    job->gate.answer = answered;
    job->gate.url = job->visit->url;
    hosts_ask(c->hosts, run->pool, &job->gate);
}
