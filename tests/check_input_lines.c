#include "check_main.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/async.h"
#include "base/mem.h"
#include "input/lines.h"

/* Runs the function of that name as the first task of a loop. */
#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
    }                                                                                  \
    END_TEST

/* Writes text into a pipe, a piece at a time, and lets the reader run after each. */
struct writer {
    const char *text;
    size_t n, piece;
    int fd;
};

static async int write_pieces(void *arg)
{
    struct writer *w = arg;

    while (w->n) {
        size_t n = w->n < w->piece ? w->n : w->piece;

        ck_assert_int_eq(write(w->fd, w->text, n), (ssize_t)n);
        w->text += n;
        w->n -= n;
        for (int i = 0; i < 3; i++)
            task_yield();
    }
    close(w->fd);
    return 0;
}

static int file_of(const char *text, size_t n)
{
    int fd = memfd_create("lines", MFD_CLOEXEC);

    ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

/* All lines, each in brackets. */
static async void read_all(struct buf *out, int fd)
{
    struct lines *l = lines_new(fd, true);
    struct slice line;
    int r;

    while ((r = lines_next(l, &line)) > 0) {
        ck_assert_int_eq(r, LINES_LINE);
        buf_append_char(out, '[');
        buf_append(out, line.data, line.len);
        buf_append_char(out, ']');
    }
    ck_assert_int_eq(r, 0);
    ck_assert_int_eq(lines_next(l, &line), 0); /* and ever after */
    lines_free(l);
}

static async void expect_lines(const char *text, size_t n, const char *expected)
{
    struct buf out = BUF_INIT;

    buf_append_str(&out, "");
    read_all(&out, file_of(text, n));
    ck_assert_str_eq(out.data, expected);
    for (size_t piece = 1; piece <= n; piece++) {
        int ends[2];
        struct writer w = {text, n, piece, -1};
        struct task *t;

        ck_assert_int_eq(pipe(ends), 0);
        w.fd = ends[1];
        t = task_create(write_pieces, &w);
        buf_reset(&out);
        read_all(&out, ends[0]);
        ck_assert_str_eq(out.data, expected);
        task_await(t);
        task_unref(t);
    }
    buf_clear(&out);
}

static async int endings_task(void *arg)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"\n", "[]"},
        {"\r\n", "[]"},
        {"a", "[a]"},
        {"a\n", "[a]"},
        {"a\nb", "[a][b]"},
        {"a\r\nb\r\n", "[a][b]"},
        {"a\n\nb", "[a][][b]"},
        {"a\r\r\nb", "[a\r][b]"},
        {"a\rb\n", "[a\rb]"},
        {"\n\n\n", "[][][]"},
        {"\xef\xbb\xbf"
         "a\nb\n",
         "[a][b]"},
        {"\xef\xbb\xbf", "[]"},
        {"\xef\xbb\xbf\r\na", "[][a]"},
        {"\xef\xbb\xbf\xef\xbb\xbf"
         "a",
         "[\xef\xbb\xbf"
         "a]"},
        {"a\n\xef\xbb\xbf"
         "b",
         "[a][\xef\xbb\xbf"
         "b]"},
        {"\xef\xbb", "[\xef\xbb]"},
    };

    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_lines(cases[i].text, strlen(cases[i].text), cases[i].expected);
    return 0;
}

RUN(endings)

/* ---- random text in random pieces, against a splitter that is too simple to fail ----
 */

static unsigned random_state = 1;

static unsigned pick(unsigned below)
{
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % below;
}

static void split(struct buf *out, const char *text, size_t n)
{
    size_t start = 0;

    for (size_t i = 0; i <= n; i++) {
        size_t end = i;

        if (i < n && text[i] != '\n')
            continue;
        if (i == n && start == n)
            break;
        end -= i < n && end > start && text[end - 1] == '\r';
        buf_append_char(out, '[');
        buf_append(out, text + start, end - start);
        buf_append_char(out, ']');
        start = i + 1;
    }
}

