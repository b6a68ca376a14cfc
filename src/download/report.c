/* A job ends: its record, its line among the checksums, and what the display shows
 * until then. */
#include "download/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "download/leg.h"
#include "download/store.h"

/* ---- failing ---- */

void job_fail(struct job *job, enum http_error error, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list ap;

    if (job->error)
        return;
    job->error = error;
    va_start(ap, format);
    buf_vappendf(&text, format, ap);
    va_end(ap);
    job->message = buf_take(&text);
}

static bool disk_is_full(int error)
{
    return error == -ENOSPC || error == -EDQUOT;
}

/* Rather than what is there under this one name. */
static bool is_the_disk(int error)
{
    switch (error) {
    case -EEXIST:
    case -ENOTDIR:
    case -EISDIR:
    case -ELOOP:
    case -ENAMETOOLONG:
    case -EAGAIN: /* another process has it */
    case -ESTALE:
        return false;
    default:
        return true;
    }
}

void job_fail_locally(struct job *job, int error)
{
    struct run *run = &job->download->run;
    const char *why = *job->part.why ? job->part.why : strerror(-error);

    job_fail(job, error == -EEXIST ? HTTP_FILE_EXISTS : HTTP_LOCAL_IO, "%s", why);
    if (!is_the_disk(error))
        return;
    if (disk_is_full(error) && !run->stopped) {
        log_error("%s", why);
        run_fail_locally(run, error, "the disk is full");
    } else if (!run->local_error) {
        run->local_error = error;
    }
}

void job_fail_archive(struct job *job, int error)
{
    job_fail(job, HTTP_LOCAL_IO, "the archive cannot be used");
    run_fail_locally(&job->download->run, error, "the archive cannot be used");
}

/* ---- the record ---- */

int job_attempts(const struct job *job)
{
    int n = 0;

    for (unsigned i = 0; i < job->leg_count; i++) {
        const struct leg *leg = &job->legs[i];

        if (leg == job->shown)
            n += leg->call.attempts;
        else if (leg->call.attempts > 1) /* another piece is no attempt */
            n += leg->call.attempts - 1;
    }
    return n;
}

/* The one call that stands for all of them. */
static struct call *shown_call(struct job *job, struct call *none)
{
    struct call *call = none;

    if (job->shown) {
        call = &job->shown->call;
        call->attempts = job->attempts + job_attempts(job);
        call->response.size_download = job->received;
    } else {
        call_init(none, &job->item.request);
        call_check(none);
    }
    if (job->skipped || job->sealed || job->unmodified) {
        call->response.error = HTTP_OK;
        free(call->response.message);
        call->response.message = NULL;
    }
    if (job->error)
        response_fail(&call->response, job->error, "%s", job->message);
    return call;
}

/* An answer that is no file is none of success, whatever its status. */
static enum http_error judge(const struct job *job, const struct call *call)
{
    if (call->response.error || job->download->run.o->dry_run)
        return call->response.error;
    return job->sealed || job->skipped || job->unmodified ? HTTP_OK : HTTP_STATUS;
}

static void append_path(struct buf *out, const struct job *job)
{
    const char *directory = job->download->o->directory;
    size_t n = strlen(directory);

    buf_append_str(out, directory);
    if (n && directory[n - 1] != '/')
        buf_append_char(out, '/');
    buf_append_str(out, job->name);
}

static void append_more(struct buf *out, const struct job *job, const char *path)
{
    char hex[DIGEST_HEX_MAX];
    bool whole = (job->sealed || job->skipped || job->unmodified) && !job->error;

    buf_append_str(out, ",\"path\":");
    json_append_cstr(out, job->name ? path : NULL);
    if (job->download->run.o->dry_run)
        return;
    buf_append_str(out, ",\"size\":");
    if (whole && job->known.size >= 0)
        buf_append_int(out, job->known.size);
    else
        buf_append_str(out, "null");
    if (job->sha256_known) {
        digest_hex(job->sha256, sizeof(job->sha256), hex);
        buf_appendf(out, ",\"sha256\":\"%s\"", hex);
    }
    buf_append_str(out, ",\"resumed_from\":");
    buf_append_int(out, job->resumed_from);
    buf_append_str(out, ",\"ranges\":");
    buf_append_uint(out, job->ranges);
    buf_append_str(out, job->skipped || job->unmodified ? ",\"skipped\":true"
                                                        : ",\"skipped\":false");
}

