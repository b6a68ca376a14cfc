#include "output/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#define RED   "\x1b[31m"
#define PLAIN "\x1b[0m"

static const double EVERY = 0.1;  /* seconds between two drawings */
static const double RECENT = 3.0; /* seconds that the rates look back on, about */

enum { DEFAULT_WIDTH = 80 };

/* Rates are of the last seconds: each drawing moves them towards what it saw. */
struct progress {
    struct loop *loop;
    struct timer timer;
    void (*look)(struct progress_now *now, void *arg);
    void *arg;
    bool color;
    bool shown;
    struct buf line;
    double began, last;
    uint64_t last_requests, last_bytes;
    double rate, byte_rate;
};

/* ---- the line ---- */

/* What is appended shows in so many columns; all of it is ASCII but for the colours. */
struct writer {
    struct buf *out;
    size_t left;
};

/* A part of the line, or nothing more of the line when it does not fit. */
static void append_part(struct writer *w, const char *before, const struct buf *part,
                        const char *after)
{
    if (part->len + 2 > w->left) {
        w->left = 0;
        return;
    }
    w->left -= part->len + 2;
    buf_append_str(w->out, before);
    buf_append(w->out, part->data, part->len);
    buf_append_str(w->out, after);
    buf_append_str(w->out, "  ");
}

/* The window may have changed since; one column stays free, since a terminal may wrap
 * as soon as the last one is filled. */
static size_t width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int64_t n = DEFAULT_WIDTH;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        n = size.ws_col;
    else if (columns)
        (void)str_parse_int(columns, 1, 10000, &n);
    return (size_t)n - 1;
}

static void append_done(struct writer *w, const struct progress_now *now)
{
    struct buf part = BUF_INIT;

    buf_append_uint(&part, now->summary->requests);
    if (now->total) {
        buf_append_char(&part, '/');
        buf_append_uint(&part, now->total);
        buf_appendf(&part, " %d%%", (int)(now->summary->requests * 100 / now->total));
    }
    append_part(w, "", &part, "");
    buf_reset(&part);
    buf_append_uint(&part, now->in_flight);
    buf_append_str(&part, " in flight");
    append_part(w, "", &part, "");
    buf_clear(&part);
}

static void append_failed(struct writer *w, const struct progress *p,
                          const struct progress_now *now)
{
    struct buf part = BUF_INIT;

    if (!now->summary->failed)
        return;
    buf_append_uint(&part, now->summary->failed);
    buf_append_str(&part, " failed");
    append_part(w, p->color ? RED : "", &part, p->color ? PLAIN : "");
    buf_clear(&part);
}

static void append_rates(struct writer *w, const struct progress *p,
                         const struct progress_now *now)
{
    uint64_t done = now->summary->requests;
    struct buf part = BUF_INIT;

    buf_appendf(&part, p->rate < 9.95 ? "%.1f/s" : "%.0f/s", p->rate);
    append_part(w, "", &part, "");
    buf_reset(&part);
    str_append_size(&part, (int64_t)p->byte_rate);
    buf_append_str(&part, "/s");
    append_part(w, "", &part, "");
    buf_reset(&part);
    if (now->total > done && p->rate > 0) {
        buf_append_str(&part, "eta ");
        str_append_duration(&part, (double)(now->total - done) / p->rate);
        append_part(w, "", &part, "");
    }
    buf_clear(&part);
}

static void measure(struct progress *p, const struct summary *s)
{
    double now = loop_time(), past = now - p->last, weight;

    if (past <= 0)
        return;
    /* In the beginning there are no three seconds to look back on. */
    weight = past / (now - p->began < RECENT ? now - p->began : RECENT);
    weight = weight < 1 ? weight : 1;
    p->rate += weight * ((double)(s->requests - p->last_requests) / past - p->rate);
    p->byte_rate += weight * ((double)(s->bytes - p->last_bytes) / past - p->byte_rate);
    p->last = now;
    p->last_requests = s->requests;
    p->last_bytes = s->bytes;
}

static void make_line(struct progress *p)
{
    struct progress_now now = {0};
    struct writer w = {&p->line, width()};

    p->look(&now, p->arg);
    measure(p, now.summary);
    buf_reset(&p->line);
    append_done(&w, &now);
    append_failed(&w, p, &now);
    append_rates(&w, p, &now);
    while (p->line.len && p->line.data[p->line.len - 1] == ' ')
        p->line.data[--p->line.len] = '\0';
}

/* ---- on the terminal ---- */

static void put(const char *s, size_t n)
{
    while (n) {
        ssize_t r = write(STDERR_FILENO, s, n);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return; /* a line that nobody can see */
        s += r;
        n -= (size_t)r;
    }
}

static void hide(void *arg)
{
    struct progress *p = arg;

    if (p->shown)
        put("\r\x1b[K", 4);
    p->shown = false;
}

/* Over the line before, then clears what stands behind it: no flicker. */
static void show(void *arg)
{
    struct progress *p = arg;
    struct buf text = BUF_INIT;

    buf_appendf(&text, "\r%s\x1b[K", p->line.data ? p->line.data : "");
    put(text.data, text.len);
    buf_clear(&text);
    p->shown = true;
}

static void draw(void *arg)
{
    struct progress *p = arg;

    make_line(p);
    show(p);
    loop_call_later(p->loop, &p->timer, EVERY);
}

struct progress *progress_start(struct loop *loop, bool color,
                                void (*look)(struct progress_now *now, void *arg),
                                void *arg)
{
    struct progress *p = mem_zalloc(sizeof(*p));

    p->loop = loop;
    p->color = color;
    p->look = look;
    p->arg = arg;
    p->began = p->last = loop_time();
    timer_init(&p->timer, draw, p);
    loop_call_later(loop, &p->timer, 0);
    log_set_display(hide, show, p);
    return p;
}

void progress_stop(struct progress *p)
{
    if (!p)
        return;
    timer_stop(&p->timer);
    log_set_display(NULL, NULL, NULL);
    hide(p);
    buf_clear(&p->line);
    free(p);
}
