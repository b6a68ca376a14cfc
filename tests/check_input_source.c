#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "async/async.h"
#include "base/log.h"
#include "base/mem.h"
#include "input/source.h"

#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
    }                                                                                  \
    END_TEST

static char path[] = "/tmp/trawl-check-source-XXXXXX";

static void make_file(const char *text)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Puts text where standard input is. */
static void feed_stdin(const char *text)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
}

/* The URLs of all items, with a ! before wrong ones, in brackets. */
static async void expect_items(const struct source_config *config, const char *expected)
{
    struct source *s = source_new(config);
    struct buf all = BUF_INIT;
    struct item item;
    uint64_t n = 0;
    int r;

    ck_assert_ptr_nonnull(s);
    buf_append_str(&all, "");
    while ((r = source_next(s, &item)) > 0) {
        ck_assert_uint_eq(item.index, n++);
        buf_appendf(&all, "[%s%s]", item.why ? "!" : "", item.request.url);
        item_clear(&item);
    }
    ck_assert_int_eq(r, 0);
    ck_assert_int_eq(source_next(s, &item), 0);
    ck_assert_uint_eq(source_total(s), n);
    ck_assert_str_eq(all.data, expected);
    buf_clear(&all);
    source_free(s);
}

static async int arguments_task(void *arg)
{
    static const char *const urls[] = {"http://a/{x,y}", "", "#b", "{\"url\":\"c\"}",
                                       NULL};
    struct source_config config = {.urls = urls};

    (void)arg;
    expect_items(&config, "[http://a/{x,y}][][#b][{\"url\":\"c\"}]");
    return 0;
}

RUN(arguments)

static async int globs_task(void *arg)
{
    static const char *const urls[] = {"a/{x,y}/[08-09]", "-", "b", NULL};
    struct source_config config = {.urls = urls, .glob = true};

    (void)arg;
    feed_stdin("in/{1,2}\n");
    expect_items(&config, "[a/x/08][a/x/09][a/y/08][a/y/09][in/{1,2}][b]");
    return 0;
}

RUN(globs)

static async int in_order_task(void *arg)
{
    static const char *const urls[] = {"first", "-", "last", NULL};
    struct source_config config = {.urls = urls, .file = path};

    (void)arg;
    feed_stdin(
        "\xef\xbb\xbf# note\r\n\r\n  \t \n http://in/1\t\r\n{\"url\":\"in2\"}\n{\n");
    make_file("file1\n\nfile2");
    expect_items(&config, "[first][http://in/1][in2][!{][last][file1][file2]");
    unlink(path);
    return 0;
}

RUN(in_order)

static async int nothing_named_task(void *arg)
{
    static const char *const none[] = {NULL};
    struct source_config config = {.urls = none};

    (void)arg;
    feed_stdin("a\nb");
    expect_items(&config, "[a][b]");
    feed_stdin("");
    config.urls = NULL;
    expect_items(&config, "");
    feed_stdin("c\n");
    config.file = "-";
    expect_items(&config, "[c]");
    return 0;
}

RUN(nothing_named)

static async int refusals_task(void *arg)
{
    static const char *const pattern[] = {"fine/{a,b}", "http://a/[5-", NULL};
    struct source_config config = {.file = "/nonexistent/list"};

    (void)arg;
    log_set_level(LOG_ERROR);
    ck_assert_ptr_null(source_new(&config));
    config.file = "/tmp"; /* a folder */
    ck_assert_ptr_null(source_new(&config));
    config.file = NULL;
    config.urls = pattern;
    config.glob = true;
    ck_assert_ptr_null(source_new(&config));
    dup2(open("/dev/null", O_WRONLY), STDIN_FILENO);
    config = (struct source_config){.file = "-"};
    ck_assert_ptr_null(source_new(&config));
    return 0;
}

RUN(refusals)

static async int count_turns(void *arg)
{
    size_t *turns = arg;

    while (task_yield() == 0)
        ++*turns;
    return 0;
}

/* A pattern need not end, and must not keep the loop from all others till then. */
static async int gives_turns_task(void *arg)
{
    static const char *const urls[] = {"http://a/[1-1000000000000]", NULL};
    struct source_config config = {.urls = urls, .glob = true};
    struct source *s = source_new(&config);
    size_t turns = 0;
    struct task *other = task_create(count_turns, &turns);
    struct item item;

    (void)arg;
    for (int i = 0; i < 10000; i++) {
        ck_assert_int_eq(source_next(s, &item), 1);
        item_clear(&item);
    }
    ck_assert_uint_gt(turns, 10);
    task_cancel(other);
    task_await(other);
    task_unref(other);
    source_free(s);
    return 0;
}

RUN(gives_turns)

