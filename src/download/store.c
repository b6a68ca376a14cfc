/* From a leg's blocks to the part: writing, and journals, in the executor, while more
 * bytes arrive. */
#include "download/store.h"

#include "base/mem.h"
#include "download/answer.h"
#include "download/block.h"
#include "download/chore.h"
#include "download/hashing.h"
#include "download/leg.h"
#include "download/opening.h"
#include "download/report.h"

/* What is lost at most when the process is killed. */
#define CHECKPOINT_SECONDS 1.0
#define CHECKPOINT_BYTES   (64LL << 20)

/* A file of so much is written past the page cache, which it would fill for nothing. */
#define DIRECT_BYTES (16LL << 20)

/* An attempt that brings this much, and the next one can go on from there, is not in
 * vain.
 */
#define WORTH_BYTES (16LL << 10)

/* ---- what is under way ---- */

unsigned store_writes(const struct leg *leg)
{
    unsigned n = 0;

    for (size_t i = 0; i < WRITES_MAX; i++)
        n += leg->writes[i].chore.busy;
    return n;
}

int64_t store_unwritten(const struct leg *leg)
{
    int64_t n = (int64_t)leg->fill.len;

    for (size_t i = 0; i < WRITES_MAX; i++)
        n += (int64_t)leg->writes[i].block.len;
    return n;
}

bool store_is_busy(const struct job *job)
{
    for (unsigned i = 0; i < job->leg_count; i++)
        if (store_writes(&job->legs[i]))
            return true;
    return job->catch_up.busy || job->checkpoint.busy;
}

void store_quiesce(struct job *job)
{
    while (store_is_busy(job)) /* a request for cancellation is used up here */
        event_wait(&job->stirred);
}

/* ---- journals ---- */

static int checkpoint(void *arg)
{
    struct job *job = arg;

    return part_checkpoint(&job->part, &job->checkpointed);
}

static void checkpointed(struct future *f, void *arg)
{
    struct job *job = arg;

    (void)f;
    chore_end(&job->checkpoint, job);
}

/* The version may come to be forgotten while its journal is being written. */
static void copy_known(struct job *job)
{
    const struct journal *from = &job->known;
    struct journal *to = &job->checkpointed;

    journal_clear(to);
    journal_init(to);
    to->url = from->url ? mem_strdup(from->url) : NULL;
    to->etag = from->etag ? mem_strdup(from->etag) : NULL;
    to->last_modified = from->last_modified ? mem_strdup(from->last_modified) : NULL;
    to->sum = from->sum ? mem_strdup(from->sum) : NULL;
    to->size = from->size;
    ranges_copy(&to->done, &from->done);
    job->last_checkpoint = loop_time();
    job->unsaved = 0;
}

static void start_checkpoint(struct job *job)
{
    if (job->checkpoint.busy || job->store_error || !answer_resumable(job))
        return;
    if (job->unsaved < CHECKPOINT_BYTES &&
        loop_time() - job->last_checkpoint < CHECKPOINT_SECONDS)
        return;
    copy_known(job);
    chore_start(&job->checkpoint, checkpoint, checkpointed, job);
}

/* ---- writing ---- */

/* What has to be read back to be hashed is better found in the page cache. */
static bool goes_direct(const struct job *job)
{
    bool out_of_order = job->download->o->split > 1 || job->known.done.n;

    return job->known.size >= DIRECT_BYTES && !(job->digests && out_of_order);
}

/* What takes longer has its journal from the start: on a full disk there might be no
 * room for one. */
static int open_for(const struct write *w)
{
    struct job *job = w->leg->job;
    int r = opening_part(job, !w->anew);

    if (r == 0 && w->direct)
        r = part_go_direct(&job->part);
    if (r == 0 && w->resumable)
        r = part_checkpoint(&job->part, &job->checkpointed);
    return r;
}

static int write_block(void *arg)
{
    struct write *w = arg;
    struct job *job = w->leg->job;
    const struct block *b = &w->block;
    int r = w->opens ? open_for(w) : w->anew ? part_restart(&job->part) : 0;

    if (r == 0)
        r = part_write(&job->part, b->data, b->len, b->offset);
    if (r == 0 && w->hashes)
        digests_update(job->digests, b->data, b->len);
    return r;
}

static void note_written(struct write *w)
{
    struct job *job = w->leg->job;
    int64_t end = w->block.offset + (int64_t)w->block.len;

    w->leg->from_zero = false;
    ranges_add(&job->known.done, w->block.offset, end);
    job->unsaved += (int64_t)w->block.len;
    if (w->hashes)
        job->hashed = end;
    hashing_catch_up(job);
    start_checkpoint(job);
    leg_start_more(job);
}