/* As sha256sum writes them; a name has no end of line in it. */
static void put_sum(struct job *job, bool whole)
{
    struct buf line = BUF_INIT;
    char hex[DIGEST_HEX_MAX];

    if (!job->download->sums || !job->sha256_known || !whole)
        return;
    digest_hex(job->sha256, sizeof(job->sha256), hex);
    buf_appendf(&line, "%s  %s\n", hex, job->name);
    sink_put(job->download->sums, line.data, line.len);
    buf_clear(&line);
}

/* A file that was there may be one of a run that was killed before it came to the
 * archive. */
static int claim_existing(const struct job *job, bool whole)
{
    struct archive *a = job->download->archive;

    return a && whole && job->skipped ? archive_claim(a, job->item.request.url)
                                      : ARCHIVE_DONE;
}

/* The file is there whatever comes of it: its record stays a good one. */
static void end_claim(struct job *job, bool whole)
{
    struct archive *a = job->download->archive;
    const char *url = job->item.request.url;
    int r = job->claimed ? ARCHIVE_YOURS : claim_existing(job, whole);

    if (r == ARCHIVE_YOURS && whole)
        r = archive_add(a, url);
    else if (r == ARCHIVE_YOURS)
        archive_release(a, url);
    if (r < 0)
        run_fail_locally(&job->download->run, r, "the archive cannot be used");
}

static void job_free(struct job *job)
{
    list_remove(&job->node);
    leg_clear_all(job);
    part_clear(&job->part);
    journal_clear(&job->known);
    journal_clear(&job->checkpointed);
    digests_free(job->digests);
    item_clear(&job->item);
    free(job->name);
    free(job->old_etag);
    free(job->old_modified);
    free(job->message);
    free(job);
}

void report_job(struct job *job)
{
    struct call none, *call = shown_call(job, &none);
    struct buf path = BUF_INIT, more = BUF_INIT;
    struct record record = {
        .index = job->item.index,
        .id = job->item.id,
        .call = call,
        .error = judge(job, call),
    };
    bool whole = record.error == HTTP_OK;
    struct delivery delivery = {&job->item, job->number, whole};

    if (job->name)
        append_path(&path, job);
    append_more(&more, job, path.data);
    record.more = (struct slice){more.data, more.len};
    record.label = path.data;
    put_sum(job, whole);
    end_claim(job, whole);
    run_deliver(&job->download->run, &record, &delivery);
    buf_clear(&path);
    buf_clear(&more);
    if (call == &none)
        call_clear(&none);
    job_free(job);
}

/* ---- the display ---- */

static const double RATE_SECONDS = 1.0;

static void measure(struct job *job)
{
    double now = loop_time(), past = now - job->rate_at;

    if (past < RATE_SECONDS)
        return;
    job->rate = (double)(job->received - job->rate_bytes) / past;
    job->rate_bytes = job->received;
    job->rate_at = now;
}

static int64_t bytes_there(const struct job *job)
{
    int64_t n = ranges_bytes(&job->known.done);

    for (unsigned i = 0; i < job->leg_count; i++)
        n += store_unwritten(&job->legs[i]);
    return n;
}

static bool in_flight(const struct job *job)
{
    return job->name && job->version;
}

static void add_bar(struct download *d, struct progress_now *now, struct job *job)
{
    if (now->bar_count == d->bar_room) {
        d->bar_room = d->bar_room ? 2 * d->bar_room : 64;
        d->bars = mem_reallocarray(d->bars, d->bar_room, sizeof(*d->bars));
    }
    measure(job);
    d->bars[now->bar_count++] = (struct progress_bar){
        .name = job->name,
        .bytes = bytes_there(job),
        .size = job->known.size,
        .rate = job->rate,
    };
    now->bars = d->bars;
}

/* How much the files to come have is guessed from those that are done. */
static int64_t bytes_left(const struct download *d, const struct progress_now *now)
{
    const struct summary *s = now->summary;
    uint64_t begun = s->requests + now->bar_count;
    int64_t left = 0;

    for (size_t i = 0; i < now->bar_count; i++) {
        if (d->bars[i].size < 0)
            return -1;
        left += d->bars[i].size - d->bars[i].bytes;
    }
    if (now->total > begun)
        return s->requests == 0
                   ? -1
                   : left + (int64_t)((double)s->bytes / (double)s->requests *
                                      (double)(now->total - begun));
    return now->total ? left : -1;
}

void report_progress(struct run *run, struct progress_now *now)
{
    struct download *d = (struct download *)run;

    now->bytes = (int64_t)run->summary.bytes;
    list_for_each (node, &d->jobs) {
        struct job *job = container_of(node, struct job, node);

        now->bytes += job->received;
        if (in_flight(job))
            add_bar(d, now, job);
    }
    now->bytes_left = bytes_left(d, now);
}
