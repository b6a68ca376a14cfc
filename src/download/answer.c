/* Looking hard at what answers: bytes of two versions must never come to stand in one
 * file. */
#include "download/answer.h"

#include "base/mem.h"
#include "download/ask.h"
#include "download/plan.h"
#include "download/store.h"
#include "http/content_range.h"
#include "http/validator.h"

/* How often a file may turn out to be another one before it is fetched in one stream: a
 * server that does not know what it serves says so of every part. */
#define RESTARTS_MAX 3

/* ---- what is there ---- */

bool answer_whole(const struct job *job)
{
    struct range gap;

    return job->version && job->verified && job->known.size >= 0 &&
           !ranges_gap(&job->known.done, 0, job->known.size, &gap);
}

bool answer_resumable(const struct job *job)
{
    return job->version && !job->no_ranges &&
           (job->known.etag || job->known.last_modified);
}

/* ---- the version ---- */

static char *header_dup(const struct headers *h, const char *name)
{
    struct slice value;

    return headers_get(h, name, &value) && value.len ? slice_dup(value) : NULL;
}

/* Only what If-Range may be sent with is kept: a strong ETag, or a strong date. */
static void adopt_version(struct leg *leg, const struct response *rs, int64_t size)
{
    struct job *job = leg->job;
    struct slice strong;

    store_forget(job);
    job->ranges = 0;
    if (validator_strong(&rs->headers, &strong)) {
        bool is_etag = strong.len && strong.data[0] == '"';

        job->known.etag = is_etag ? slice_dup(strong) : NULL;
        job->known.last_modified = header_dup(&rs->headers, "Last-Modified");
    }
    job->known.url = plan_part_url(leg->request.url);
    job->known.size = size;
    job->version = job->verified = true;
    job->version_mirror = leg->mirror;
}

static void note_time(struct leg *leg, const struct response *rs)
{
    time_t t;

    if (validator_mtime(&rs->headers, &t))
        leg->job->mtime = t;
}

/* ---- refusing ---- */

static enum body_use refuse(struct leg *leg, enum http_error error, const char *why)
{
    leg->sink.error = error;
    leg->sink.why = why;
    return BODY_REFUSE;
}

static enum body_use ask_again(struct leg *leg, enum http_error error, const char *why)
{
    leg->again = true;
    leg->from_zero = true;
    store_forget(leg->job);
    return refuse(leg, error, why);
}

/* Other legs, or what they have left in the executor, are still at the version. */
static bool others_active(const struct job *job)
{
    return job->active > 1 || store_is_busy(job);
}

/* The version is not, or no longer, what its server has. True: this leg, which is
 * alone, may begin another one; false: refused. */
static bool may_begin_anew(struct leg *leg)
{
    struct job *job = leg->job;

    if (leg->mirror != job->version_mirror && others_active(job)) {
        leg->moves = true;
        refuse(leg, HTTP_CHANGED, "this mirror has another version of the file");
        return false;
    }
    job->no_ranges |= ++job->restarts > RESTARTS_MAX;
    job->resumed_from = 0;
    if (!others_active(job))
        return true;
    job->changed = true;
    refuse(leg, HTTP_CHANGED, "the file has changed on the server");
    return false;
}

static enum body_use version_gone(struct leg *leg)
{
    if (!may_begin_anew(leg))
        return BODY_REFUSE;
    return ask_again(leg, HTTP_CHANGED, "the file has changed on the server");
}

/* The server's answers to Range are of no use: all of the file in one stream, then. */
static enum body_use without_ranges(struct leg *leg, const char *why)
{
    struct job *job = leg->job;

    job->no_ranges = true;
    job->resumed_from = 0;
    if (!others_active(job))
        return ask_again(leg, HTTP_RANGE, why);
    job->changed = true;
    return refuse(leg, HTTP_RANGE, why);
}

/* ---- answers ---- */

static const char part_unasked[] = "a part came, though all was asked for";

static enum body_use too_large(struct leg *leg, int64_t size)
{
    int64_t most = client_config(leg->job->download->run.client)->max_size;

    if (most <= 0 || size <= most)
        return BODY_TAKE;
    return refuse(leg, HTTP_TOO_LARGE, "the file is larger than --max-size allows");
}

static enum body_use take(struct leg *leg, const struct response *rs)
{
    struct job *job = leg->job;

    if (too_large(leg, job->known.size) == BODY_REFUSE)
        return BODY_REFUSE;
    note_time(leg, rs);
    leg->begun = true;
    job->ranges++;
    return BODY_TAKE;
}

/* A 200 with a Content-Range that contradicts it is taken for the part that it may be.
 * One that tells nothing counts only where a part was asked for. */
static bool is_part_all_the_same(const struct leg *leg, const struct response *rs)
{
    struct content_range range;
    struct slice value;

    if (!headers_get(&rs->headers, "Content-Range", &value))
        return false;
    if (!content_range_parse(value, &range) || range.first < 0 || range.size < 0)
        return leg->asks_range;
    return range.last + 1 - range.first != range.size;
}

