#include "check_main.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "disk/digest.h"
#include "disk/journal.h"

static struct slice all(const struct buf *b)
{
    return (struct slice){b->data, b->len};
}

/* A line with the sum that belongs to it. */
static void seal(struct buf *out, const char *line)
{
    struct digests *d = digests_new(1u << DIGEST_SHA256);
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    digests_update(d, line, strlen(line));
    digests_final(d, DIGEST_SHA256, sum);
    digests_free(d);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    buf_appendf(out, "%s\n%s", hex, line);
}

static void expect_same(const struct journal *a, const struct journal *b)
{
    ck_assert_pstr_eq(a->etag, b->etag);
    ck_assert_pstr_eq(a->last_modified, b->last_modified);
    ck_assert_pstr_eq(a->sum, b->sum);
    ck_assert_int_eq(a->size, b->size);
    ck_assert_uint_eq(a->done.n, b->done.n);
    for (size_t i = 0; i < a->done.n; i++) {
        ck_assert_int_eq(a->done.items[i].first, b->done.items[i].first);
        ck_assert_int_eq(a->done.items[i].end, b->done.items[i].end);
    }
}

static void expect_comes_back(const struct journal *j)
{
    struct buf text = BUF_INIT;
    struct journal back;

    journal_append(&text, j);
    ck_assert_uint_le(text.len, JOURNAL_BYTES_MAX);
    ck_assert_int_eq(journal_parse(&back, all(&text)), 0);
    expect_same(j, &back);
    journal_clear(&back);
    buf_clear(&text);
}

static void expect_nothing(const struct journal *j)
{
    ck_assert(!j->etag && !j->last_modified && !j->sum && !j->done.items);
    ck_assert_int_eq(j->size, -1);
}

static void expect_refused(struct slice text)
{
    struct journal j = {.size = 7};

    ck_assert_int_eq(journal_parse(&j, text), -EINVAL);
    expect_nothing(&j);
}

static void sample(struct journal *j)
{
    journal_init(j);
    j->etag = mem_strdup("W/\"a\\b\"");
    j->last_modified = mem_strdup("Sun, 06 Nov 1994 08:49:37 GMT");
    j->size = 5368709120;
    ranges_add(&j->done, 0, 4294967296);
    ranges_add(&j->done, 5000000000, 5368709120);
}

/* The text stays as it is: another version of trawl reads it. */
START_TEST(layout)
{
    struct buf text = BUF_INIT, expected = BUF_INIT;
    struct journal j;

    sample(&j);
    journal_append(&text, &j);
    seal(&expected, "{\"trawl\":1,\"size\":5368709120,\"etag\":\"W/\\\"a\\\\b\\\"\","
                    "\"last_modified\":\"Sun, 06 Nov 1994 08:49:37 GMT\","
                    "\"done\":[[0,4294967296],[5000000000,5368709120]]}\n");
    ck_assert_str_eq(text.data, expected.data);
    journal_clear(&j);
    expect_nothing(&j);
    buf_reset(&text);
    buf_reset(&expected);
    j.sum = mem_strdup("MD5 d41d8cd98f00b204e9800998ecf8427e");
    journal_append(&text, &j);
    seal(&expected, "{\"trawl\":1,\"sum\":\"MD5 d41d8cd98f00b204e9800998ecf8427e\","
                    "\"done\":[]}\n");
    ck_assert_str_eq(text.data, expected.data);
    journal_clear(&j);
    expect_nothing(&j);
    buf_reset(&text);
    buf_reset(&expected);
    buf_append_str(&expected, "before");
    buf_append_str(&text, "before");
    journal_append(&text, &j);
    seal(&expected, "{\"trawl\":1,\"done\":[]}\n");
    ck_assert_str_eq(text.data, expected.data);
    buf_clear(&text);
    buf_clear(&expected);
}
END_TEST

START_TEST(comes_back)
{
    struct journal j;
    char bytes[256];

    sample(&j);
    expect_comes_back(&j);
    journal_clear(&j);
    expect_comes_back(&j);
    j.size = 0;
    expect_comes_back(&j);
    j.etag = mem_strdup("");
    expect_comes_back(&j);
    j.sum = mem_strdup("SHA512 0");
    expect_comes_back(&j);
    j.size = INT64_MAX;
    ranges_add(&j.done, INT64_MAX - 1, INT64_MAX);
    expect_comes_back(&j);
    free(j.etag);
    for (int i = 0; i < 255; i++) /* not UTF-8, nor what JSON takes as it is */
        bytes[i] = (char)(i + 1);
    bytes[255] = '\0';
    j.etag = mem_strdup(bytes);
    j.last_modified = mem_strdup("\xc3\xa9 \xf0\x9f\x98\x80 \xed\xa0\x80");
    expect_comes_back(&j);
    journal_clear(&j);
}
END_TEST

START_TEST(refuses_what_was_changed)
{
    struct buf text = BUF_INIT;
    struct journal j;

    sample(&j);
    journal_append(&text, &j);
    for (size_t i = 0; i < text.len; i++) {
        expect_refused((struct slice){text.data, i});
        expect_refused((struct slice){text.data + i + 1, text.len - i - 1});
        for (int bit = 0; bit < 8; bit++) {
            text.data[i] ^= (char)(1 << bit);
            expect_refused(all(&text));
            text.data[i] ^= (char)(1 << bit);
        }
    }
    buf_append_char(&text, '\n');
    expect_refused(all(&text));
    journal_clear(&j);
    buf_clear(&text);
}
END_TEST

