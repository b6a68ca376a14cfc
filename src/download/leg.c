/* Legs: the exchanges that fetch a file, from mirror to mirror, alone or several at
 * once. */
#include "download/leg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "download/answer.h"
#include "download/block.h"
#include "download/commit.h"
#include "download/report.h"
#include "download/seal.h"
#include "download/store.h"

/* What takes part in an archive waits this long for another process to be done. */
#define BUSY_SECONDS 0.5

/* ---- life ---- */

static unsigned mirror_count(const struct job *job)
{
    return 1 + (unsigned)job->item.mirror_count;
}

static const char *mirror_url(const struct job *job, unsigned i)
{
    return i == 0 ? job->item.request.url : job->item.mirrors[i - 1];
}

/* The request is the item's, at this leg's mirror; the item keeps what it owns. */
static void make_request(struct leg *leg)
{
    leg->request = leg->job->item.request;
    leg->request.url = (char *)mirror_url(leg->job, leg->mirror);
    leg->request.sink = &leg->sink;
}

static void submit(struct leg *leg, struct range wanted)
{
    struct job *job = leg->job;

    make_request(leg);
    leg->wanted = wanted; /* the next leg is to see it taken */
    leg->active = true;
    job->active++;
    call_init(&leg->call, &leg->request);
    pool_submit(job->download->run.pool, &leg->call);
}

static struct leg *add_leg(struct job *job, unsigned mirror)
{
    struct leg *leg = &job->legs[job->leg_count++];

    *leg = (struct leg){.job = job, .mirror = mirror};
    leg->sink.begin = answer_begin;
    leg->sink.write = store_write;
    return leg;
}

static void start_at(struct job *job, unsigned mirror)
{
    job->attempts += job_attempts(job);
    leg_clear_all(job);
    job->legs = mem_reallocarray(NULL, job->download->o->split, sizeof(*job->legs));
    job->shown = add_leg(job, mirror);
    submit(job->shown, (struct range){0, 0});
}

void leg_start_first(struct job *job)
{
    start_at(job, 0);
}

static bool wants_more(const struct job *job)
{
    return !job->no_ranges && !job->no_split && !job->changed && !job->sealing &&
           answer_resumable(job) && job->known.size >= 0 && !job->download->run.stopped;
}

void leg_start_more(struct job *job)
{
    struct range gap;

    while (job->leg_count < job->download->o->split && wants_more(job)) {
        struct leg *leg = add_leg(job, job->leg_count % mirror_count(job));

        if (!answer_gap(leg, &gap)) {
            job->leg_count--;
            return;
        }
        submit(leg, gap);
    }
}

static void clear_leg(struct leg *leg)
{
    for (size_t i = 0; i < ARRAY_LEN(leg->lines); i++)
        free(leg->lines[i]);
    block_free(leg->job->download, &leg->fill);
    call_clear(&leg->call);
}

void leg_clear_all(struct job *job)
{
    for (unsigned i = 0; i < job->leg_count; i++)
        clear_leg(&job->legs[i]);
    free(job->legs);
    job->legs = NULL;
    job->leg_count = 0;
}

/* ---- an exchange ---- */

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

    if (!a || job->claimed)
        return CALL_REDIRECT;
    switch (archive_claim(a, job->item.request.url)) {
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
        job_fail(job, HTTP_LOCAL_IO, "the archive cannot be used");
        return end(leg, "the archive cannot be used");
    }
}

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
    return next;
}

enum call_next leg_step(struct call *call, struct client *c, double *delay, void *arg)
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
    if (call->redirect_count == 0 && !answer_ask(leg))
        return nothing_left(leg);
    return fetch_part(leg, c, delay);
}

/* ---- its end ---- */

static bool failed(const struct leg *leg)
{
    return !leg->spare && (leg->call.response.error != HTTP_OK || !leg->begun);
}

static bool is_decided(const struct job *job)
{
    return job->error || job->skipped || job->unmodified || job->sealed ||
           job->in_memory;
}

static bool is_over(const struct job *job)
{
    return is_decided(job) || job->download->run.stopped;
}

static void restart(struct leg *leg, unsigned mirror)
{
    leg->mirror = mirror;
    leg->job->attempts += leg->call.attempts;
    call_clear(&leg->call);
    submit(leg, (struct range){0, 0});
}

/* After a failure: the next of the mirrors, until all of them have failed in a row. */
static bool try_next_mirror(struct leg *leg)
{
    struct job *job = leg->job;

    if (leg->moves)
        restart(leg, job->version_mirror);
    else if (++leg->mirrors_failed < mirror_count(job))
        restart(leg, (leg->mirror + 1) % mirror_count(job));
    else
        return false;
    return true;
}

/* The whole file is not what was expected. Pieces of several mirrors, or of an earlier
 * run, get a second chance with one stream from zero; and then there are the other
 * mirrors. */
static bool try_other_bytes(struct job *job)
{
    unsigned mirrors = mirror_count(job), next = (job->shown->mirror + 1) % mirrors;
    bool pieces = job->ranges > 1 || job->resumed_from;

    job->wrong_streams += !pieces; /* also those that failed in another way */
    if (job->wrong_streams >= mirrors || ++job->turns > 2 * mirrors)
        return false;
    job->no_split = true;
    job->ranges = 0;
    job->resumed_from = 0;
    start_at(job, pieces ? job->version_mirror : next);
    return true;
}

void leg_end_job(struct job *job)
{
    if (!is_decided(job) && job->mismatches) {
        if (!job->download->run.stopped && try_other_bytes(job))
            return;
        if (!failed(job->shown))
            job_fail(job, HTTP_CHECKSUM, "%s is not what the checksum says", job->name);
    } else if (!is_over(job) && job->changed) {
        job->changed = false;
        start_at(job, job->version_mirror);
        return;
    }
    if (job->sealed || job->in_memory || job->part_open || job->unread)
        committer_put(job->download->committer, job);
    else
        report_job(job);
}

static void note_failure(struct job *job, struct leg *leg)
{
    if (job->shown == leg || leg->call.response.error != HTTP_CANCELLED)
        job->shown = leg;
}

void leg_done(struct call *call, void *arg)
{
    struct leg *leg = container_of(call, struct leg, call);
    struct job *job = leg->job;
    bool settled = job->sealing || job->changed || job->mismatches || is_over(job);

    (void)arg;
    leg->active = false;
    job->active--;
    if (!settled && failed(leg)) {
        note_failure(job, leg);
        if (try_next_mirror(leg))
            return;
    }
    if (job->active == 0)
        leg_end_job(job);
}
