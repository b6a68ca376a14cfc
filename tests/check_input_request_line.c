#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "input/request_line.h"

static const struct request_template no_template;

static struct item parse_any(const char *line, size_t n,
                             const struct request_template *t, bool files)
{
    char *copy = mem_alloc(n); /* so that a sanitizer sees a read behind the end */
    struct item item = {0};

    memcpy(copy, line, n);
    request_line_parse(&item, (struct slice){copy, n}, t ? t : &no_template, files);
    free(copy);
    return item;
}

static struct item parse_bytes(const char *line, size_t n,
                               const struct request_template *t)
{
    return parse_any(line, n, t, false);
}

static struct item parse_with(const char *line, const struct request_template *t)
{
    return parse_bytes(line, strlen(line), t);
}

static struct item parse(const char *line)
{
    return parse_with(line, NULL);
}

static struct item parse_file(const char *line)
{
    return parse_any(line, strlen(line), NULL, true);
}

static bool has_line(const struct item *item, const char *line)
{
    for (size_t i = 0; i < item->request.header_count; i++)
        if (strcmp(item->request.headers[i], line) == 0)
            return true;
    return false;
}

START_TEST(urls)
{
    static const char *const lines[] = {"http://a/", "a b",  "#no",
                                        "[",         "\xff", "http://a/{x}"};

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct item item = parse(lines[i]);

        ck_assert_str_eq(item.request.url, lines[i]);
        ck_assert_ptr_null(item.why); /* whether it is a URL is found out later */
        ck_assert_ptr_null(item.request.method);
        ck_assert_ptr_null(item.request.body);
        ck_assert_int_eq(item.request.retries, REQUEST_DEFAULT);
        ck_assert_double_eq(item.request.max_time, REQUEST_DEFAULT);
        item_clear(&item);
    }
}
END_TEST

START_TEST(whole_object)
{
    struct item item =
        parse("{\"id\": [1.50, {\"a\" : 1}], \"url\":\"http://a/\\u00e9\","
              "\"method\":\"PUT\",\"headers\":{\"X-A\":\"1\",\"X-B\":\"\"},"
              "\"body\":\"a\\u0000b\",\"max_time\":2.5e0,\"retry\":3}");

    ck_assert_ptr_null(item.why);
    ck_assert_str_eq(item.id, "[1.50,{\"a\":1}]");
    ck_assert_str_eq(item.request.url, "http://a/\xc3\xa9");
    ck_assert_str_eq(item.request.method, "PUT");
    ck_assert_uint_eq(item.request.header_count, 2);
    ck_assert(has_line(&item, "X-A: 1") && has_line(&item, "X-B;"));
    ck_assert_uint_eq(item.request.body_len, 3);
    ck_assert_mem_eq(item.request.body, "a\0b", 3);
    ck_assert_double_eq(item.request.max_time, 2.5);
    ck_assert_int_eq(item.request.retries, 3);
    item_clear(&item);
}
END_TEST

START_TEST(nulls)
{
    struct item item =
        parse("{\"url\":\"u\",\"method\":null,\"headers\":null,"
              "\"body\":null,\"max_time\":null,\"retry\":null,\"id\":null}");

    ck_assert_ptr_null(item.why);
    ck_assert_ptr_null(item.request.method);
    ck_assert_ptr_null(item.request.body);
    ck_assert_int_eq(item.request.retries, REQUEST_DEFAULT);
    ck_assert_str_eq(item.id, "null");
    item_clear(&item);
}
END_TEST

START_TEST(json_as_it_stood)
{
    static const char *const values[] = {
        "9007199254740993",    "1e400", "-0.10",         "null", "\"\\u00e9\\/\"",
        "{\"a\" : 1,\"a\":2}", "[ 1 ]", "{\"b\":\"}\"}", "true",
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct buf line = BUF_INIT;
        struct item item;

        buf_appendf(&line, "{\"json\" : %s , \"url\":\"u\"}", values[i]);
        item = parse(line.data);
        ck_assert_ptr_null(item.why);
        ck_assert_str_eq(item.request.body, values[i]);
        ck_assert_uint_eq(item.request.body_len, strlen(values[i]));
        ck_assert(has_line(&item, "Content-Type: application/json"));
        ck_assert(has_line(&item, "Accept: application/json"));
        item_clear(&item);
        buf_clear(&line);
    }
}
END_TEST