/* All of a version, from its first byte. */
static enum body_use begin_whole(struct leg *leg, const struct response *rs)
{
    struct job *job = leg->job;
    struct slice length;
    int64_t size = -1;

    if (is_part_all_the_same(leg, rs))
        return leg->asks_range ? without_ranges(leg, part_unasked)
                               : refuse(leg, HTTP_RANGE, part_unasked);
    if (leg->asks_range && !job->version)
        job->no_ranges = true;
    /* What was there is of another version, or ranges are not to be had. The answer is
     * the whole file, and good, if nobody else writes to it. */
    if (leg->asks_range && job->version && !may_begin_anew(leg))
        return BODY_REFUSE;
    if (headers_get(&rs->headers, "Content-Length", &length))
        (void)slice_parse_digits(length, &size);
    adopt_version(leg, rs, size);
    leg->from_zero = true;
    leg->wanted = (struct range){0, size};
    leg->position = 0;
    return take(leg, rs);
}

/* Whether the range is one that was asked for: it may end early. */
static bool range_fits(const struct leg *leg, const struct content_range *r)
{
    return r->first == leg->wanted.first && r->size > 0 &&
           (leg->wanted.end < 0 || r->last < leg->wanted.end);
}

/* More bytes than the range has: which of them would be the range's? Fewer may be; the
 * rest is asked for. */
static bool length_fits(const struct response *rs, const struct content_range *r)
{
    struct slice length;
    int64_t n;

    return !headers_get(&rs->headers, "Content-Length", &length) ||
           slice_parse_digits(length, &n) < 0 || n <= r->last + 1 - r->first;
}

static bool is_same_version(struct leg *leg, const struct response *rs,
                            const struct content_range *r)
{
    struct job *job = leg->job;

    if (job->known.size >= 0 && job->known.size != r->size)
        return false;
    if (validator_same(&rs->headers, job->known.etag, job->known.last_modified))
        return true;
    if (!ask_may_differ(leg))
        return false;
    if (!job->known.sum)
        job->known.sum = plan_sum(job);
    return true;
}

static enum body_use begin_part(struct leg *leg, const struct response *rs)
{
    struct job *job = leg->job;
    struct content_range range;
    struct slice value;

    if (!leg->asks_range)
        return refuse(leg, HTTP_RANGE, part_unasked);
    if (!headers_get(&rs->headers, "Content-Range", &value) ||
        !content_range_parse(value, &range) || !range_fits(leg, &range) ||
        !length_fits(rs, &range))
        return without_ranges(leg,
                              "the server answers another range than was asked for");
    if (!job->version)
        adopt_version(leg, rs, range.size);
    else if (!is_same_version(leg, rs, &range))
        return version_gone(leg);
    if (range.last + 1 < range.size && !answer_resumable(job))
        return without_ranges(leg, "the server does not tell versions apart");
    job->known.size = range.size;
    job->verified = true;
    leg->wanted.end = range.last + 1;
    return take(leg, rs);
}

/* The file is shorter than what was asked for; or it is empty. */
static enum body_use begin_unsatisfiable(struct leg *leg)
{
    if (!leg->asks_range)
        return BODY_DROP;
    if (!leg->job->version)
        return without_ranges(leg, "the server has no such range");
    return version_gone(leg);
}

/* The file that is there is the server's. What it holds is still to be verified. */
static enum body_use begin_unmodified(struct leg *leg)
{
    struct job *job = leg->job;

    if (job->version || (!leg->lines[2] && !leg->lines[3]))
        return BODY_DROP;
    job->unmodified = true;
    job->known.size = job->old_size;
    job->unread = job->digests != NULL;
    return BODY_DROP;
}

/* The server has told the name. What an earlier run has left under that is gone on with
 * by asking again, for the rest. */
static enum body_use take_name(struct leg *leg, const struct response *rs)
{
    if (!plan_name_by_server(leg->job, rs))
        return refuse(leg, HTTP_CANCELLED, "it is not needed");
    if (!leg->job->version)
        return BODY_TAKE;
    leg->again = true;
    return refuse(leg, HTTP_RANGE, "a part of it is there");
}

static bool is_file(int status)
{
    return status == 200 || status == 203 || status == 206;
}

enum body_use answer_begin(struct body_sink *s, const struct response *rs)
{
    struct leg *leg = container_of(s, struct leg, sink);
    struct job *job = leg->job;

    if (job->changed)
        return refuse(leg, HTTP_CHANGED, "the file has changed on the server");
    if (!job->name && is_file(rs->status) && take_name(leg, rs) == BODY_REFUSE)
        return BODY_REFUSE;
    switch (rs->status) {
    case 200:
    case 203:
        return begin_whole(leg, rs);
    case 206:
        return begin_part(leg, rs);
    case 304:
        return begin_unmodified(leg);
    case 416:
        return begin_unsatisfiable(leg);
    default:
        return BODY_DROP;
    }
}
