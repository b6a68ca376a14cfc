#include "check_main.h"

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "async/async.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "output/progress_text.h"

/* ---- the text ---- */

#define CJK   "\xe6\xbc\xa2" /* two columns */
#define ACUTE "\xcc\x81"     /* none: combines with the letter before it */
#define RLO   "\xe2\x80\xae" /* writes from right to left */

static const struct progress_bar bars[] = {
    {"debian-12.iso", 1204, 2800, 34},
    {"a", 0, 0, 0},
    {"", 5, -1, 1e5},
    {CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK CJK ".tar.gz", 500, 1000, 1},
    {"e" ACUTE "e" ACUTE "e" ACUTE "e" ACUTE "e" ACUTE "e" ACUTE "e" ACUTE, 1, 3, 1},
    {"\x1b[2J\r\n\x07" RLO "\xc2\x9b\xff" ACUTE, 999999, 1000000, 999499},
    {"pool/main/l/linux/linux-image-6.1.0-13-amd64_6.1.55-1_amd64.deb", INT64_MAX - 1,
     INT64_MAX, 9e17},
    {"more than there should be", 20, 10, NAN},
    {"less than nothing", -5, 10, -INFINITY},
    {"never", 1, INT64_MAX, 1e-300},
    {"at once", 1, INT64_MAX, INFINITY},
};

static size_t columns_of(const char *s, size_t n)
{
    size_t sum = 0;

    while (n) {
        uint32_t cp;
        size_t len = utf8_decode(s, n, &cp);
        int width;

        width = len && char_is_printable(cp) ? wcwidth((wchar_t)cp) : -1;
        if (width < 0) /* an assertion that holds costs a system call */
            ck_abort_msg("not to be shown: %s", s);
        sum += (size_t)width;
        s += len;
        n -= len;
    }
    return sum;
}

/* The text without its colours. */
static char *without_colors(const char *s)
{
    struct buf out = BUF_INIT;

    for (; *s; s++) {
        if (str_starts(s, "\x1b[31m"))
            s += strlen("\x1b[31m") - 1;
        else if (str_starts(s, "\x1b[0m"))
            s += strlen("\x1b[0m") - 1;
        else
            buf_append_char(&out, *s);
    }
    return buf_take(&out);
}

static void check_fits(const char *colored, size_t width, size_t height)
{
    char *text = without_colors(colored);
    struct slice line, rest = slice_str(text);
    size_t lines = 1;

    for (const char *c = text; (c = strchr(c, '\n')); c++)
        lines++;
    ck_assert_uint_le(lines, height > 1 ? height - 1 : 1);
    while (slice_next(&rest, '\n', &line))
        ck_assert_msg(columns_of(line.data, line.len) < width, "%zu: %.*s", width,
                      (int)line.len, line.data);
    free(text);
}

/* Whatever there is to show, and wherever. */
START_TEST(fits)
{
    struct summary summary = {.requests = 123, .failed = 45};
    struct progress_now now = {
        .summary = &summary, .in_flight = 11, .total = 678, .bars = bars};
    static const int64_t left[] = {0, -1, INT64_MAX};
    struct buf text = BUF_INIT;
    unsigned turn = 0;

    setlocale(LC_CTYPE, "C.UTF-8");
    for (size_t width = 1; width <= 200; width++)
        for (size_t height = 1; height <= 60; height++, turn++) {
            struct progress_view view = {width, height, turn % 2, 12.5, 1e7};

            now.bar_count = turn % (ARRAY_LEN(bars) + 1);
            now.bars = bars + turn % (ARRAY_LEN(bars) + 1 - now.bar_count);
            now.bytes = turn % 5 ? 1234567 : INT64_MAX;
            now.bytes_left = left[turn % 3];
            buf_reset(&text);
            progress_append_text(&text, &now, &view);
            check_fits(text.data ? text.data : "", width, height);
        }
    buf_clear(&text);
}
END_TEST

static void expect_text(const struct progress_now *now, size_t width, size_t height,
                        const char *expected)
{
    struct progress_view view = {width, height, false, 2, 1e6};
    struct buf text = BUF_INIT;

    progress_append_text(&text, now, &view);
    ck_assert_str_eq(text.data ? text.data : "", expected);
    buf_clear(&text);
}