static void written(struct future *f, void *arg)
{
    struct write *w = arg;
    struct job *job = w->leg->job;

    (void)f;
    if (w->hashes)
        job->hashing = false;
    job->part_open = job->part.fd >= 0;
    if (chore_end(&w->chore, job) == 0)
        note_written(w);
    block_free(job->download, &w->block);
    body_sink_resume(&w->leg->sink);
}

/* The first of a version makes room for the others. Hashing goes in order. */
static bool may_write(const struct leg *leg)
{
    const struct job *job = leg->job;
    bool alone = !job->part_open || leg->from_zero || job->digests;

    return store_writes(leg) < (alone ? 1 : job->download->o->writes);
}

/* What the executor is to know of the job: that may change meanwhile. */
static void prepare(struct write *w)
{
    struct leg *leg = w->leg;
    struct job *job = leg->job;

    w->opens = !job->part_open;
    if (w->opens) {
        leg->from_zero |= job->known.done.n == 0;
        copy_known(job); /* for the first journal */
        w->direct = goes_direct(job);
        w->resumable = answer_resumable(job);
    }
    w->anew = leg->from_zero;
}

static void start_writing(struct leg *leg)
{
    struct job *job = leg->job;
    struct write *w = leg->writes;

    while (w->chore.busy)
        w++;
    w->leg = leg;
    w->block = leg->fill;
    leg->fill = (struct block){0};
    w->hashes = job->digests && !job->hashing && w->block.offset == job->hashed;
    job->hashing |= w->hashes;
    prepare(w);
    chore_start(&w->chore, write_block, written, w);
}

void store_flush(struct leg *leg)
{
    struct job *job = leg->job;

    while (store_writes(leg) || (leg->fill.len && !job->store_error)) {
        if (leg->fill.len && !job->store_error && may_write(leg))
            start_writing(leg);
        event_wait(&job->stirred); /* a request for cancellation is used up here */
    }
    block_free(job->download, &leg->fill);
}

static enum body_use refuse(struct leg *leg, enum http_error error, const char *why)
{
    leg->sink.error = error;
    leg->sink.why = why;
    return BODY_REFUSE;
}

/* n bytes, which are fewer than a block: what one has no room for begins the next, so
 * that the former ends with a page of the file. */
static void fill(struct leg *leg, const char *data, size_t n)
{
    struct download *d = leg->job->download;
    size_t room = block_room(&leg->fill), first = n < room ? n : room;

    if (first)
        block_append(&leg->fill, data, first);
    if (first < n) {
        if (leg->fill.len)
            start_writing(leg);
        block_take(d, &leg->fill, leg->position + (int64_t)first, leg->wanted.end);
        block_append(&leg->fill, data + first, n - first);
    }
    leg->position += (int64_t)n;
}

enum body_use store_write(struct body_sink *s, const char *data, size_t n)
{
    struct leg *leg = container_of(s, struct leg, sink);
    struct job *job = leg->job;

    if (job->store_error)
        return refuse(leg, HTTP_LOCAL_IO, "it cannot be written");
    if (job->changed)
        return refuse(leg, HTTP_CHANGED, "the file has changed on the server");
    if (leg->wanted.end >= 0 && leg->position + (int64_t)n > leg->wanted.end)
        return refuse(leg, HTTP_RANGE, "the server sends more than it said");
    if (leg->fill.len && n > block_room(&leg->fill) && !may_write(leg))
        return BODY_WAIT;
    fill(leg, data, n);
    job->received += (int64_t)n;
    if (leg->position - leg->wanted.first >= WORTH_BYTES && answer_resumable(job))
        leg->call.spared = leg->call.attempts;
    return BODY_TAKE;
}

/* ---- the end of an attempt ---- */

void store_forget(struct job *job)
{
    journal_clear(&job->known);
    journal_init(&job->known);
    job->version = job->verified = false;
    job->hashed = 0;
    job->mtime = 0;
    if (job->digests)
        digests_reset(job->digests);
}

static int put_away(void *arg)
{
    struct job *job = arg;

    return part_checkpoint(&job->part, &job->checkpointed);
}

static int discard(void *arg)
{
    struct job *job = arg;

    return part_discard(&job->part);
}

void store_put_away(struct job *job)
{
    bool keep;
    int r;

    store_quiesce(job);
    keep = answer_resumable(job) && job->known.done.n;
    if (!job->part_open)
        return;
    copy_known(job);
    r = loop_finish_in_executor(keep ? put_away : discard, job);
    if (r < 0)
        job_fail_locally(job, r);
    part_clear(&job->part);
    part_init(&job->part, job->download->root, job->name);
    job->part_open = false;
    if (!keep)
        store_forget(job);
}
