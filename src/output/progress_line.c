/* The line of the total. */
#include "output/progress_text.h"

#define RED   "\x1b[31m"
#define PLAIN "\x1b[0m"

/* What is appended shows in so many columns; all of it is ASCII but for the colours. */
struct writer {
    struct buf *out;
    size_t left;
};

/* A part of the line, or nothing more of the line when it does not fit. Empties it. */
static void append_part(struct writer *w, struct buf *part, const char *color)
{
    bool fits = part->len + 2 <= w->left;

    w->left -= fits ? part->len + 2 : w->left;
    if (fits) {
        buf_append_str(w->out, color);
        buf_append(w->out, part->data, part->len);
        buf_append_str(w->out, *color ? PLAIN : "");
        buf_append_str(w->out, "  ");
    }
    buf_reset(part);
}

static void append_done(struct writer *w, struct buf *part,
                        const struct progress_now *now)
{
    uint64_t done = now->summary->requests;
    bool files = progress_has_bars(now);

    buf_append_uint(part, done);
    if (now->total) {
        buf_append_char(part, '/');
        buf_append_uint(part, now->total);
    }
    if (files)
        buf_append_str(part, " files");
    if (!now->total)
        buf_append_str(part, " done");
    else if (!files)
        buf_appendf(part, " %d%%", (int)(done * 100 / now->total));
    append_part(w, part, "");
    buf_append_uint(part, now->in_flight);
    buf_append_str(part, " in flight");
    append_part(w, part, "");
}

static void append_failed(struct writer *w, struct buf *part,
                          const struct progress_now *now, bool color)
{
    if (!now->summary->failed)
        return;
    buf_append_uint(part, now->summary->failed);
    buf_append_str(part, " failed");
    append_part(w, part, color ? RED : "");
}

static void append_bytes(struct buf *part, const struct progress_now *now)
{
    bool fits =
        now->bytes_left <= INT64_MAX - now->bytes; /* servers may say anything */

    str_append_size(part, now->bytes);
    if (now->bytes_left < 0)
        return;
    buf_append_char(part, '/');
    str_append_size(part, fits ? now->bytes + now->bytes_left : INT64_MAX);
}

static void append_rates(struct writer *w, struct buf *part,
                         const struct progress_now *now,
                         const struct progress_view *view)
{
    if (progress_has_bars(now))
        append_bytes(part, now);
    else
        buf_appendf(part, view->rate < 9.95 ? "%.1f/s" : "%.0f/s", view->rate);
    append_part(w, part, "");
    str_append_size(part, (int64_t)view->byte_rate);
    buf_append_str(part, "/s");
    append_part(w, part, "");
}

/* Seconds until the end: from the bytes when these are known, else from the counts. 0
 * when there is nothing to tell. */
static double remaining(const struct progress_now *now,
                        const struct progress_view *view)
{
    uint64_t done = now->summary->requests;

    if (progress_has_bars(now) && now->bytes_left >= 0)
        return view->byte_rate > 0 ? (double)now->bytes_left / view->byte_rate : 0;
    if (now->total > done && view->rate > 0)
        return (double)(now->total - done) / view->rate;
    return 0;
}

void progress_append_total(struct buf *out, const struct progress_now *now,
                           const struct progress_view *view)
{
    struct writer w = {out, view->width - 1};
    struct buf part = BUF_INIT;
    size_t start = out->len;
    double eta = remaining(now, view);

    append_done(&w, &part, now);
    append_failed(&w, &part, now, view->color);
    append_rates(&w, &part, now, view);
    if (eta > 0) {
        buf_append_str(&part, "eta ");
        str_append_duration(&part, eta);
        append_part(&w, &part, "");
    }
    while (out->len > start && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
    buf_clear(&part);
}

bool progress_has_bars(const struct progress_now *now)
{
    return now->bar_count || now->bytes || now->bytes_left;
}

void progress_append_text(struct buf *out, const struct progress_now *now,
                          const struct progress_view *view)
{
    if (view->height > 2)
        progress_append_bars(out, now, view->width - 1, view->height - 2);
    progress_append_total(out, now, view);
}