START_TEST(total_line)
{
    struct summary summary = {.requests = 900};
    struct progress_now now = {.summary = &summary, .in_flight = 300};

    expect_text(&now, 80, 24, "900 done  300 in flight  2.0/s  1.0 MB/s");
    now.total = 1000;
    expect_text(&now, 80, 24,
                "900/1000 90%  300 in flight  2.0/s  1.0 MB/s  eta 50.0 s");
    expect_text(&now, 80, 1,
                "900/1000 90%  300 in flight  2.0/s  1.0 MB/s  eta 50.0 s");
    expect_text(&now, 37, 24, "900/1000 90%  300 in flight  2.0/s");
    expect_text(&now, 36, 24, "900/1000 90%  300 in flight");
    expect_text(&now, 14, 24, "");
    now.bytes = 2500000;
    now.bytes_left = -1;
    expect_text(&now, 80, 24,
                "900/1000 files  300 in flight  2.5 MB  1.0 MB/s  eta 50.0 s");
    now.bytes_left = 10000000;
    summary.failed = 5;
    expect_text(&now, 90, 24,
                "900/1000 files  300 in flight  5 failed  2.5 MB/12 MB  1.0 MB/s  "
                "eta 10.0 s");
    now.total = 0;
    now.bytes_left = 0;
    expect_text(&now, 80, 24,
                "900 files done  300 in flight  5 failed  2.5 MB/2.5 MB  1.0 MB/s");
}
END_TEST

static const struct progress_bar two[] = {
    {"debian-12.iso", 1204000000, 2800000000, 34e6},
    {"b", 5000000, -1, 0},
};

START_TEST(bar_lines)
{
    struct summary summary = {.requests = 3};
    struct progress_now now = {&summary, 2, 5, two, 2, 1209000000, -1};

    expect_text(&now, 80, 24,
                "debian-12.iso   43% [######..........]  1.2 GB/2.8 GB   34 MB/s  "
                "eta 47 s\n"
                "b                   [                ]         5.0 MB     0 B/s\n"
                "3/5 files  2 in flight  1.2 GB  1.0 MB/s  eta 1.0 s");
    expect_text(&now, 62, 24,
                "debian-12.iso   43% [######.........]   34 MB/s  eta 47 s\n"
                "b                              5.0 MB     0 B/s\n"
                "3/5 files  2 in flight  1.2 GB  1.0 MB/s  eta 1.0 s");
    expect_text(&now, 50, 24,
                "debian-12.iso   43% [######........]   34 MB/s\n"
                "b                             5.0 MB     0 B/s\n"
                "3/5 files  2 in flight  1.2 GB  1.0 MB/s");
    expect_text(&now, 36, 24,
                "debian-12.iso   43% [#####.......]\n"
                "b                           5.0 MB\n"
                "3/5 files  2 in flight  1.2 GB");
    expect_text(&now, 18, 24, "debi....iso   43%\nb\n3/5 files");
    expect_text(&now, 12, 24, "debi....iso\nb\n3/5 files");
}
END_TEST

/* What the last column shows, for so many bytes at so many a second. */
static void expect_eta(int64_t left, double rate, const char *expected)
{
    struct summary summary = {0};
    struct progress_bar bar = {"x", 0, left, rate};
    struct progress_now now = {&summary, 1, 1, &bar, 1, 0, 0};
    struct progress_view view = {120, 24, false, 0, 0};
    struct buf text = BUF_INIT;

    progress_append_text(&text, &now, &view);
    *strchr(text.data, '\n') = '\0';
    ck_assert_str_eq(strstr(text.data, "/s") + 2, expected);
    buf_clear(&text);
}

START_TEST(etas)
{
    expect_eta(48, 1, "  eta 48 s");
    expect_eta(1, 10, "  eta 0 s");
    expect_eta(99, 1, "  eta 99 s");
    expect_eta(100, 1, "  eta 2 m");
    expect_eta(2 * 3600, 1, "  eta 2 h");
    expect_eta(400000, 1, "  eta 5 d");
    expect_eta(99 * 86400, 1, "  eta 99 d");
    expect_eta(100 * 86400, 1, "");
    expect_eta(100, 0, "");
    expect_eta(100, NAN, "");
    expect_eta(100, -1, "");
    expect_eta(100, -INFINITY, "");
    expect_eta(100, INFINITY, "");
    expect_eta(0, 1, "");
}
END_TEST

/* The percentage stands behind the name. */
START_TEST(shares)
{
    static const struct {
        int64_t bytes, size;
        const char *expected;
    } cases[] = {
        {0, 100, "x    0% [....................................]"},
        {29, 100, "x   29% [##########..........................]"},
        {99, 100, "x   99% [###################################.]"},
        {100, 100, "x  100% [####################################]"},
        {101, 100, "x  100% [####################################]"},
        {0, 0, "x  100% [####################################]"},
        {-1, 100, "x    0% [....................................]"},
    };
    struct summary summary = {0};

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct progress_bar bar = {"x", cases[i].bytes, cases[i].size, 1};
        struct progress_now now = {&summary, 1, 1, &bar, 1, 0, 0};
        struct progress_view view = {120, 24, false, 0, 0};
        struct buf text = BUF_INIT;

        progress_append_text(&text, &now, &view);
        ck_assert_msg(str_starts(text.data, cases[i].expected), "%s", text.data);
        buf_clear(&text);
    }
}
END_TEST

