#include "output/progress.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "output/progress_text.h"

static const double EVERY = 0.1;  /* seconds between two drawings */
static const double RECENT = 3.0; /* seconds that the rates look back on, about */

enum { DEFAULT_WIDTH = 80, DEFAULT_HEIGHT = 24 };

/* Rates are of the last seconds: each drawing moves them towards what it saw. */
struct progress {
    struct loop *loop;
    struct timer timer;
    void (*look)(struct progress_now *now, void *arg);
    void *arg;
    struct progress_view view; /* that `text` was made for */
    struct buf text;
    size_t lines;       /* that stand on the terminal; 0: none */
    size_t shown_width; /* that several lines stood there last for */
    double began, last;
    uint64_t last_requests, last_bytes;
};

/* ---- what there is to show ---- */

/* A file that is begun anew takes its bytes back. */
static double since(uint64_t now, uint64_t last)
{
    return now > last ? (double)(now - last) : 0;
}

static void measure(struct progress *p, const struct progress_now *seen)
{
    double now = loop_time(), past = now - p->last, weight;
    uint64_t requests = seen->summary->requests;
    uint64_t bytes =
        progress_has_bars(seen) ? (uint64_t)seen->bytes : seen->summary->bytes;

    if (past <= 0)
        return;
    /* In the beginning there are no three seconds to look back on. */
    weight = past / (now - p->began < RECENT ? now - p->began : RECENT);
    weight = weight < 1 ? weight : 1;
    p->view.rate += weight * (since(requests, p->last_requests) / past - p->view.rate);
    p->view.byte_rate +=
        weight * (since(bytes, p->last_bytes) / past - p->view.byte_rate);
    p->last = now;
    p->last_requests = requests;
    p->last_bytes = bytes;
}

static size_t or_else(unsigned short asked, const char *variable, int64_t n)
{
    const char *set = getenv(variable);

    if (asked)
        return asked;
    if (set)
        (void)str_parse_int(set, 1, 10000, &n);
    return (size_t)n;
}

/* The window may have changed since the last time. */
static void measure_terminal(size_t *width, size_t *height)
{
    const char *term = getenv("TERM");
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0)
        size = (struct winsize){0};
    *width = or_else(size.ws_col, "COLUMNS", DEFAULT_WIDTH);
    *height = or_else(size.ws_row, "LINES", DEFAULT_HEIGHT);
    if (!term || !strcmp(term, "dumb"))
        *height = 1; /* its cursor may not go up: no bars */
}

static void make_text(struct progress *p)
{
    struct progress_now now = {0};

    p->look(&now, p->arg);
    measure(p, &now);
    measure_terminal(&p->view.width, &p->view.height);
    buf_reset(&p->text);
    progress_append_text(&p->text, &now, &p->view);
}

/* ---- on the terminal ---- */

static void put(const char *s, size_t n)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};

    while (n) {
        ssize_t r = write(STDERR_FILENO, s, n);

        if (r < 0 && (errno == EINTR || (errno == EAGAIN && poll(&room, 1, -1) >= 0)))
            continue;
        if (r <= 0)
            return; /* a line that nobody can see */
        s += r;
        n -= (size_t)r;
    }
}

/* Of several lines the cursor is at the beginning of the first, and stays there when
 * the terminal is resized and wraps the lines anew: what is below it is ours. */
static void hide(void *arg)
{
    struct progress *p = arg;

    if (p->lines)
        put(p->lines > 1 ? "\r\x1b[J" : "\r\x1b[K", 4);
    p->lines = 0;
}

/* Over the lines before, each cleared behind what is written: no flicker. */
static size_t append_lines(struct buf *out, struct slice text, bool below_is_ours)
{
    struct slice line;
    size_t lines = 1;

    for (; memchr(text.data, '\n', text.len); lines++) {
        (void)slice_next(&text, '\n', &line);
        buf_append_char(out, '\r');
        buf_append(out, line.data, line.len);
        buf_append_str(out, "\x1b[K\r\n");
    }
    buf_append_char(out, '\r');
    buf_append(out, text.data, text.len);
    buf_append_str(out, below_is_ours ? "\x1b[J" : "\x1b[K");
    return lines;
}

/* As one picture where the terminal can (mode 2026); without wrapping (mode 7), as it
 * may hold a character for wider than we do. A terminal of another width has wrapped
 * the lines that are there, and would go on to hold some for parts of one. */
static void append_picture(struct progress *p, struct buf *out, struct slice text)
{
    buf_append_str(out, "\x1b[?2026h\x1b[?7l");
    if (p->shown_width != p->view.width)
        buf_append_str(out, "\r\x1b[J");
    p->lines = append_lines(out, text, true);
    if (p->lines > 1)
        buf_appendf(out, "\r\x1b[%zuA", p->lines - 1);
    buf_append_str(out, "\x1b[?7h\x1b[?2026l");
    p->shown_width = p->view.width;
}

/* Also behind a message, from what was made before: not when that no longer fits. */
static void show(void *arg)
{
    struct progress *p = arg;
    struct slice text = {p->text.data ? p->text.data : "", p->text.len};
    struct buf out = BUF_INIT;
    size_t width, height;

    measure_terminal(&width, &height);
    if (width != p->view.width || height != p->view.height)
        return;
    if (p->lines > 1 || memchr(text.data, '\n', text.len))
        append_picture(p, &out, text);
    else
        p->lines = append_lines(&out, text, false);
    put(out.data, out.len);
    buf_clear(&out);
}

/* Ctrl-Z: the shell writes where the display was. raise returns when it lets us go on.
 */
static void stop_for_a_while(void *arg)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;

    hide(arg);
    sigaction(SIGTSTP, &usual, &ours);
    (void)raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}

static void draw(void *arg)
{
    struct progress *p = arg;

    make_text(p);
    show(p);
    loop_call_later(p->loop, &p->timer, EVERY);
}

struct progress *progress_start(struct loop *loop, bool color,
                                void (*look)(struct progress_now *now, void *arg),
                                void *arg)
{
    struct progress *p = mem_zalloc(sizeof(*p));
    struct sigaction now;

    p->loop = loop;
    p->view.color = color;
    p->look = look;
    p->arg = arg;
    p->began = p->last = loop_time();
    timer_init(&p->timer, draw, p);
    loop_call_later(loop, &p->timer, 0);
    log_set_display(hide, show, p);
    if (sigaction(SIGTSTP, NULL, &now) < 0 || now.sa_handler != SIG_IGN)
        loop_add_signal(loop, SIGTSTP, stop_for_a_while, p);
    return p;
}

void progress_stop(struct progress *p)
{
    if (!p)
        return;
    timer_stop(&p->timer);
    loop_remove_signal(p->loop, SIGTSTP);
    log_set_display(NULL, NULL, NULL);
    hide(p);
    buf_clear(&p->text);
    free(p);
}