static async int totals_task(void *arg)
{
    static const char *const urls[] = {"a", "b", NULL}, *const with_stdin[] = {"a", "-",
                                                                               NULL};
    struct source_config config = {.urls = urls};
    struct source *s = source_new(&config);
    struct item item;

    (void)arg;
    ck_assert_uint_eq(source_total(s), 2);
    source_free(s);
    config.urls = with_stdin;
    feed_stdin("x\ny\n");
    s = source_new(&config);
    ck_assert_uint_eq(source_total(s), 0);
    while (source_next(s, &item) > 0)
        item_clear(&item);
    ck_assert_uint_eq(source_total(s), 3);
    source_free(s);
    return 0;
}

RUN(totals)

/* ---- keys ---- */

static async void key_of(const char *url, const struct request_template *t,
                         uint8_t key[16])
{
    const char *urls[] = {url, NULL};
    struct source_config config = {.urls = urls, .keys = true};
    struct source *s;
    struct item item;

    if (t)
        config.request = *t;
    s = source_new(&config);
    ck_assert_int_eq(source_next(s, &item), 1);
    memcpy(key, item.key, 16);
    item_clear(&item);
    source_free(s);
}

/* Every one of these asks for something else. */
static async int keys_differ_task(void *arg)
{
    static const struct request_template templates[] = {
        {0},
        {.method = "PUT"},
        {.body = "", .body_len = 0},
        {.body = "PUT", .body_len = 3},
        {.method = "PUT", .body = "", .body_len = 0},
        {.body = "a", .body_len = 1},
        {.body = "a", .body_len = 1, .json = true},
    };
    uint8_t keys[2 * ARRAY_LEN(templates)][16];

    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
        key_of("http://a/", &templates[i], keys[2 * i]);
        key_of("http://b/", &templates[i], keys[2 * i + 1]);
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_mem_ne(keys[i], keys[k], 16);
    return 0;
}

RUN(keys_differ)

/* Wherever the line stands, and whatever white space is around it. The bytes are fixed:
 * state files outlive the program. */
static async int keys_same_task(void *arg)
{
    static const uint8_t known[16] = {0x28, 0x2a, 0x35, 0xd7, 0xa0, 0xda, 0x6a, 0xe4,
                                      0x8e, 0xee, 0x11, 0x6a, 0xd6, 0x19, 0x3f, 0xa8};
    struct source_config config = {.keys = true};
    uint8_t key[16];
    struct source *s;
    struct item item;

    (void)arg;
    key_of("http://a/", NULL, key);
    ck_assert_mem_eq(key, known, 16);
    feed_stdin("other\n \thttp://a/ \r\n");
    s = source_new(&config);
    ck_assert_int_eq(source_next(s, &item), 1);
    ck_assert_mem_ne(item.key, key, 16);
    item_clear(&item);
    ck_assert_int_eq(source_next(s, &item), 1);
    ck_assert_mem_eq(item.key, key, 16);
    item_clear(&item);
    source_free(s);
    return 0;
}

RUN(keys_same)

/* ---- files ---- */

/* Lines have fields, arguments are URLs as they stand. */
static async int files_task(void *arg)
{
    static const char *const urls[] = {"a\tb", "{\"url\":\"c\"}", "-", NULL};
    struct source_config config = {.urls = urls, .files = true};

    (void)arg;
    feed_stdin(
        " http://u \t name \r\nu\t \t\n\tu\t#n\n#u\tn\n{\"urls\":[\"v\"]}\nu\t\tn\n");
    expect_items(&config, "[a\tb][{\"url\":\"c\"}][http://u][u][u][v][!u]");
    return 0;
}

RUN(files)

/* What is read ahead is bounded by this: many short mirrors take more than their line.
 */
static async int file_sizes_task(void *arg)
{
    struct source_config config = {.files = true};
    struct source *s;
    struct item item;

    (void)arg;
    feed_stdin("u\tname\nu\thttp://\thttp://\n");
    s = source_new(&config);
    ck_assert_int_eq(source_next(s, &item), 1);
    ck_assert_str_eq(item.output, "name");
    ck_assert_uint_eq(item.size, 6);
    item_clear(&item);
    ck_assert_int_eq(source_next(s, &item), 1);
    ck_assert_uint_eq(item.mirror_count, 2);
    ck_assert_uint_ge(item.size, 17 + 2 * sizeof(char *));
    item_clear(&item);
    source_free(s);
    return 0;
}

RUN(file_sizes)

static Suite *suite(void)
{
    return CHECK_SUITE("source", arguments, globs, in_order, nothing_named, refusals,
                       gives_turns, totals, keys_differ, keys_same, files, file_sizes);
}

int main(void)
{
    return check_main(suite);
}