START_TEST(refuses_what_is_not_ours)
{
    static const char *const lines[] = {
        "",
        "\n",
        "{}\n",
        "[]\n",
        "{\"trawl\":1}\n",
        "{\"trawl\":2,\"done\":[]}\n",
        "{\"trawl\":1,\"done\":[]}",
        "{\"trawl\":1,\"done\":[]} \n",
        "{\"trawl\":1, \"done\":[]}\n",
        "{\"trawl\":1,\"done\":{}}\n",
        "{\"trawl\":1,\"done\":null}\n",
        "{\"trawl\":1,\"done\":[],\"more\":1}\n",
        "{\"trawl\":1,\"done\":[],\"done\":[]}\n",
        "{\"trawl\":1,\"done\":[],\"size\":1}\n",
        "{\"trawl\":1,\"size\":-1,\"done\":[]}\n",
        "{\"trawl\":1,\"size\":01,\"done\":[]}\n",
        "{\"trawl\":1,\"size\":1e1,\"done\":[]}\n",
        "{\"trawl\":1,\"size\":\"1\",\"done\":[]}\n",
        "{\"trawl\":1,\"size\":9223372036854775808,\"done\":[]}\n",
        "{\"trawl\":1,\"size\":10,\"done\":[[0,11]]}\n",
        "{\"trawl\":1,\"size\":0,\"done\":[[0,1]]}\n",
        "{\"trawl\":1,\"done\":[[-1,1]]}\n",
        "{\"trawl\":1,\"done\":[[1,1]]}\n",
        "{\"trawl\":1,\"done\":[[2,1]]}\n",
        "{\"trawl\":1,\"done\":[[0,1,2]]}\n",
        "{\"trawl\":1,\"done\":[[0]]}\n",
        "{\"trawl\":1,\"done\":[[]]}\n",
        "{\"trawl\":1,\"done\":[0,1]}\n",
        "{\"trawl\":1,\"done\":[[0,2],[1,3]]}\n",
        "{\"trawl\":1,\"done\":[[0,2],[2,3]]}\n",
        "{\"trawl\":1,\"done\":[[4,5],[0,1]]}\n",
        "{\"trawl\":1,\"done\":[[0,9223372036854775808]]}\n",
        "{\"trawl\":1,\"etag\":null,\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":1,\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"\\u0000\",\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"\\u0100\",\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"\xc4\x80\",\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"\xff\",\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"\\u0061\",\"done\":[]}\n",
        "{\"trawl\":1,\"etag\":\"a\",\"etag\":\"a\",\"done\":[]}\n",
        "{\"trawl\":1,\"last_modified\":[],\"done\":[]}\n",
        "{\"trawl\":1,\"done\":[]}\n{\"trawl\":1,\"done\":[]}\n",
    };

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct buf text = BUF_INIT;

        seal(&text, lines[i]);
        expect_refused(all(&text));
        buf_clear(&text);
    }
    expect_refused((struct slice){NULL, 0});
}
END_TEST

START_TEST(many_pieces_are_told_in_part)
{
    const int64_t far = 4000000000000;
    struct buf text = BUF_INIT;
    struct journal j, back;

    sample(&j);
    ranges_clear(&j.done);
    for (int64_t i = 0; i < 10000; i++)
        ranges_add(&j.done, far + 2 * i, far + 2 * i + 1);
    j.size = 2 * far;
    journal_append(&text, &j);
    ck_assert_uint_le(text.len, JOURNAL_BYTES_MAX);
    ck_assert_uint_gt(text.len, JOURNAL_BYTES_MAX - 100);
    ck_assert_int_eq(journal_parse(&back, all(&text)), 0);
    ck_assert_uint_gt(back.done.n, 1000);
    ck_assert_uint_lt(back.done.n, 10000);
    ck_assert_mem_eq(back.done.items, j.done.items, back.done.n * sizeof(struct range));
    ck_assert_str_eq(back.etag, j.etag);
    journal_clear(&back);
    journal_clear(&j);
    buf_clear(&text);
}
END_TEST

/* How long the text is with an ETag of n bytes; 0 when a journal of nothing came of it.
 */
static size_t long_text(size_t n)
{
    struct buf text = BUF_INIT;
    struct journal j, back;
    size_t len;

    sample(&j);
    free(j.etag);
    j.etag = mem_alloc(n + 1);
    memset(j.etag, 'x', n);
    j.etag[n] = '\0';
    journal_append(&text, &j);
    len = text.len;
    ck_assert_uint_le(len, JOURNAL_BYTES_MAX);
    ck_assert_int_eq(journal_parse(&back, all(&text)), 0);
    if (back.etag) {
        ck_assert_str_eq(back.etag, j.etag);
        ck_assert_str_eq(back.last_modified, j.last_modified);
        ck_assert_int_eq(back.size, j.size);
    } else {
        expect_nothing(&back);
        len = 0;
    }
    journal_clear(&back);
    journal_clear(&j);
    buf_clear(&text);
    return len;
}

/* Never one validator without the other: all of it, or nothing. */
START_TEST(long_validators)
{
    size_t n = JOURNAL_BYTES_MAX - 400, longest = 0, len;

    for (; (len = long_text(n)); n++)
        longest = len;
    ck_assert_uint_eq(longest, JOURNAL_BYTES_MAX);
    for (size_t beyond = n + 50; n < beyond; n++)
        ck_assert_uint_eq(long_text(n), 0);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("journal", layout, comes_back, refuses_what_was_changed,
                       refuses_what_is_not_ours, many_pieces_are_told_in_part,
                       long_validators);
}

int main(void)
{
    return check_main(suite);
}
