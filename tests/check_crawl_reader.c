#include "check_main.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/reader.h"
#include "http_server.h"

enum { BLOCK = 128 << 10 };

static struct reading_room room;
static struct reader reader;
static struct body_sink sink;
static unsigned resumed, ended;
static struct buf told; /* a line for each link and anchor */

static void on_resume(struct body_sink *s)
{
    ck_assert_ptr_eq(s, &sink);
    resumed++;
}

static void on_end(struct reader *r)
{
    ck_assert_ptr_eq(r, &reader);
    ended++;
}

static void on_link(const struct link *l, void *arg)
{
    const char *base;

    ck_assert_ptr_eq(arg, &told);
    base = reader_base(&reader);
    buf_appendf(&told, "%u %.*s%s %s\n", l->line, (int)l->url.len, l->url.data,
                l->nofollow ? " nofollow" : "", base ? base : "-");
}

static void on_anchor(struct slice id, void *arg)
{
    ck_assert_ptr_eq(arg, &told);
    buf_appendf(&told, "#%.*s\n", (int)id.len, id.data);
}

static void begin(void)
{
    reader_reset(&reader);
    reader_find(&reader, LINKS_HTML, SLICE("utf-8"));
    reader_hash(&reader);
}

static void setup(void)
{
    reading_room_init(&room);
    sink = (struct body_sink){.resume = on_resume};
    resumed = ended = 0;
    reader = (struct reader){.room = &room, .sink = &sink, .ended = on_end};
    reader.handler = (struct links_handler){on_link, on_anchor, &told, false};
    begin();
}

static void teardown(void)
{
    reader_clear(&reader);
    buf_clear(&told);
    ck_assert_uint_eq(room.held, 0);
    ck_assert(event_is_set(&room.open));
}

static enum body_use put(const char *text)
{
    return reader_write(&reader, text, strlen(text));
}

static enum body_use put_spaces(size_t n)
{
    static char spaces[BLOCK];

    memset(spaces, ' ', sizeof(spaces));
    return reader_write(&reader, spaces, n);
}

static async void finish(bool whole)
{
    if (reader_finish(&reader, whole))
        UNTIL(ended);
    ck_assert_uint_le(ended, 1);
}

static void assert_hash(const char *expected)
{
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    digests_final(reader.digests, DIGEST_SHA256, sum);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    ck_assert_str_eq(hex, expected);
}

#define READER_TEST(name)                                                              \
    static async int name##_task(void *arg);                                           \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(loop_run(name##_task, NULL), 0);                              \
    }                                                                                  \
    END_TEST                                                                           \
    static async int name##_task(void *arg)

READER_TEST(page)
{
    (void)arg;
    setup();
    ck_assert_int_eq(put("<title>T</title><a href=x rel=nofollow id=y>"), BODY_TAKE);
    finish(true);
    ck_assert_str_eq(told.data, "#y\n1 x nofollow -\n");
    ck_assert_str_eq(links_title(reader.links), "T");
    assert_hash("74da2e8c76851689368b06a64b0acf880d99aea81deed24642410d8e7e0ca861");
    teardown();
    return 0;
}

/* The base that counts is that of the link, not that of the block's end. */
READER_TEST(base)
{
    (void)arg;
    setup();
    put("<body><a href=a>\n<base href=/b/>\n<a href=c>");
    finish(true);
    ck_assert_str_eq(told.data, "1 a -\n3 c /b/\n");
    teardown();
    return 0;
}

/* While the executor has a block, one more is gathered and no more asked for; order is
 * kept, and what the blocks' ends cut is put together. */
READER_TEST(waits)
{
    (void)arg;
    setup();
    put("<p><a href=first>\n<a hre");
    ck_assert_int_eq(put_spaces(0), BODY_TAKE);
    put("f='");
    ck_assert_int_eq(put_spaces(BLOCK - 28), BODY_TAKE); /* on its way */
    ck_assert_int_eq(put("second'>\n"), BODY_TAKE);
    ck_assert_int_eq(put_spaces(BLOCK), BODY_WAIT);
    ck_assert_int_eq(put("<a href=third>"), BODY_WAIT);
    ck_assert_uint_eq(told.len, 0);
    UNTIL(resumed);
    finish(true);
    ck_assert_str_eq(told.data, "1 first -\n3 third -\n"); /* second is too long */
    teardown();
    return 0;
}

READER_TEST(fills_the_room)
{
    (void)arg;
    setup();
    while (event_is_set(&room.open) && room.held < ((size_t)8 << 20))
        put_spaces(BLOCK);
    ck_assert_uint_le(room.held, ((size_t)5 << 20));
    finish(true);
    ck_assert(event_is_set(&room.open));
    teardown();
    return 0;
}

/* What another attempt before has brought is not told, be it read or not. */
READER_TEST(anew)
{
    (void)arg;
    for (int later = 0; later < 2; later++) {
        setup();
        put("<a href=old>");
        put_spaces(later ? BLOCK : 1);
        put("<base href=/old/>");
        begin();
        put("<a href=new>");
        finish(true);
        ck_assert_str_eq(told.data, "1 new -\n");
        teardown();
    }
    return 0;
}

/* It is waited for, even if nothing is to come of it. */
READER_TEST(nothing_anew)
{
    (void)arg;
    setup();
    put("<a href=old>");
    put_spaces(BLOCK);
    reader_reset(&reader);
    finish(false);
    ck_assert_uint_eq(ended, 1);
    ck_assert_uint_eq(told.len, 0);
    teardown();
    return 0;
}

/* What came is read, but it has no end. */
READER_TEST(not_whole)
{
    (void)arg;
    setup();
    put("<title>T</title><body><a href=x><title>U");
    finish(false);
    ck_assert_str_eq(told.data, "1 x -\n");
    teardown();
    setup();
    put("<title>T</title><link rel=next href=x>"); /* <base> might have come */
    finish(false);
    ck_assert_uint_eq(told.len, 0);
    teardown();
    setup();
    finish(false);
    ck_assert_uint_eq(ended, 0); /* there was nothing to wait for */
    teardown();
    return 0;
}

READER_TEST(empty)
{
    (void)arg;
    setup();
    finish(true);
    ck_assert_uint_eq(ended, 1);
    assert_hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert_ptr_null(links_title(reader.links));
    teardown();
    return 0;
}

/* A body of which nothing is wanted costs nothing. */
READER_TEST(unwanted)
{
    (void)arg;
    setup();
    reader_reset(&reader);
    ck_assert_int_eq(put_spaces(BLOCK), BODY_TAKE);
    ck_assert_int_eq(put_spaces(BLOCK), BODY_TAKE);
    ck_assert_uint_eq(room.held, 0);
    finish(true);
    ck_assert_uint_eq(ended, 0);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("crawl_reader", page, base, waits, fills_the_room, anew,
                       nothing_anew, not_whole, empty, unwanted);
}

int main(void)
{
    return check_main(suite);
}
