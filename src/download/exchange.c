/* One exchange of a leg: it waits for its turn, asks, and sees to what came of it: more
 * to ask for, a whole file, or nothing that can be used. */
#include "download/exchange.h"

#include "base/mem.h"
#include "download/answer.h"
#include "download/ask.h"
#include "download/commit.h"
#include "download/report.h"
#include "download/seal.h"
#include "download/store.h"

/* What takes part in an archive waits this long for another process to be done. */
#define BUSY_SECONDS 0.5

/* ---- its turn ---- */

static enum call_next end(struct leg *leg, const char *why)
{
    call_cancel(&leg->call, why);
    return CALL_DONE;
}

/* With an archive one process at a time has the file. CALL_REDIRECT: go on. */
static enum call_next claim(struct leg *leg, double *delay)
{
    struct job *job = leg->job;
    struct archive *a = job->download->archive;
    int r;

    if (!a || job->claimed)
        return CALL_REDIRECT;
    switch (r = archive_claim(a, job->item.request.url)) {
    case ARCHIVE_YOURS:
        job->claimed = true;
        return CALL_REDIRECT;
    case ARCHIVE_DONE:
        job->skipped = true;
        return end(leg, "another process has downloaded it");
    case ARCHIVE_BUSY:
        *delay = BUSY_SECONDS;
        return CALL_RETRY;
    default:
        job_fail_archive(job, r);
        return end(leg, "the archive cannot be used");
    }
}

/* ---- what came ---- */

/* The body came whole: all that was asked for is here. */
static bool came_whole(const struct leg *leg)
{
    return leg->begun && leg->call.response.error == HTTP_OK &&
           (leg->wanted.end < 0 || leg->position == leg->wanted.end);
}

/* Of a range that may be less than the server said. */
static bool brought_some(const struct leg *leg)
{
    return leg->begun && leg->call.response.error == HTTP_OK &&
           leg->position > leg->wanted.first;
}

/* A stream without a length ends where it ends. */
static void learn_size(struct leg *leg)
{
    struct job *job = leg->job;

    if (came_whole(leg) && job->known.size < 0)
        job->known.size = leg->position;
}

/* All of a small file is in memory: it needs no more than one visit to the disk. */
static bool holds_all(const struct leg *leg)
{
    const struct job *job = leg->job;

    return came_whole(leg) && !job->part_open && !store_writes(leg) &&
           leg->wanted.first == 0 && leg->position == job->known.size &&
           (int64_t)leg->fill.len == job->known.size;
}

/* Cancels them; leg_done does not take that for a failure. */
static void stop_others(struct leg *leg)
{
    struct job *job = leg->job;

    for (unsigned i = 0; i < job->leg_count; i++)
        if (&job->legs[i] != leg && job->legs[i].active)
            pool_cancel_call(job->download->run.pool, &job->legs[i].call,
                             "nothing is left for it");
}

static enum call_next ask_again(struct leg *leg, double *delay)
{
    call_again(&leg->call);
    *delay = 0;
    return CALL_RETRY;
}

/* Another exchange for the next gap, which is no retry. */
static enum call_next go_on(struct leg *leg, double *delay)
{
    leg->job->attempts += leg->call.attempts - 1;
    leg->call.attempts = leg->call.spared = 0;
    leg->mirrors_failed = 0;
    return ask_again(leg, delay);
}

static async void seal_job(struct leg *leg)
{
    struct job *job = leg->job;

    job->sealing = true;
    job->shown = leg;
    stop_others(leg);
    seal(job);
    job->sealing = false;
}

/* What the end of an exchange that is not simply tried again leads to. */
static async enum call_next settle(struct leg *leg, double *delay)
{
    struct job *job = leg->job;

    if (job->changed)
        stop_others(leg);
    if (job->changed || job->sealing || job->sealed)
        return CALL_DONE;
    if (leg->again)
        return ask_again(leg, delay);
    if (job->in_memory) {
        job->shown = leg;
        return CALL_DONE;
    }
    if (answer_whole(job)) {
        seal_job(leg);
        return CALL_DONE;
    }
    if (brought_some(leg) && answer_resumable(job))
        return go_on(leg, delay);
    if (leg->begun && leg->call.response.error == HTTP_OK)
        response_fail(&leg->call.response, HTTP_TRUNCATED,
                      "the server sends less than it said");
    return CALL_DONE;
}

static async void take_into_file(struct leg *leg)
{
    struct job *job = leg->job;

    learn_size(leg);
    job->in_memory = holds_all(leg);
    if (job->in_memory)
        ranges_add(&job->known.done, 0, job->known.size);
    else
        store_flush(leg);
}

static bool is_alone(const struct leg *leg)
{
    return leg->job->active == 1;
}

static enum call_next nothing_left(struct leg *leg)
{
    leg->spare = true;
    return end(leg, "nothing is left for it");
}

/* ---- the exchange ---- */

/* One exchange, and what came of it into the file. */
static async enum call_next fetch_part(struct leg *leg, struct client *c, double *delay)
{
    struct job *job = leg->job;
    enum call_next next;

    if (is_alone(leg))
        store_quiesce(job);         /* its answer may be another version's */
    if (job->download->run.stopped) /* which may have come in there */
        return end(leg, job->download->run.stopped);
    next = call_step(&leg->call, c, delay);
    if (next == CALL_REDIRECT)
        return next;
    take_into_file(leg);
    if (job->store_error) {
        job_fail_locally(job, job->store_error);
        next = CALL_DONE;
    } else if (next == CALL_DONE ||
               answer_whole(job)) { /* but for the last chunk, say */
        next = settle(leg, delay);
    }
    if (is_alone(leg) && !job->sealed && !job->in_memory) {
        if (job->changed) {
            store_quiesce(job);
            store_forget(job);
        }
        store_put_away(job);
    }
    return job->error ? CALL_DONE : next;
}

enum call_next exchange_step(struct call *call, struct client *c, double *delay,
                             void *arg)
{
    struct leg *leg = container_of(call, struct leg, call);
    struct download *d = arg;
    enum call_next next;

    if (sink_wait(d->run.sink) < 0 || committer_wait(d->committer) < 0)
        return end(leg, "cancelled");
    if ((next = claim(leg, delay)) != CALL_REDIRECT)
        return next;
    if (leg->job->changed || leg->job->sealing || leg->job->sealed)
        return nothing_left(leg);
    if (call->redirect_count == 0 && !ask_next(leg))
        return nothing_left(leg);
    return fetch_part(leg, c, delay);
}