/* The largest, in the order that they have. */
START_TEST(too_many)
{
    static const struct progress_bar many[] = {
        {"a", 0, 3, 0},  {"b", 9, -1, 0}, {"c", 0, 7, 0}, {"d", 4, 1, 0},
        {"e", 0, -1, 0}, {"f", 0, 7, 0},  {"g", 0, 1, 0},
    };
    struct summary summary = {0};
    struct progress_now now = {&summary, 7, 7, many, 7, 0, -1};

    expect_text(&now, 12, 9, "a\nb\nc\nd\ne\nf\ng\n0/7 files");
    expect_text(&now, 12, 8, "a\nb\nc\nd\nf\nand 2 more\n0/7 files");
    expect_text(&now, 12, 5, "b\nc\nand 5 more\n0/7 files");
    expect_text(&now, 12, 4, "b\nand 6 more\n0/7 files");
    expect_text(&now, 12, 3, "b\n0/7 files");
    expect_text(&now, 12, 2, "0/7 files");
    expect_text(&now, 12, 1, "0/7 files");
    expect_text(&now, 8, 4, "b\n\n");
}
END_TEST

START_TEST(names)
{
    static const struct {
        const char *name;
        size_t columns;
        const char *expected;
        size_t used;
    } cases[] = {
        {"", 0, "", 0},
        {"", 9, "", 0},
        {"abcdefgh", 8, "abcdefgh", 8},
        {"abcdefgh", 7, "ab...gh", 7},
        {"abcdefgh", 6, "ab...h", 6},
        {"abcdefgh", 5, "a...h", 5},
        {"abcdefgh", 4, "abcd", 4},
        {"abcdefgh", 0, "", 0},
        {CJK CJK CJK CJK, 8, CJK CJK CJK CJK, 8},
        {CJK CJK CJK CJK, 7, CJK "..." CJK, 7},
        {CJK CJK CJK CJK, 6, CJK "...", 5},
        {CJK CJK CJK CJK, 5, "...", 3},
        {CJK CJK CJK CJK, 3, CJK, 2},
        {CJK CJK CJK CJK, 1, "", 0},
        {"e" ACUTE "a" ACUTE ACUTE "cde" ACUTE, 5,
         "e" ACUTE "a" ACUTE ACUTE "cde" ACUTE, 5},
        {"e" ACUTE "bcdefga" ACUTE "i" ACUTE, 6, "e" ACUTE "b...i" ACUTE, 6},
        {"a\x1b[1mb", 20, "a\\x1b[1mb", 9},
        {"a\x1b[1mb", 8, "a\\x...mb", 8},
        {RLO, 20, "\\u{202e}", 8},
        {"a\xff\xfe", 20, "a\xef\xbf\xbd\xef\xbf\xbd", 3},
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out = BUF_INIT;
        size_t used =
            progress_append_name(&out, slice_str(cases[i].name), cases[i].columns);

        ck_assert_str_eq(out.data ? out.data : "", cases[i].expected);
        ck_assert_uint_eq(used, cases[i].used);
        buf_clear(&out);
    }
    ck_assert_uint_eq(progress_name_columns(slice_str("a" CJK ACUTE "\x1b")), 7);
}
END_TEST

/* ---- on the terminal ---- */