static async int random_text_task(void *arg)
{
    struct buf text = BUF_INIT, expected = BUF_INIT, out = BUF_INIT;

    (void)arg;
    for (int round = 0; round < 300; round++) {
        int ends[2];
        struct writer w;
        struct task *t;

        buf_reset(&text);
        buf_reset(&expected);
        buf_reset(&out);
        buf_append_char(&text, 'x'); /* no byte order mark */
        for (unsigned n = pick(3000); n; n--)
            buf_append_char(&text, "ab\r\n\0\xff"[pick(6)]);
        split(&expected, text.data, text.len);
        ck_assert_int_eq(pipe(ends), 0);
        w = (struct writer){text.data, text.len, 1 + pick(500), ends[1]};
        t = task_create(write_pieces, &w);
        read_all(&out, ends[0]);
        ck_assert_uint_eq(out.len, expected.len);
        ck_assert_mem_eq(out.data, expected.data, out.len);
        task_await(t);
        task_unref(t);
    }
    buf_clear(&text);
    buf_clear(&expected);
    buf_clear(&out);
    return 0;
}

RUN(random_text)

/* ---- long lines ---- */

static int long_file(size_t n, const char *rest)
{
    char *text = mem_alloc(n + strlen(rest));
    int fd;

    memset(text, 'x', n);
    memcpy(text + n, rest, strlen(rest));
    fd = file_of(text, n + strlen(rest));
    free(text);
    return fd;
}

static async void expect_long(size_t n, const char *rest, int first, int second)
{
    struct lines *l = lines_new(long_file(n, rest), true);
    struct slice line;

    ck_assert_int_eq(lines_next(l, &line), first);
    ck_assert_uint_eq(line.len, n < LINES_LONGEST ? n : LINES_LONGEST);
    ck_assert_int_eq(line.data[line.len - 1], 'x');
    ck_assert_int_eq(lines_next(l, &line), second);
    if (second)
        ck_assert(slice_eq(line, "next"));
    ck_assert_int_eq(lines_next(l, &line), 0);
    lines_free(l);
}

static async int long_lines_task(void *arg)
{
    (void)arg;
    expect_long(LINES_LONGEST - 1, "\nnext\n", LINES_LINE, LINES_LINE);
    expect_long(LINES_LONGEST, "\nnext", LINES_LINE, LINES_LINE);
    expect_long(LINES_LONGEST, "\r\nnext", LINES_LINE, LINES_LINE);
    expect_long(LINES_LONGEST, "", LINES_LINE, LINES_END);
    expect_long(LINES_LONGEST + 1, "\nnext\r\n", LINES_TOO_LONG, LINES_LINE);
    expect_long(LINES_LONGEST + 1, "", LINES_TOO_LONG, LINES_END);
    expect_long(3 * LINES_LONGEST, "\nnext", LINES_TOO_LONG, LINES_LINE);
    expect_long(3 * LINES_LONGEST, "\n", LINES_TOO_LONG, LINES_END);
    expect_long(3 * LINES_LONGEST, "", LINES_TOO_LONG, LINES_END);
    return 0;
}

RUN(long_lines)

/* ---- waiting ---- */

struct reading {
    struct lines *lines;
    struct buf line;
};

static async int read_one(void *arg)
{
    struct reading *r = arg;
    struct slice line;
    int n = lines_next(r->lines, &line);

    if (n > 0)
        buf_append(&r->line, line.data, line.len);
    return n;
}

static async int cancelled_task(void *arg)
{
    struct reading r = {0};
    struct task *t;
    int ends[2];

    (void)arg;
    ck_assert_int_eq(pipe(ends), 0);
    r.lines = lines_new(ends[0], true);
    ck_assert_int_eq(write(ends[1], "half", 4), 4);
    t = task_create(read_one, &r);
    for (int i = 0; i < 30; i++) /* rounds enough for the loop to look at the pipe */
        task_yield();
    task_cancel(t);
    ck_assert_int_eq(task_await(t), -ECANCELED);
    task_unref(t);
    ck_assert_int_eq(write(ends[1], " a line\n", 8), 8);
    ck_assert_int_eq(read_one(&r), LINES_LINE);
    ck_assert_str_eq(r.line.data, "half a line");
    close(ends[1]);
    ck_assert_int_eq(read_one(&r), LINES_END);
    lines_free(r.lines);
    buf_clear(&r.line);
    return 0;
}

RUN(cancelled)

static async int errors_task(void *arg)
{
    struct slice line;
    struct lines *l;
    int ends[2];

    (void)arg;
    ck_assert_int_eq(pipe(ends), 0);
    l = lines_new(ends[1], false); /* not open for reading */
    close(ends[0]);                /* and so ready at once */
    ck_assert_int_eq(lines_next(l, &line), -EBADF);
    lines_free(l);
    close(ends[1]);
    return 0;
}

RUN(errors)

static Suite *suite(void)
{
    return CHECK_SUITE("lines", endings, random_text, long_lines, cancelled, errors);
}

int main(void)
{
    return check_main(suite);
}
