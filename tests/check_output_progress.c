#include "check_main.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "async/async.h"
#include "base/log.h"
#include "base/str.h"
#include "output/progress.h"

/* Standard error becomes a terminal of that width; our side of it is returned. */
static int terminal_stderr(unsigned short width)
{
    struct winsize size = {.ws_col = width, .ws_row = 24};
    int ours, theirs;

    ck_assert_int_eq(openpty(&ours, &theirs, NULL, NULL, &size), 0);
    dup2(theirs, STDERR_FILENO);
    close(theirs);
    fcntl(ours, F_SETFL, O_NONBLOCK);
    return ours;
}

/* What the terminal got since, as soon as there is something. */
static async void read_terminal(int fd, struct buf *got)
{
    ssize_t n;

    buf_reset(got);
    ck_assert_int_gt(io_wait(fd, IO_READ), 0);
    while ((n = read(fd, buf_reserve(got, 4096), 4096)) > 0)
        buf_commit(got, (size_t)n);
}

struct scene {
    struct summary summary;
    uint64_t total;
    unsigned looks;
};

static void look(struct progress_now *now, void *arg)
{
    struct scene *s = arg;

    now->summary = &s->summary;
    now->in_flight = 7;
    now->total = s->total;
    s->looks++;
    s->summary.requests += 5;
}

static async int draws_task(void *arg)
{
    struct scene s = {.total = 1000};
    struct buf got = BUF_INIT;
    int fd = terminal_stderr(80);
    struct progress *p;

    (void)arg;
    summary_init(&s.summary);
    s.summary.failed = 3;
    p = progress_start(loop_current(), true, look, &s);
    ck_assert_uint_eq(s.looks, 0);
    read_terminal(fd, &got);
    ck_assert_msg(
        str_starts(got.data, "\r5/1000 0%  7 in flight  \x1b[31m3 failed\x1b[0m  "),
        "%s", got.data);
    read_terminal(fd, &got);
    ck_assert_ptr_nonnull(strstr(got.data, "/s  eta "));
    ck_assert_uint_eq(s.looks, 2);

    log_error("message"); /* the line is taken away for it and drawn again */
    read_terminal(fd, &got);
    ck_assert_msg(str_starts(got.data, "\r\x1b[Ktrawl: message\r\n\r"), "%s", got.data);

    progress_stop(p);
    read_terminal(fd, &got);
    ck_assert_str_eq(got.data, "\r\x1b[K");
    log_error("after");
    read_terminal(fd, &got);
    ck_assert_str_eq(got.data, "trawl: after\r\n");
    progress_stop(NULL);
    buf_clear(&got);
    close(fd);
    return 0;
}

START_TEST(draws)
{
    ck_assert_int_eq(loop_run(draws_task, NULL), 0);
}
END_TEST

/* Columns that show: what stands between \r and the end, without colours. */
static size_t columns(const char *line)
{
    size_t n = 0;

    ck_assert_int_eq(*line, '\r');
    for (line++; *line; line++) {
        if (*line != '\x1b')
            n++;
        else
            line += strcspn(line, "mK");
    }
    return n;
}

/* However narrow it is, also when that changes between two drawings. */
static async int widths_task(void *arg)
{
    static const unsigned short widths[] = {80, 40, 20, 12, 5, 1, 60};
    struct scene s = {.total = 1000};
    struct buf got = BUF_INIT;
    int fd = terminal_stderr(widths[0]);
    struct progress *p;

    (void)arg;
    summary_init(&s.summary);
    s.summary.failed = 12345;
    p = progress_start(loop_current(), true, look, &s);
    for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
        struct winsize size = {.ws_col = widths[i], .ws_row = 24};

        ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
        read_terminal(fd, &got);
        ck_assert_msg(columns(got.data) < widths[i], "%d: %s", widths[i], got.data);
        if (widths[i] >= 60)
            ck_assert_uint_gt(columns(got.data), 25);
    }
    progress_stop(p);
    buf_clear(&got);
    close(fd);
    return 0;
}

START_TEST(widths)
{
    ck_assert_int_eq(loop_run(widths_task, NULL), 0);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("progress", draws, widths);
}

int main(void)
{
    return check_main(suite);
}