/* Standard error becomes a terminal of that width; our side of it is returned. */
static int terminal_stderr(unsigned short width)
{
    struct winsize size = {.ws_col = width, .ws_row = 24};
    int ours, theirs;

    setenv("TERM", "xterm", 1);
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

/* ---- bars on a screen ---- */

enum { ROWS = 12, COLUMNS = 40 };

/* What a terminal makes of what it gets: as much as the display needs. */
struct screen {
    char cells[ROWS][COLUMNS + 1];
    size_t row, column;
    bool wraps;
};

static void clear_cells(struct screen *s, size_t row, size_t column)
{
    memset(s->cells[row] + column, ' ', COLUMNS - column);
}

static void line_feed(struct screen *s)
{
    if (++s->row < ROWS)
        return;
    s->row = ROWS - 1;
    memmove(s->cells[0], s->cells[1], sizeof(s->cells) - sizeof(s->cells[0]));
    clear_cells(s, s->row, 0);
}

/* Returns the sequence's last byte. */
static const char *obey(struct screen *s, const char *sequence)
{
    const char *end = sequence + 1 + strcspn(sequence + 1, "ABCDHJKhlm");
    size_t n = (size_t)atoi(sequence + 1);

    ck_assert_int_eq(*sequence, '[');
    if (*end == 'A')
        s->row -= n < s->row ? n : s->row;
    else if (str_starts(sequence, "[?7"))
        s->wraps = *end == 'h';
    else if (*end == 'K' || *end == 'J')
        clear_cells(s, s->row, s->column);
    else
        ck_assert_msg(str_starts(sequence, "[?2026"), "%s", sequence);
    for (size_t row = s->row + 1; *end == 'J' && row < ROWS; row++)
        clear_cells(s, row, 0);
    return end;
}

static void feed(struct screen *s, const char *text)
{
    for (; *text; text++) {
        if (*text == '\x1b')
            text = obey(s, text + 1);
        else if (*text == '\r')
            s->column = 0;
        else if (*text == '\n')
            line_feed(s);
        else {
            if (s->column >= COLUMNS - 1)
                ck_abort_msg("a line is too wide");
            s->cells[s->row][s->column++] = *text;
        }
    }
}

/* The lines of the screen, from the first to the last that is not blank. */
static void expect_screen(const struct screen *s, const char *expected)
{
    struct buf text = BUF_INIT;

    buf_append_str(&text, "");
    for (size_t row = 0; row < ROWS; row++) {
        size_t n = COLUMNS;

        while (n && s->cells[row][n - 1] == ' ')
            n--;
        buf_append(&text, s->cells[row], n);
        buf_append_char(&text, '\n');
    }
    while (text.len && text.data[text.len - 1] == '\n')
        text.data[--text.len] = '\0';
    ck_assert_str_eq(text.data, expected);
    ck_assert(s->wraps);
    buf_clear(&text);
}

/* Which bars there are, the numbers being such that the text never changes. */
struct files {
    struct summary summary;
    size_t count;
    int64_t bytes;
};

static void look_at_files(struct progress_now *now, void *arg)
{
    static const struct progress_bar still[] = {
        {"one", 0, 9, 0}, {"two", 0, 9, 0}, {"ten", 0, 9, 0}};
    struct files *f = arg;

    now->summary = &f->summary;
    now->bars = still;
    now->bar_count = f->count;
    now->bytes = f->bytes;
    now->bytes_left = -1;
}

static async void next_screen(int fd, struct screen *s)
{
    struct buf got = BUF_INIT;

    read_terminal(fd, &got);
    feed(s, got.data);
    buf_clear(&got);
}

#define ONE   "one    0% [..............]\n"
#define TWO   "two    0% [..............]\n"
#define TEN   "ten    0% [..............]\n"
#define TOTAL "0 files done  0 in flight  0 B  0 B/s"

static async int bars_task(void *arg)
{
    struct winsize size = {.ws_col = COLUMNS, .ws_row = ROWS};
    struct files f = {.count = 3};
    int fd = terminal_stderr(COLUMNS);
    struct screen s = {.wraps = true};
    struct progress *p;

    (void)arg;
    summary_init(&f.summary);
    for (size_t row = 0; row < ROWS; row++)
        clear_cells(&s, row, 0);
    ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
    p = progress_start(loop_current(), false, look_at_files, &f);
    next_screen(fd, &s);
    expect_screen(&s, ONE TWO TEN TOTAL);
    ck_assert(s.row == 0 && s.column == 0); /* what a resized terminal keeps */
    next_screen(fd, &s);
    expect_screen(&s, ONE TWO TEN TOTAL);
    f.count = 1;
    next_screen(fd, &s);
    expect_screen(&s, ONE TOTAL);
    log_error("message");
    next_screen(fd, &s);
    expect_screen(&s, "trawl: message\n" ONE TOTAL);
    f.count = 0;
    next_screen(fd, &s);
    expect_screen(&s, "trawl: message\n" TOTAL);
    f.count = 2;
    next_screen(fd, &s);
    expect_screen(&s, "trawl: message\n" ONE TWO TOTAL);
    for (int i = 0; i < ROWS; i++) {
        log_error("%d", i); /* the screen scrolls */
        next_screen(fd, &s);
    }
    expect_screen(&s, "trawl: 3\ntrawl: 4\ntrawl: 5\ntrawl: 6\ntrawl: 7\ntrawl: 8\n"
                      "trawl: 9\ntrawl: 10\ntrawl: 11\n" ONE TWO TOTAL);
    progress_stop(p);
    next_screen(fd, &s);
    expect_screen(&s, "trawl: 3\ntrawl: 4\ntrawl: 5\ntrawl: 6\ntrawl: 7\ntrawl: 8\n"
                      "trawl: 9\ntrawl: 10\ntrawl: 11");
    close(fd);
    return 0;
}

START_TEST(bars_in_place)
{
    ck_assert_int_eq(loop_run(bars_task, NULL), 0);
}
END_TEST

/* A message between two drawings does not bring back what is too wide by now; and where
 * the cursor cannot go up there is but a line. */
static async int resized_task(void *arg)
{
    struct winsize size = {.ws_col = 10, .ws_row = 24};
    struct files f = {.count = 3};
    int fd = terminal_stderr(80);
    struct buf got = BUF_INIT;
    struct progress *p;

    (void)arg;
    summary_init(&f.summary);
    p = progress_start(loop_current(), false, look_at_files, &f);
    read_terminal(fd, &got);
    ck_assert_ptr_nonnull(strstr(got.data, "ten"));
    ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
    log_error("message");
    read_terminal(fd, &got);
    ck_assert_str_eq(got.data, "\r\x1b[Jtrawl: message\r\n");
    read_terminal(fd, &got);
    ck_assert_ptr_nonnull(strstr(got.data, "one"));
    ck_assert_ptr_null(strstr(got.data, "in flight"));
    size.ws_col = 80;
    ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
    setenv("TERM", "dumb", 1);
    f.count = 1;
    read_terminal(fd, &got);
    read_terminal(fd, &got);
    ck_assert_str_eq(got.data, "\r" TOTAL "\x1b[K");
    progress_stop(p);
    buf_clear(&got);
    close(fd);
    return 0;
}

START_TEST(resized)
{
    ck_assert_int_eq(loop_run(resized_task, NULL), 0);
}
END_TEST

/* A file is begun anew: the rate falls, and is never less than nothing. */
static async int back_task(void *arg)
{
    struct files f = {.bytes = 1000000000};
    int fd = terminal_stderr(80);
    struct buf got = BUF_INIT;
    struct progress *p;

    (void)arg;
    summary_init(&f.summary);
    p = progress_start(loop_current(), false, look_at_files, &f);
    read_terminal(fd, &got);
    for (int i = 0; i < 3; i++) {
        f.bytes -= f.bytes / 2;
        read_terminal(fd, &got);
        ck_assert_msg(strstr(got.data, "B/s") && !strchr(got.data, '-') &&
                          !strstr(got.data, "EB/s"),
                      "%s", got.data);
    }
    progress_stop(p);
    buf_clear(&got);
    close(fd);
    return 0;
}

START_TEST(bytes_go_back)
{
    ck_assert_int_eq(loop_run(back_task, NULL), 0);
}
END_TEST

/* ---- Ctrl-Z ---- */

static async int stopped_task(void *arg)
{
    struct files f = {.count = 1};
    struct progress *p;

    (void)arg;
    summary_init(&f.summary);
    p = progress_start(loop_current(), false, look_at_files, &f);
    task_sleep(60);
    progress_stop(p);
    return 0;
}

/* Reads on until the terminal got it. */
static void read_until(int fd, const char *text)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    struct buf got = BUF_INIT;

    while (!got.len || !strstr(got.data, text)) {
        ssize_t n;

        ck_assert_int_eq(poll(&ready, 1, -1), 1);
        n = read(fd, buf_reserve(&got, 4096), 4096);
        ck_assert_int_gt(n, 0);
        buf_commit(&got, (size_t)n);
    }
    buf_clear(&got);
}

/* In a group of its own that has a parent outside: the shell's jobs are such. */
START_TEST(stops)
{
    int fd = terminal_stderr(80), status;
    pid_t child = fork();

    if (child == 0) {
        setpgid(0, 0);
        loop_run(stopped_task, NULL);
        _exit(0);
    }
    for (int i = 0; i < 3; i++) {
        read_until(fd, TOTAL);
        kill(child, SIGTSTP);
        ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
        ck_assert(WIFSTOPPED(status));
        ck_assert_int_eq(WSTOPSIG(status), SIGTSTP);
        read_until(fd, "\r\x1b[J");
        kill(child, SIGCONT);
    }
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    close(fd);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("progress", fits, total_line, bar_lines, etas, shares, too_many,
                       names, draws, widths, bars_in_place, resized, bytes_go_back,
                       stops);
}

int main(void)
{
    return check_main(suite);
}
