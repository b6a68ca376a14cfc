#include "check_main.h"

#include "base/json.h"
#include "base/mem.h"
#include "gather/pointer.h"

static const char document[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2,"
    "\"e^f\": 3, \"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, "
    "\" \": 7, \"m~n\": 8}";

static void check_found(const char *in, const char *pointer, const char *wanted)
{
    struct slice value;
    bool found = pointer_find(slice_str(in), slice_str(pointer), &value);

    ck_assert_msg(found == (wanted != NULL), "%s in %s", pointer, in);
    ck_assert_msg(!wanted || slice_eq(value, wanted), "%s in %s: %.*s", pointer, in,
                  (int)value.len, value.data);
}

/* RFC 6901, 5. */
START_TEST(examples_of_the_rfc)
{
    static const char *const cases[][2] = {
        {"", document},        {"/foo", "[\"bar\", \"baz\"]"},
        {"/foo/0", "\"bar\""}, {"/", "0"},
        {"/a~1b", "1"},        {"/c%d", "2"},
        {"/e^f", "3"},         {"/g|h", "4"},
        {"/i\\j", "5"},        {"/k\"l", "6"},
        {"/ ", "7"},           {"/m~0n", "8"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check_found(document, cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(missing)
{
    static const char *const pointers[] = {
        "/foo/2",   "/foo/-",
        "/foo/00",  "/foo/01",
        "/foo/+0",  "/foo/ 0",
        "/foo/0/x", "/foo/",
        "/bar",     "//",
        "/foo/1e0", "/foo/-1",
        "/foo/0.0", "/foo/99999999999999999999",
        "/a/b",     "/m~1n",
        "/foo/bar",
    };

    for (size_t i = 0; i < ARRAY_LEN(pointers); i++)
        check_found(document, pointers[i], NULL);
    check_found("5", "/0", NULL);
    check_found("\"abc\"", "/0", NULL);
    check_found("[]", "/0", NULL);
    check_found("{}", "/", NULL);
    check_found("null", "/", NULL);
}
END_TEST

START_TEST(escapes)
{
    check_found("{\"\\u0061\\/b\":1}", "/a~1b", "1");
    check_found("{\"~1\":1,\"/\":2}", "/~01", "1");
    check_found("{\"~1\":1,\"/\":2}", "/~1", "2");
    check_found("{\"\\u20ac\":1}", "/\xe2\x82\xac", "1");
    check_found("{\"\\ud83d\\ude00\":1}", "/\xf0\x9f\x98\x80", "1");
}
END_TEST

/* As jq, Python and JavaScript have it. */
START_TEST(last_of_duplicates)
{
    check_found("{\"a\":1,\"a\":{\"b\":2,\"b\":3}}", "/a/b", "3");
    check_found("{\"a\":{\"b\":1},\"\\u0061\":2}", "/a", "2");
    check_found("{\"a\":{\"b\":1},\"a\":2}", "/a/b", NULL);
}
END_TEST

START_TEST(values_are_parts_of_the_text)
{
    check_found(" [ 1.10 , 9007199254740993 , 1e400 ] ", "/0", "1.10");
    check_found(" [ 1.10 , 9007199254740993 , 1e400 ] ", "/1", "9007199254740993");
    check_found(" [ 1.10 , 9007199254740993 , 1e400 ] ", "/2", "1e400");
    check_found("{ \"a\" : { \"b\" : [ ] } }", "/a", "{ \"b\" : [ ] }");
    check_found("[\"]\",\"}\\\"\",3]", "/2", "3");
}
END_TEST

START_TEST(nul)
{
    struct slice value;

    ck_assert(pointer_find(SLICE("{\"a\\u0000b\":1}"), SLICE("/a\0b"), &value));
    ck_assert(slice_eq(value, "1"));
    ck_assert(!pointer_find(SLICE("{\"a\":1}"), SLICE("/a\0"), &value));
}
END_TEST

START_TEST(syntax)
{
    static const char *const good[] = {"", "/", "/a", "//", "/~0~1", "/-", "/ "};
    static const char *const bad[] = {"a",   "a/b", " /a",   "/~",
                                      "/a~", "/~2", "/~a/b", "#/a"};

    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        ck_assert_msg(!pointer_wrong(slice_str(good[i])), "%s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_msg(pointer_wrong(slice_str(bad[i])) != NULL, "%s", bad[i]);
}
END_TEST

/* Neither recursion nor memory: as deep as a document may be, and what is no document.
 */
START_TEST(deep)
{
    struct buf json = BUF_INIT, pointer = BUF_INIT;
    struct slice value;

    for (int i = 0; i < JSON_MAX_DEPTH; i++) {
        buf_append_str(&json, "[");
        buf_append_str(&pointer, "/0");
    }
    pointer.len -= 2;
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        buf_append_str(&json, "]");
    ck_assert(pointer_find((struct slice){json.data, json.len},
                           (struct slice){pointer.data, pointer.len}, &value));
    ck_assert(slice_eq(value, "[]"));
    buf_clear(&json);
    buf_clear(&pointer);
    check_found("{\"a", "/a", NULL);
    check_found("[[[[[", "/0/0/0/0/0/0/0", NULL);
    check_found("", "/a", NULL);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("gather_pointer", examples_of_the_rfc, missing, escapes,
                       last_of_duplicates, values_are_parts_of_the_text, nul, syntax,
                       deep);
}

int main(void)
{
    return check_main(suite);
}
