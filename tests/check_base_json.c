#include "check_main.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

/* --- writing ---------------------------------------------------------------------- */

START_TEST(strings)
{
    static const struct {
        const char *in;
        size_t n;
        const char *out;
    } cases[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"\"\\/", 3, "\"\\\"\\\\/\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"a\0b\x1f\x7f", 5, "\"a\\u0000b\\u001f\\u007f\""},
        {"\xc2\x9b\xc2\xa0", 4, "\"\\u009b\xc2\xa0\""},
        {"\xe2\x80\xa8\xe2\x80\xa9", 6, "\"\\u2028\\u2029\""},
        {"\xe2\x82\xac\xf0\x9f\x90\x9f", 7, "\"\xe2\x82\xac\xf0\x9f\x90\x9f\""},
        {"a\xff\xc3", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        json_append_string(&b, cases[i].in, cases[i].n);
        ck_assert_str_eq(b.data, cases[i].out);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(empty_buffers_have_no_data)
{
    struct buf b = BUF_INIT;

    json_append_string(&b, NULL, 0);
    ck_assert_str_eq(b.data, "\"\"");
    ck_assert_int_eq(json_compact(&b, (struct slice){0}, NULL), -EINVAL);
    ck_assert_int_eq(json_type((struct slice){0}), JSON_NULL);
    buf_clear(&b);
}
END_TEST

START_TEST(members)
{
    struct buf b = BUF_INIT;

    buf_append_char(&b, '{');
    json_append_key(&b, "a");
    json_append_cstr(&b, NULL);
    json_append_key(&b, "b");
    json_append_cstr(&b, "{");
    buf_append_char(&b, '}');
    ck_assert_str_eq(b.data, "{\"a\":null,\"b\":\"{\"}");
    buf_clear(&b);
}
END_TEST

/* --- checking --------------------------------------------------------------------- */

START_TEST(accepted)
{
    static const char *const cases[][2] = {
        {"null", "null"},
        {" \t\r\n0 ", "0"},
        {"-0.10e+07", "-0.10e+07"},
        {"123456789012345678901234567890.0", "123456789012345678901234567890.0"},
        {"1E-2", "1E-2"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[ 1 , 2 , [ ] ]", "[1,2,[]]"},
        {"{ \"b\" : 1 , \"a\" : { \"b\" : [ true , false ] } , \"b\" : 2 }",
         "{\"b\":1,\"a\":{\"b\":[true,false]},\"b\":2}"},
        {"\" a  b \"", "\" a  b \""},
        {"\"\\u00e9\\n\\/\\\"\"", "\"\\u00e9\\n\\/\\\"\""},
        {"\"\\ud800\"", "\"\\ud800\""},
        {"\"\x7f\xe2\x82\xac\"", "\"\x7f\xe2\x82\xac\""},
        {"\"\"", "\"\""},
        {"[{},{\"\":{}},[[]]]", "[{},{\"\":{}},[[]]]"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        ck_assert_int_eq(json_compact(&b, slice_str(cases[i][0]), NULL), 0);
        ck_assert_str_eq(b.data, cases[i][1]);
        ck_assert_int_eq(json_compact(NULL, slice_str(cases[i][0]), NULL), 0);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(refused)
{
    static const struct {
        const char *text;
        size_t where;
    } cases[] = {
        {"", 0},
        {"  ", 2},
        {"nul", 3},
        {"nulL", 3},
        {"nullx", 4},
        {"01", 1},
        {"-", 1},
        {"1.", 2},
        {".5", 0},
        {"+1", 0},
        {"1e", 2},
        {"1e+", 3},
        {"NaN", 0},
        {"Infinity", 0},
        {"0x1", 1},
        {"1 2", 2},
        {"[", 1},
        {"[1", 2},
        {"[1,", 3},
        {"[1,]", 3},
        {"[,1]", 1},
        {"[1 2]", 3},
        {"[1}", 2},
        {"]", 0},
        {"[]]", 2},
        {"{", 1},
        {"{\"a\"", 4},
        {"{\"a\":", 5},
        {"{\"a\":1", 6},
        {"{\"a\":1,}", 7},
        {"{1:1}", 1},
        {"{a:1}", 1},
        {"{\"a\" 1}", 5},
        {"{\"a\":1]", 6},
        {"{,}", 1},
        {"{\"a\",1}", 4},
        {"\"a", 2},
        {"\"\\x\"", 2},
        {"\"\\u12g4\"", 5},
        {"\"\\u12", 5},
        {"\"a\tb\"", 2},
        {"\"a\nb\"", 2},
        {"\"\xff\"", 1},
        {"\"\xc3\"", 1},
        {"'a'", 0},
        {"\"\\", 2},
        {"\xef\xbb\xbf"
         "1",
         0},
        {"\"\xed\xa0\x80\"", 1},
        {"\"12345678\x01 2345678\"", 9},
        {"/**/1", 0},
        {"[1,,2]", 3},
        {"\v1", 0},
        {"\"0123456\xc0\xaf\"", 8},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;
        size_t where = 999;

        buf_append_str(&b, "kept");
        ck_assert_int_eq(json_compact(&b, slice_str(cases[i].text), &where), -EINVAL);
        ck_assert_msg(where == cases[i].where, "%s: at %zu", cases[i].text, where);
        ck_assert_str_eq(b.data, "kept");
        buf_clear(&b);
    }
}
END_TEST

START_TEST(nul_bytes_are_no_end)
{
    size_t where;

    ck_assert_int_eq(json_compact(NULL, SLICE("1\0"), &where), -EINVAL);
    ck_assert_uint_eq(where, 1);
    ck_assert_int_eq(json_compact(NULL, SLICE("\"a\0\""), NULL), -EINVAL);
    ck_assert_int_eq(json_compact(NULL, SLICE("\"\\\0\""), NULL), -EINVAL);
    ck_assert_int_eq(json_compact(NULL, SLICE("\"\\u000\0\""), NULL), -EINVAL);
}
END_TEST

/* Eight bytes at a time must find what one at a time finds. */
START_TEST(special_bytes_at_every_offset)
{
    static const char special[] = "\"\\\x1f\xff";
    char text[40];

    for (const char *c = special; *c; c++) {
        for (size_t at = 1; at < sizeof(text) - 1; at++) {
            size_t where = 0;

            memset(text, ' ', sizeof(text));
            text[0] = text[sizeof(text) - 1] = '"';
            text[at] = *c;
            ck_assert_int_eq(
                json_compact(NULL, (struct slice){text, sizeof(text)}, &where),
                -EINVAL);
            ck_assert_uint_ge(where, at);
        }
    }
}
END_TEST

static int compact_nested(size_t depth, bool objects)
{
    struct buf b = BUF_INIT, out = BUF_INIT;
    int r;

    for (size_t i = 0; i < depth; i++)
        buf_append_str(&b, objects ? "{\"a\":" : "[");
    buf_append_char(&b, '1');
    for (size_t i = 0; i < depth; i++)
        buf_append_char(&b, objects ? '}' : ']');
    r = json_compact(&out, (struct slice){b.data, b.len}, NULL);
    if (!r)
        ck_assert_str_eq(out.data, b.data);
    buf_clear(&out);
    buf_clear(&b);
    return r;
}

START_TEST(depth)
{
    ck_assert_int_eq(compact_nested(JSON_MAX_DEPTH, false), 0);
    ck_assert_int_eq(compact_nested(JSON_MAX_DEPTH, true), 0);
    ck_assert_int_eq(compact_nested(JSON_MAX_DEPTH + 1, false), -ERANGE);
    ck_assert_int_eq(compact_nested(1000000, true), -ERANGE);
}
END_TEST

/* --- reading ---------------------------------------------------------------------- */

START_TEST(types)
{
    ck_assert_int_eq(json_type(SLICE("null")), JSON_NULL);
    ck_assert_int_eq(json_type(SLICE(" true")), JSON_BOOL);
    ck_assert_int_eq(json_type(SLICE("false")), JSON_BOOL);
    ck_assert_int_eq(json_type(SLICE("-1")), JSON_NUMBER);
    ck_assert_int_eq(json_type(SLICE("\"\"")), JSON_STRING);
    ck_assert_int_eq(json_type(SLICE("[]")), JSON_ARRAY);
    ck_assert_int_eq(json_type(SLICE("\n{}")), JSON_OBJECT);
}
END_TEST

START_TEST(elements)
{
    static const char *const expected[] = {"1.50", "\"a,]\\\"\"", "[2, [\"]\"]]",
                                           "{\"x\" : 3}", "null"};
    struct json_iter it =
        json_iter(SLICE(" [ 1.50 , \"a,]\\\"\",[2, [\"]\"]] , {\"x\" : 3}, null ] "));

    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        ck_assert(json_next(&it));
        ck_assert(slice_eq(it.value, expected[i]));
    }
    ck_assert(!json_next(&it));
    ck_assert(!json_next(&it));
    it = json_iter(SLICE("[ ]"));
    ck_assert(!json_next(&it));
    it = json_iter(SLICE("7"));
    ck_assert(!json_next(&it));
}
END_TEST

START_TEST(pairs)
{
    struct json_iter it = json_iter(SLICE("{ \"a\" : 1.0 , \"b:\":{\"c\":2}}"));

    ck_assert(json_next(&it));
    ck_assert(slice_eq(it.key, "\"a\"") && slice_eq(it.value, "1.0"));
    ck_assert(json_next(&it));
    ck_assert(slice_eq(it.key, "\"b:\"") && slice_eq(it.value, "{\"c\":2}"));
    ck_assert(!json_next(&it));
}
END_TEST

/* Nobody may walk them, but who does so by mistake must come to an end. */
START_TEST(what_is_not_json_ends)
{
    static const char *const texts[] = {"[:", "[1:2]",   "{:",   "{\"a\"}", "[,,",
                                        "{]", "{\"a\":", "[\"a", "[{]",     "{,:,:"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json_iter it = json_iter(slice_str(texts[i]));
        size_t n = 0;

        while (json_next(&it))
            ck_assert_uint_lt(n++, 10);
    }
}
END_TEST

START_TEST(member_by_name)
{
    struct slice object = SLICE("{\"x\":{\"a\":0},\"a\":1e2,\"a\":2,\"\\u0062\":3}"), v;

    ck_assert(json_member(object, "a", &v) && slice_eq(v, "1e2"));
    ck_assert(json_member(object, "b", &v) && slice_eq(v, "3"));
    ck_assert(!json_member(object, "c", &v));
    ck_assert(!json_member(object, "", &v));
    ck_assert(!json_member(SLICE("[\"a\",1]"), "a", &v));
}
END_TEST

START_TEST(unquoting)
{
    static const struct {
        const char *in, *out;
        size_t n;
    } cases[] = {
        {"\"\"", "", 0},
        {"\"a\\\"\\\\\\/b\"", "a\"\\/b", 5},
        {"\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t", 5},
        {"\"a\\u0000b\"", "a\0b", 3},
        {"\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac", 5},
        {"\"\\ud83d\\udc1F\"", "\xf0\x9f\x90\x9f", 4},
        {"\"\\ud83d\"", "\xef\xbf\xbd", 3},
        {"\"\\u0041\\udc1f\"", "A\xef\xbf\xbd", 4},
        {"\"\\udc1fx\"", "\xef\xbf\xbdx", 4},
        {"\"\\ud83d\\ud83d\\udc1f\"", "\xef\xbf\xbd\xf0\x9f\x90\x9f", 7},
        {"\"\\ud83dA\\n\"",
         "\xef\xbf\xbd"
         "A\n",
         5},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        json_append_unquoted(&b, slice_str(cases[i].in));
        ck_assert_uint_eq(b.len, cases[i].n);
        if (b.len)
            ck_assert_mem_eq(b.data, cases[i].out, b.len);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(as_text)
{
    struct buf b = BUF_INIT;

    json_append_text(&b, SLICE("\"a\\n\""));
    json_append_text(&b, SLICE("1.0"));
    json_append_text(&b, SLICE("[\"a\"]"));
    ck_assert_str_eq(b.data, "a\n1.0[\"a\"]");
    buf_clear(&b);
    ck_assert(json_string_is(SLICE("\"ab\""), SLICE("ab")));
    ck_assert(json_string_is(SLICE("\"\\u0061b\""), SLICE("ab")));
    ck_assert(json_string_is(SLICE("\"a\\u0000\""), SLICE("a\0")));
    ck_assert(json_string_is(SLICE("\"\""), (struct slice){0}));
    ck_assert(!json_string_is(SLICE("\"ab\""), SLICE("a")));
    ck_assert(!json_string_is(SLICE("\"a\\u0000\""), SLICE("a")));
}
END_TEST

START_TEST(what_is_written_reads_back)
{
    char text[256];
    struct buf json = BUF_INIT, back = BUF_INIT;

    for (int i = 0; i < 128; i++)
        text[i] = (char)i;
    json_append_string(&json, text, 128);
    ck_assert_int_eq(json_compact(NULL, (struct slice){json.data, json.len}, NULL), 0);
    json_append_unquoted(&back, (struct slice){json.data, json.len});
    ck_assert_uint_eq(back.len, 128);
    ck_assert_mem_eq(back.data, text, 128);
    buf_clear(&json);
    buf_clear(&back);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("json", strings, empty_buffers_have_no_data, members, accepted,
                       refused, nul_bytes_are_no_end, special_bytes_at_every_offset,
                       depth, types, elements, pairs, what_is_not_json_ends,
                       member_by_name, unquoting, as_text, what_is_written_reads_back);
}

int main(void)
{
    return check_main(suite);
}
