/* Legs: what fetches a file, from mirror to mirror, alone or several at once. */
#include "download/leg.h"

#include <stdlib.h>

#include "base/mem.h"
#include "download/answer.h"
#include "download/ask.h"
#include "download/block.h"
#include "download/commit.h"
#include "download/existing.h"
#include "download/report.h"
#include "download/store.h"

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

        if (!ask_gap(leg, &gap)) {
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
    job->sha256_known = false;
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
    if (job->sealed || job->in_memory || job->part_open)
        committer_put(job->download->committer, job);
    else if (job->unread)
        readers_put(job->download->readers, job);
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
