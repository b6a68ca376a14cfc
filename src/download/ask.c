/* Asking for a part of a file: which one, and under what conditions. */
#include "download/ask.h"

#include <stdlib.h>

#include "base/mem.h"

/* The first piece of a file that may have to be split: its answer tells the size. */
#define PROBE_BYTES (1LL << 20)

/* ---- what is missing ---- */

static bool splits(const struct job *job)
{
    return job->download->o->split > 1 && !job->no_ranges && !job->no_split;
}

/* Large at first, smaller towards the end, so that all legs end at about the same time.
 */
static int64_t piece_size(const struct job *job)
{
    int64_t left = job->known.size - ranges_bytes(&job->known.done);
    int64_t piece = left / (2 * (int64_t)job->download->o->split);

    if (!job->version || job->known.size < 0 || piece < PROBE_BYTES)
        return PROBE_BYTES;
    return piece;
}

bool ask_gap(const struct leg *leg, struct range *gap)
{
    const struct job *job = leg->job;
    struct ranges taken = {0};
    bool found;

    ranges_copy(&taken, &job->known.done);
    for (unsigned i = 0; i < job->leg_count; i++) {
        const struct leg *other = &job->legs[i];

        if (other != leg && other->active)
            ranges_add(&taken, other->wanted.first,
                       other->wanted.end < 0 ? INT64_MAX : other->wanted.end);
    }
    found = ranges_gap(&taken, 0, job->version ? job->known.size : -1, gap);
    ranges_clear(&taken);
    if (found && splits(job) &&
        (gap->end < 0 || gap->end - gap->first > piece_size(job)))
        gap->end = gap->first + piece_size(job);
    return found;
}

/* ---- asking ---- */

static void set_line(struct leg *leg, unsigned i, const char *name, const char *value)
{
    struct buf line = BUF_INIT;

    if (value)
        buf_appendf(&line, "%s: %s", name, value);
    free(leg->lines[i]);
    leg->lines[i] = value ? buf_take(&line) : NULL;
}

static void set_range(struct leg *leg)
{
    struct buf value = BUF_INIT;

    buf_appendf(&value, "bytes=%lld-", (long long)leg->wanted.first);
    if (leg->wanted.end >= 0)
        buf_append_int(&value, leg->wanted.end - 1);
    set_line(leg, 1, "Range", leg->asks_range ? value.data : NULL);
    buf_clear(&value);
}

bool ask_may_differ(const struct leg *leg)
{
    return leg->job->expected.kinds && leg->mirror != leg->job->version_mirror;
}

static void set_conditions(struct leg *leg)
{
    const struct job *job = leg->job;
    const char *version = job->known.etag ? job->known.etag : job->known.last_modified;
    bool fresh = !job->version;

    if (leg->asks_range && !fresh && !ask_may_differ(leg))
        set_line(leg, 2, "If-Range", version);
    else
        set_line(leg, 2, "If-None-Match", fresh ? job->old_etag : NULL);
    set_line(leg, 3, "If-Modified-Since",
             fresh && !job->old_etag ? job->old_modified : NULL);
}

static void put_lines(struct leg *leg)
{
    unsigned n = 0;

    set_line(leg, 0, "Accept-Encoding",
             "identity"); /* sizes and ranges are the file's */
    for (unsigned i = 0; i < ARRAY_LEN(leg->lines); i++)
        if (leg->lines[i])
            leg->extra[n++] = leg->lines[i];
    leg->extra[n] = NULL;
    leg->request.extra_headers = leg->extra;
}

bool ask_next(struct leg *leg)
{
    struct job *job = leg->job;

    leg->begun = leg->again = leg->moves = false;
    leg->spare = false;
    if (!ask_gap(leg, &leg->wanted))
        return false;
    if (leg->wanted.end >= 0 && leg->wanted.end == job->known.size)
        leg->wanted.end = splits(job) ? leg->wanted.end : -1;
    leg->asks_range = leg->wanted.first > 0 || leg->wanted.end >= 0;
    leg->position = leg->wanted.first;
    set_range(leg);
    set_conditions(leg);
    put_lines(leg);
    return true;
}