START_TEST(json_headers_given)
{
    struct item item =
        parse("{\"url\":\"u\",\"json\":1,"
              "\"headers\":[\"content-type: text/x\",[\"Acceptance\",\"1\"]]}");

    ck_assert_uint_eq(item.request.header_count, 3);
    ck_assert(has_line(&item, "content-type: text/x"));
    ck_assert(has_line(&item, "Acceptance: 1"));
    ck_assert(has_line(&item, "Accept: application/json"));
    item_clear(&item);
}
END_TEST

START_TEST(wrong)
{
    static const struct {
        const char *line, *why;
    } cases[] = {
        {"{", "not JSON, from byte 2 on"},
        {"{\"url\":\"u\"", "not JSON"},
        {"{\"url\":\"u\"}x", "not JSON"},
        {"{'url':'u'}", "not JSON"},
        {"{\"url\":\"\xff\"}", "not JSON"},
        {"{}", "field \"url\": missing"},
        {"{\"url\":5}", "field \"url\": must be a string"},
        {"{\"url\":null}", "field \"url\": must be a string"},
        {"{\"url\":\"a\\u0000b\"}", "field \"url\": holds a NUL"},
        {"{\"url\":\"u\",\"url\":\"v\"}", "field \"url\": given twice"},
        {"{\"url\":\"u\",\"\\u0075rl\":\"v\"}", "field \"url\": given twice"},
        {"{\"url\":\"u\",\"header\":{}}", "field \"header\": not known"},
        {"{\"url\":\"u\",\"a\\u0000\":1}", "a field's name holds a NUL"},
        {"{\"url\":\"u\",\"method\":5}", "field \"method\""},
        {"{\"url\":\"u\",\"method\":\"\"}", "field \"method\""},
        {"{\"url\":\"u\",\"method\":\"A B\"}", "field \"method\""},
        {"{\"url\":\"u\",\"method\":\"GET / HTTP/1.1\\r\\nX: y\"}", "field \"method\""},
        {"{\"url\":\"u\",\"method\":\"A:B\"}", "field \"method\""},
        {"{\"url\":\"u\",\"method\":\"A\\u0000\"}", "field \"method\""},
        {"{\"url\":\"u\",\"headers\":\"X: y\"}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":{\"X\":{}}}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":{\"X\":\"a\\r\\nY: b\"}}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":{\"X\":\"a\\u0000b\"}}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":{\"X: Y\":\"b\"}}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":{\"\":\"b\"}}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":[\"X\"]}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":[[\"X\"]]}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":[[\"X\",\"Y\",\"Z\"]]}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":[[\"X\",1]]}", "field \"headers\""},
        {"{\"url\":\"u\",\"headers\":[{}]}", "field \"headers\""},
        {"{\"url\":\"u\",\"body\":{}}", "field \"body\": must be a string"},
        {"{\"url\":\"u\",\"body\":\"\",\"json\":1}", "not together"},
        {"{\"url\":\"u\",\"json\":1,\"body\":\"\"}", "not together"},
        {"{\"url\":\"u\",\"max_time\":\"1\"}", "field \"max_time\""},
        {"{\"url\":\"u\",\"max_time\":-1}", "field \"max_time\""},
        {"{\"url\":\"u\",\"max_time\":1e99}", "field \"max_time\""},
        {"{\"url\":\"u\",\"retry\":-1}", "field \"retry\""},
        {"{\"url\":\"u\",\"retry\":1.0}", "field \"retry\""},
        {"{\"url\":\"u\",\"retry\":99999999999}", "field \"retry\""},
        {"{\"url\":\"u\",\"retry\":\"1\"}", "field \"retry\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct item item = parse(cases[i].line);

        ck_assert_msg(item.why && strstr(item.why, cases[i].why), "%s: %s",
                      cases[i].line, item.why ? item.why : "fine");
        ck_assert_ptr_nonnull(item.request.url);
        item_clear(&item);
    }
}
END_TEST

START_TEST(wrong_keeps_id_and_url)
{
    struct item item = parse("{\"bad\":1,\"url\":\"http://u/\",\"id\":\"7\"}");

    ck_assert_ptr_nonnull(item.why);
    ck_assert_str_eq(item.id, "\"7\"");
    ck_assert_str_eq(item.request.url, "http://u/");
    item_clear(&item);
    item = parse("{\"url\":5,\"id\":7}");
    ck_assert_str_eq(item.id, "7");
    ck_assert_str_eq(item.request.url, "{\"url\":5,\"id\":7}");
    item_clear(&item);
}
END_TEST

START_TEST(shown)
{
    struct buf line = BUF_INIT;
    struct item item = parse_bytes("http://a/\0b", 11, NULL);

    ck_assert_str_eq(item.why, "a NUL byte in the line");
    ck_assert_str_eq(item.request.url, "http://a/\xef\xbf\xbd"
                                       "b");
    item_clear(&item);

    buf_append_char(&line, '{');
    while (line.len < 999)
        buf_append_char(&line, 'x');
    buf_append_str(&line, "\xc3\xa9 and more"); /* not cut within the letter */
    item = parse_bytes(line.data, line.len, NULL);
    ck_assert_uint_eq(strlen(item.request.url), 999 + 3);
    ck_assert_str_eq(item.request.url + 998, "x...");
    item_clear(&item);
    buf_clear(&line);
}
END_TEST

START_TEST(template_fills_in)
{
    static const struct request_template t = {
        .method = "PUT", .body = "b\0c", .body_len = 3};
    struct item item = parse_with("http://a/", &t);

    ck_assert_str_eq(item.request.method, "PUT");
    ck_assert_uint_eq(item.request.body_len, 3);
    ck_assert_ptr_eq(item.request.body, t.body); /* one copy for all */
    ck_assert_uint_eq(item.request.header_count, 0);
    item_clear(&item);
    item = parse_with("{\"url\":\"u\",\"json\":1,\"method\":\"POST\"}", &t);
    ck_assert_str_eq(item.request.method, "POST");
    ck_assert_str_eq(item.request.body, "1");
    item_clear(&item);
}
END_TEST

START_TEST(template_json)
{
    static const char *const lines[] = {"accept: x", NULL};
    struct request_template t = {.body = "{}", .body_len = 2, .json = true};
    struct item item = parse_with("http://a/", &t);

    ck_assert(has_line(&item, "Content-Type: application/json"));
    ck_assert(has_line(&item, "Accept: application/json"));
    item_clear(&item);
    t.headers = lines; /* the user's -H, sent with every request: it stands */
    item = parse_with("http://a/", &t);
    ck_assert(has_line(&item, "Content-Type: application/json"));
    ck_assert_uint_eq(item.request.header_count, 1);
    item_clear(&item);
    item = parse_with("{\"url\":\"u\",\"body\":\"x\"}", &t);
    ck_assert_uint_eq(item.request.header_count, 0); /* a body of its own, no JSON */
    item_clear(&item);
}
END_TEST

START_TEST(deep)
{
    struct buf line = BUF_INIT;
    struct item item;

    buf_append_str(&line, "{\"url\":\"u\",\"json\":");
    for (int i = 0; i < 1000000; i++)
        buf_append_char(&line, '[');
    item = parse_bytes(line.data, line.len, NULL);
    ck_assert_str_eq(item.why, "JSON nested deeper than 200");
    item_clear(&item);
    buf_clear(&line);
}
END_TEST

START_TEST(many_headers)
{
    struct buf line = BUF_INIT;
    struct item item;

    buf_append_str(&line, "{\"url\":\"u\",\"headers\":[\"A: 1\"");
    for (int i = 1; i < 1000; i++)
        buf_append_str(&line, ",\"A: 1\"");
    buf_append_str(&line, "]}");
    item = parse(line.data);
    ck_assert_ptr_null(item.why);
    ck_assert_uint_eq(item.request.header_count, 1000);
    item_clear(&item);
    line.len -= 2;
    buf_append_str(&line, ",\"A: 1\"]}");
    item = parse(line.data);
    ck_assert_str_eq(item.why, "field \"headers\": more than 1000 headers");
    item_clear(&item);
    buf_clear(&line);
}
END_TEST

/* ---- files ---- */

#define DIGITS "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF"

/* "url mirror mirror >output #sha256", or "!why". */
static void expect_file(const char *line, const char *expected)
{
    struct item item = parse_file(line);
    struct buf text = BUF_INIT;

    buf_append_str(&text, item.request.url);
    for (size_t i = 0; i < item.mirror_count; i++)
        buf_appendf(&text, " %s", item.mirrors[i]);
    if (item.output)
        buf_appendf(&text, " >%s", item.output);
    if (item.sha256)
        buf_appendf(&text, " #%s", item.sha256);
    ck_assert_msg(!item.why, "%s: %s", line, item.why);
    ck_assert_str_eq(text.data, expected);
    buf_clear(&text);
    item_clear(&item);
    ck_assert(!item.mirrors && !item.output && !item.sha256);
}

START_TEST(file_fields)
{
    static const struct {
        const char *line, *expected;
    } cases[] = {
        {"a", "a"},
        {"http://a/x y", "http://a/x y"}, /* what is wrong with it is found out later */
        {"a\tb", "a >b"},
        {"a \t b.c/d e\xff ", "a >b.c/d e\xff"},
        {"a\thttp:/b", "a >http:/b"},
        {"a\thttps", "a >https"},
        {"a\t{\"url\":\"b\"}", "a >{\"url\":\"b\"}"},
        {"a\thttp://b", "a http://b"},
        {"a\thttp://", "a http://"},
        {"a\thTTp://b\t HTTPS://c\thttp://d", "a hTTp://b HTTPS://c http://d"},
        {"https://a\thttp://b\tname", "https://a http://b >name"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_file(cases[i].line, cases[i].expected);
}
END_TEST

START_TEST(file_object)
{
    expect_file("{\"url\":\"a\"}", "a");
    expect_file("{\"urls\":[\"a\"]}", "a");
    expect_file("{\"urls\":[\"a\",\"b\\u00e9\",\"ftp:c\"],\"output\":\"d\\te\"}",
                "a b\xc3\xa9 ftp:c >d\te");
    expect_file("{\"sha256\":\"" DIGITS "\",\"url\":\"a\"}",
                "a #0123456789abcdef0123456789abcdef"
                "0123456789abcdef0123456789abcdef");
    expect_file("{\"url\":\"a\",\"sha256\":null,\"output\":null}", "a");
}
END_TEST

/* What both kinds of lines have is the same for both. */
START_TEST(file_object_common)
{
    struct item item =
        parse_file("{\"id\":[1 ],\"url\":\"a\",\"headers\":{\"X\":\"1\"},"
                   "\"max_time\":2.5,\"retry\":3}");

    ck_assert_ptr_null(item.why);
    ck_assert_str_eq(item.id, "[1]");
    ck_assert(has_line(&item, "X: 1"));
    ck_assert_double_eq(item.request.max_time, 2.5);
    ck_assert_int_eq(item.request.retries, 3);
    item_clear(&item);
    item = parse_file("a\tb");
    ck_assert_double_eq(item.request.max_time, REQUEST_DEFAULT);
    ck_assert_int_eq(item.request.retries, REQUEST_DEFAULT);
    item_clear(&item);
}
END_TEST

START_TEST(file_wrong)
{
    static const struct {
        const char *line, *why, *url;
    } cases[] = {
        {"a\t\tb", "field 2 is empty", "a"},
        {"a\thttp://b\t  \tc", "field 3 is empty", "a"},
        {"a\tb\tc", "field 2 is not the last", "a"},
        {"a\tb\thttp://c", "field 2 is not the last", "a"},
        {"a\thttp://b\tc\td", "field 3 is not the last", "a"},
        {"{}", "field \"url\": missing, \"urls\" too", "{}"},
        {"{\"url\":\"a\",\"urls\":[\"b\"]}", "field \"urls\": not together", "a"},
        {"{\"urls\":[\"b\"],\"url\":\"a\"}", "field \"url\": not together", "b"},
        {"{\"urls\":[\"b\"],\"urls\":[\"a\"]}", "field \"urls\": given twice", "b"},
        {"{\"no\":1,\"urls\":[\"b\"],\"url\":\"a\"}", "field \"no\": not known", "b"},
        {"{\"urls\":[]}", "field \"urls\": must hold one", "{\"urls\":[]}"},
        {"{\"urls\":\"a\"}", "field \"urls\": must be a list", NULL},
        {"{\"urls\":{\"a\":\"b\"}}", "field \"urls\": must be a list", NULL},
        {"{\"urls\":null,\"url\":\"a\"}", "field \"urls\": must be a list", "a"},
        {"{\"urls\":[\"a\",1]}", "field \"urls\": must hold strings", "a"},
        {"{\"urls\":[\"a\",\"\"]}", "field \"urls\": must hold strings", "a"},
        {"{\"urls\":[\"a\",\"b\\u0000\"]}", "field \"urls\": must hold strings", "a"},
        {"{\"url\":\"a\",\"output\":\"\"}", "field \"output\": must not be", "a"},
        {"{\"url\":\"a\",\"output\":\"b\\u0000\"}", "\"output\": holds a NUL", "a"},
        {"{\"url\":\"a\",\"output\":[\"b\"]}", "\"output\": must be a string", "a"},
        {"{\"output\":\"a\",\"output\":\"b\"}", "\"output\": given twice", NULL},
        {"{\"url\":\"a\",\"sha256\":1}", "field \"sha256\": must be", "a"},
        {"{\"url\":\"a\",\"sha256\":\"\"}", "field \"sha256\": must be", "a"},
        {"{\"url\":\"a\",\"sha256\":\"" DIGITS "0\"}", "field \"sha256\"", "a"},
        {"{\"url\":\"a\",\"sha256\":\"g123456789abcdef0123456789abcdef"
         "0123456789abcdef0123456789abcdef\"}",
         "field \"sha256\": must be a string of 64 hex digits", "a"},
        {"{\"url\":\"a\",\"sha256\":\"" DIGITS "\\u0000\"}", "\"sha256\"", "a"},
        {"{\"url\":\"a\",\"method\":\"GET\"}", "\"method\": download only gets", "a"},
        {"{\"url\":\"a\",\"body\":null}", "\"body\": download only gets files", "a"},
        {"{\"json\":1,\"url\":\"a\"}", "\"json\": download only gets files", "a"},
        {"{\"url\":\"a\",\"headers\":{\"A\":\"b\",\"rANGE\":\"bytes=0-1\"}}",
         "field \"headers\": Range, If-Range", "a"},
        {"{\"url\":\"a\",\"headers\":[[\"If-Range\",\"\"]]}", "by trawl itself", "a"},
        {"{\"url\":\"a\",\"headers\":[\"Accept-Encoding: gzip\"]}", "by trawl", "a"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct item item = parse_file(cases[i].line);

        ck_assert_msg(item.why && strstr(item.why, cases[i].why), "%s: %s",
                      cases[i].line, item.why ? item.why : "fine");
        if (cases[i].url)
            ck_assert_str_eq(item.request.url, cases[i].url);
        item_clear(&item);
    }
}
END_TEST

/* What files have is nothing to a line that is no file's. */
START_TEST(file_fields_alone)
{
    static const char *const names[] = {"urls", "output", "sha256"};
    struct item item = parse("http://a/\tb\thttp://c/");

    ck_assert_str_eq(item.request.url, "http://a/\tb\thttp://c/");
    ck_assert_ptr_null(item.why);
    ck_assert(!item.mirrors && !item.output);
    item_clear(&item);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct buf line = BUF_INIT, why = BUF_INIT;

        buf_appendf(&line, "{\"url\":\"u\",\"%s\":null}", names[i]);
        buf_appendf(&why, "field \"%s\": not known", names[i]);
        item = parse(line.data);
        ck_assert_str_eq(item.why, why.data);
        item_clear(&item);
        buf_clear(&line);
        buf_clear(&why);
    }
}
END_TEST

START_TEST(many_mirrors)
{
    struct buf line = BUF_INIT, object = BUF_INIT;
    struct item item;

    buf_append_str(&line, "http://0");
    buf_append_str(&object, "{\"urls\":[\"http://0\"");
    for (int i = 1; i <= 100; i++) {
        buf_appendf(&line, "\thttp://%d", i);
        buf_appendf(&object, ",\"%d\"", i);
    }
    buf_append_str(&line, "\tname");
    buf_append_str(&object, "]}");
    for (int i = 0; i < 2; i++) {
        item = parse_file(i ? object.data : line.data);
        ck_assert_ptr_null(item.why);
        ck_assert_uint_eq(item.mirror_count, 100);
        ck_assert_str_eq(item.mirrors[99], i ? "100" : "http://100");
        item_clear(&item);
    }
    buf_append_str(&line, "\tother"); /* one name too many */
    item = parse_file(line.data);
    ck_assert(str_starts(item.why, "field 102 is not the last"));
    item_clear(&item);
    line.len -= strlen("\tname\tother");
    buf_append_str(&line, "\thttp://101");
    object.len -= 2;
    buf_append_str(&object, ",\"101\"]}");
    for (int i = 0; i < 2; i++) {
        item = parse_file(i ? object.data : line.data);
        ck_assert_msg(str_starts(item.why, i ? "field \"urls\": more than 100 mirrors"
                                             : "field 102 is one mirror too many"),
                      "%s", item.why);
        ck_assert_uint_eq(item.mirror_count, 100);
        item_clear(&item);
    }
    buf_clear(&line);
    buf_clear(&object);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("request_line", urls, whole_object, nulls, json_as_it_stood,
                       json_headers_given, wrong, wrong_keeps_id_and_url, shown,
                       template_fills_in, template_json, deep, many_headers,
                       file_fields, file_object, file_object_common, file_wrong,
                       file_fields_alone, many_mirrors);
}

int main(void)
{
    return check_main(suite);
}
