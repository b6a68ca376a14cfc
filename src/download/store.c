/* From a leg's blocks to the part: writing, hashing and journals, in the executor,
 * while more bytes arrive. */
#include "download/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "download/answer.h"
#include "download/block.h"
#include "download/leg.h"
#include "download/report.h"

/* What is lost at most when the process is killed. */
#define CHECKPOINT_SECONDS 1.0
#define CHECKPOINT_BYTES   (64LL << 20)

/* A file of so much is written past the page cache, which it would fill for nothing. */
#define DIRECT_BYTES (16LL << 20)

/* How much of a file is read back at once, to be hashed. */
#define CATCH_UP_BYTES (8LL << 20)

/* An attempt that brings this much, and the next one can go on from there, is not in
 * vain.
 */
#define WORTH_BYTES (16LL << 10)

/* ---- chores ---- */

static void chore_start(struct chore *c, executor_fn *fn, future_fn *done, void *arg)
{
    c->busy = true;
    executor_submit(&c->work, fn, arg);
    future_add_done_callback(&c->work.future, &c->done, done, arg);
}

/* What it returned. Who waits for chores looks again. */
static int chore_end(struct chore *c, struct job *job)
{
    int r = future_result(&c->work.future);

    future_clear(&c->work.future);
    c->busy = false;
    event_set(&job->stirred);
    event_clear(&job->stirred);
    if (r < 0 && job->store_error == 0)
        job->store_error = r;
    return r;
}

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

/* ---- hashing ---- */

int store_hash(struct job *job, int fd, int64_t end)
{
    size_t room = (size_t)1 << 20;
    char *data = mem_alloc(room);
    int64_t at = digests_bytes(job->digests);
    ssize_t n = 0;

    for (; at < end; at += n) {
        size_t want = end - at < (int64_t)room ? (size_t)(end - at) : room;

        n = pread(fd, data, want, at);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            break;
        digests_update(job->digests, data, (size_t)n);
    }
    free(data);
    return at >= end ? 0 : n < 0 ? -errno : -EIO;
}

static int catch_up(void *arg)
{
    struct job *job = arg;

    return store_hash(job, job->part.fd, job->catch_up_end);
}

static void caught_up(struct future *f, void *arg);

/* Blocks that come in order are hashed as they are written. What was there before, or
 * came out of order, is read back. */
static void start_catching_up(struct job *job)
{
    int64_t end = ranges_prefix(&job->known.done);

    if (!job->digests || job->hashing || job->store_error || end <= job->hashed)
        return;
    job->hashing = true;
    job->catch_up_end =
        end - job->hashed > CATCH_UP_BYTES ? job->hashed + CATCH_UP_BYTES : end;
    chore_start(&job->catch_up, catch_up, caught_up, job);
}

static void caught_up(struct future *f, void *arg)
{
    struct job *job = arg;

    (void)f;
    job->hashing = false;
    if (chore_end(&job->catch_up, job) == 0)
        job->hashed = job->catch_up_end;
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

/* ---- opening ---- */

/* The one check that can be made before the disk is full: is there room for the rest?
 */
static int check_room(struct job *job)
{
    int64_t left = job->known.size - ranges_bytes(&job->known.done), free_bytes;
    struct statvfs fs;
    struct buf text = BUF_INIT;

    if (job->known.size < 0 || fstatvfs(job->part.fd, &fs) < 0)
        return 0;
    free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    if (left <= free_bytes)
        return 0;
    buf_append_str(&text, "needs ");
    str_append_size(&text, left);
    buf_append_str(&text, " more, and the disk has ");
    str_append_size(&text, free_bytes);
    snprintf(job->part.why, sizeof(job->part.why), "%s", text.data);
    buf_clear(&text);
    return -EFBIG; /* not ENOSPC: other files may well fit */
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static bool same_version(const struct journal *a, const struct journal *b)
{
    return same_text(a->url, b->url) && same_text(a->etag, b->etag) &&
           same_text(a->last_modified, b->last_modified) &&
           (a->size < 0 || b->size < 0 || a->size == b->size);
}

/* Between two attempts the part is closed: is what was in it still there? */
static int look_again(struct job *job)
{
    struct journal there;
    int64_t bytes;
    int r = part_look(&job->part, &there);

    bytes = ranges_bytes(&there.done);
    if (!same_version(&there, &job->known)) /* as much, of another file */
        bytes = -1;
    for (size_t i = 0; i < job->known.done.n; i++)
        ranges_add(&there.done, job->known.done.items[i].first,
                   job->known.done.items[i].end);
    if (r == 0 && ranges_bytes(&there.done) != bytes) {
        snprintf(job->part.why, sizeof(job->part.why),
                 "%.80s.part was changed meanwhile: run it again", job->name);
        r = -EAGAIN;
    }
    journal_clear(&there);
    return r;
}

static int check_opened(struct job *job, int r, bool keep)
{
    if (r == 0)
        r = check_room(job);
    if (r < 0 && job->part.fd >= 0 && !keep)
        part_discard(&job->part);
    return r;
}

int store_open(struct job *job, bool keep)
{
    int r = keep ? look_again(job) : 0;

    if (r == 0)
        r = part_open(&job->part, keep);
    return check_opened(job, r, keep);
}

/* A name can be given only to one file. With --no-resume what an earlier run has left
 * was not looked at. */
static bool needs_name(const struct job *job)
{
    return job->replace || job->download->o->no_resume;
}

int store_open_whole(struct job *job)
{
    int r = needs_name(job) ? PART_NEEDS_NAME : part_open_unnamed(&job->part);

    if (r == PART_NEEDS_NAME)
        r = part_open(&job->part, false);
    return check_opened(job, r, false);
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
static int begin_version(struct leg *leg)
{
    struct job *job = leg->job;
    int r = 0;

    if (job->part_open)
        return leg->from_zero ? part_restart(&job->part) : 0;
    r = store_open(job, !leg->from_zero);
    if (r == 0 && goes_direct(job))
        r = part_go_direct(&job->part);
    if (r == 0 && answer_resumable(job))
        r = part_checkpoint(&job->part, &job->checkpointed);
    return r;
}

static int write_block(void *arg)
{
    struct write *w = arg;
    struct job *job = w->leg->job;
    const struct block *b = &w->block;
    int r = begin_version(w->leg);

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
    start_catching_up(job);
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
    if (!job->part_open) {
        leg->from_zero |= job->known.done.n == 0;
        copy_known(job); /* for the first journal */
    }
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
    size_t room = block_room(d, &leg->fill), first = n < room ? n : room;

    if (first)
        block_append(&leg->fill, data, first);
    if (first < n) {
        if (leg->fill.len)
            start_writing(leg);
        block_take(d, &leg->fill, leg->position + (int64_t)first);
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
    if (leg->fill.len && n > block_room(job->download, &leg->fill) && !may_write(leg))
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
