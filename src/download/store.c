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
#include "download/leg.h"
#include "download/report.h"

/* What is lost at most when the process is killed. */
#define CHECKPOINT_SECONDS 1.0
#define CHECKPOINT_BYTES   (64LL << 20)

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

bool store_is_busy(const struct job *job)
{
    for (unsigned i = 0; i < job->leg_count; i++)
        if (job->legs[i].write.busy)
            return true;
    return job->catch_up.busy || job->checkpoint.busy;
}

void store_quiesce(struct job *job)
{
    while (store_is_busy(job)) /* a request for cancellation is used up here */
        event_wait(&job->stirred);
}

/* ---- blocks ---- */

static void take_block(struct download *d, struct block *b, int64_t offset)
{
    b->data = d->spare_count ? d->spare[--d->spare_count] : mem_alloc(d->o->block);
    b->len = 0;
    b->offset = offset;
}

void store_free_block(struct download *d, struct block *b)
{
    if (!b->data)
        return;
    if (d->spare_count == d->spare_room) {
        d->spare_room = d->spare_room ? 2 * d->spare_room : 64;
        d->spare = mem_reallocarray(d->spare, d->spare_room, sizeof(*d->spare));
    }
    d->spare[d->spare_count++] = b->data;
    *b = (struct block){0};
}

void store_clear(struct download *d)
{
    while (d->spare_count)
        free(d->spare[--d->spare_count]);
    free(d->spare);
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

int store_open(struct job *job, bool keep)
{
    int r = keep ? look_again(job) : 0;

    if (r == 0)
        r = part_open(&job->part, keep);
    if (r == 0)
        r = check_room(job);
    if (r < 0 && job->part.fd >= 0 && !keep)
        part_discard(&job->part);
    return r;
}

/* ---- writing ---- */

/* What takes longer has its journal from the start: on a full disk there might be no
 * room for one. */
static int begin_version(struct leg *leg)
{
    struct job *job = leg->job;
    int r = 0;

    if (job->part_open)
        return leg->from_zero ? part_restart(&job->part) : 0;
    r = store_open(job, !leg->from_zero);
    if (r == 0 && answer_resumable(job))
        r = part_checkpoint(&job->part, &job->checkpointed);
    return r;
}

static int write_block(void *arg)
{
    struct leg *leg = arg;
    struct job *job = leg->job;
    const struct block *b = &leg->writing;
    int r = begin_version(leg);

    if (r == 0)
        r = part_write(&job->part, b->data, b->len, b->offset);
    if (r == 0 && leg->write_hashes)
        digests_update(job->digests, b->data, b->len);
    return r;
}

static void written(struct future *f, void *arg)
{
    struct leg *leg = arg;
    struct job *job = leg->job;
    int64_t end = leg->writing.offset + (int64_t)leg->writing.len;

    (void)f;
    if (leg->write_hashes)
        job->hashing = false;
    job->part_open = job->part.fd >= 0;
    if (chore_end(&leg->write, job) == 0) {
        leg->from_zero = false;
        ranges_add(&job->known.done, leg->writing.offset, end);
        job->unsaved += (int64_t)leg->writing.len;
        if (leg->write_hashes)
            job->hashed = end;
        start_catching_up(job);
        start_checkpoint(job);
        leg_start_more(job);
    }
    store_free_block(job->download, &leg->writing);
    body_sink_resume(&leg->sink);
}

static void start_writing(struct leg *leg)
{
    struct job *job = leg->job;

    leg->writing = leg->fill;
    leg->fill = (struct block){0};
    leg->write_hashes =
        job->digests && !job->hashing && leg->writing.offset == job->hashed;
    job->hashing |= leg->write_hashes;
    if (!job->part_open) {
        leg->from_zero |= job->known.done.n == 0;
        copy_known(job); /* for the first journal */
    }
    chore_start(&leg->write, write_block, written, leg);
}

void store_flush(struct leg *leg)
{
    struct job *job = leg->job;

    while (leg->write.busy || (leg->fill.len && !job->store_error)) {
        if (!leg->write.busy)
            start_writing(leg);
        event_wait(&job->stirred); /* a request for cancellation is used up here */
    }
    store_free_block(job->download, &leg->fill);
}

static enum body_use refuse(struct leg *leg, enum http_error error, const char *why)
{
    leg->sink.error = error;
    leg->sink.why = why;
    return BODY_REFUSE;
}

/* Room for n more bytes, which are fewer than a block. */
static bool make_room(struct leg *leg, size_t n)
{
    if (leg->fill.data && leg->fill.len + n > leg->job->download->o->block) {
        if (leg->write.busy)
            return false;
        start_writing(leg);
    }
    if (!leg->fill.data)
        take_block(leg->job->download, &leg->fill, leg->position);
    return true;
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
    if (!make_room(leg, n))
        return BODY_WAIT;
    memcpy(leg->fill.data + leg->fill.len, data, n);
    leg->fill.len += n;
    leg->position += (int64_t)n;
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
