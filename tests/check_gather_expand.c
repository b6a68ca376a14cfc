#include "check_gather.h"

#include <errno.h>
#include <stdlib.h>

#include "gather/expand.h"

/* What a template of each kind becomes. The results: a is {"s": ..., "n": 1.10, ...}.
 */
static struct gathering {
    struct spec *spec;
    struct result results[2];
    struct scope scope;
} g;

static const char answer[] =
    "{\"s\":\"a "
    "\\\"b\\\"\",\"n\":1.10,\"l\":[1,{\"x\":null}],\"evil\":\"x/../y?a=b&c#d@%\","
    "\"dots\":\"..\",\"dot\":\".\",\"crlf\":\"a\\r\\nb\",\"nul\":\"a\\u0000\","
    "\"empty\":\"\","
    "\"url\":\"http://other.example/x?y=1\",\"ftp\":\"ftp://h/"
    "\",\"host\":\"evil.example\","
    "\"label\":\"eu\",\"port\":8080,\"slash\":\"a/b\"}";

static void set_up(const char *url, const char *more)
{
    struct buf text = BUF_INIT;

    buf_appendf(&text,
                "{\"vars\":{\"api\":\"http://api.example/v1\",\"h\":\"h.example:81\""
                "},\"requests\":{\"a\":{\"url\":\"http://h/\"},"
                "\"r\":{\"url\":\"%s\"%s}}}",
                url, more);
    g.spec = read_spec(text.data);
    buf_append_str(&g.results[0].json, answer);
    g.results[0].state = RESULT_GOOD;
    g.results[0].status = 201;
    headers_add_line(&g.results[0].headers, "ETag: \"x\"", 9);
    g.scope = (struct scope){.spec = g.spec, .results = g.results, .user = 7};
    g.scope.item = SLICE("{\"id\":5}");
    g.scope.index = 3;
    buf_clear(&text);
}

static void tear_down(void)
{
    result_clear(&g.results[0]);
    spec_free(g.spec);
}

/* ---- URLs ---- */

/* `wanted` NULL: refused. `captured`: whether it leads where a server says. */
static void check_url(const char *url, const char *wanted, bool captured)
{
    const struct reference *by = NULL;
    struct buf out = BUF_INIT;
    char *why = NULL;
    int r;

    set_up(url, "");
    r = expand_url(&out, &g.spec->requests[1].url, &g.scope, &by, &why);
    ck_assert_msg((r == 0) == (wanted != NULL), "%s: %s", url, r ? why : out.data);
    if (wanted) {
        ck_assert_str_eq(out.data, wanted);
        ck_assert_msg((by != NULL) == captured, "%s: captured", url);
    } else {
        ck_assert_int_eq(r, -EINVAL);
        ck_assert_ptr_nonnull(why);
    }
    free(why);
    buf_clear(&out);
    tear_down();
}

START_TEST(components)
{
    check_url("http://h/{{a#/s}}", "http://h/a%20%22b%22", false);
    check_url("http://h/?q={{a#/evil}}&r={{a#/n}}",
              "http://h/?q=x%2F..%2Fy%3Fa%3Db%26c%23d%40%25&r=1.10", false);
    check_url("http://h/{{a#/l}}", "http://h/%5B1%2C%7B%22x%22%3Anull%7D%5D", false);
    check_url("http://h/{{user}}/{{a.status}}/{{a.headers.etag}}",
              "http://h/7/201/%22x%22", false);
    check_url("http://h/{{a#/crlf}}{{a#/nul}}", "http://h/a%0D%0Aba%00", false);
    check_url("http://h/{{a#/nothing}}", NULL, false);
    check_url("http://h/{{a.headers.nothing}}", NULL, false);
}
END_TEST

START_TEST(beginnings)
{
    check_url("{{api}}/me", "http://api.example/v1/me", false);
    check_url("{{api}}{{a#/slash}}", "http://api.example/v1a%2Fb", false);
    check_url("http://{{h}}/me", "http://h.example:81/me", false);
    check_url("http://u:{{h}}@x/", "http://u:h.example:81@x/", false);
    check_url("{{a#/url}}", "http://other.example/x?y=1", true);
    check_url("{{a#/url}}&z={{a#/slash}}", "http://other.example/x?y=1&z=a%2Fb", true);
    check_url("{{a#/ftp}}", NULL, false);
    check_url("{{a#/slash}}", NULL, false);
    check_url("{{a#/host}}/x", NULL, false);
    check_url("{{a#/empty}}{{a#/url}}", "http://other.example/x?y=1", true);
}
END_TEST

START_TEST(hosts)
{
    check_url("http://{{a#/host}}/x", "http://evil.example/x", true);
    check_url("http://api.{{a#/host}}/x", "http://api.evil.example/x", true);
    check_url("http://api.{{a#/host}}:80/x", "http://api.evil.example:80/x", true);
    check_url("http://api.example.{{a#/host}}?x", "http://api.example.evil.example?x",
              true);
    check_url("http://api.example.{{a#/host}}", "http://api.example.evil.example",
              true);
    check_url("http://api.example.{{a#/host}}#x", "http://api.example.evil.example#x",
              true);
    check_url("http://h:{{a#/port}}/", "http://h:8080/", true);
    check_url("http://{{a#/label}}.api.example/x", "http://eu.api.example/x", false);
    check_url("http://{{a#/slash}}.api.example/x", "http://a%2Fb.api.example/x", false);
    check_url("http://u{{a#/slash}}@h/x", "http://ua%2Fb@h/x", false);
    check_url("http://{{a#/empty}}/{{a#/host}}/", NULL, false);
    check_url("http://h{{a#/empty}}/x", "http://h/x", false);
    check_url("h{{a#/host}}/x", "hevil.example/x", true);
    check_url("http://{{a#/host}}./x", "http://evil.example./x", true);
    check_url("http://{{a#/host}}.:80/x", "http://evil.example.:80/x", true);
    /* as libcurl reads them */
    check_url("http:/{{a#/host}}/x", "http:/evil.example/x", true);
    check_url("http:/{{a#/empty}}/{{a#/host}}/", "http://evil.example/", true);
    check_url("http:{{a#/host}}/x", "http:evil.example/x", true);
    check_url("http:///{{a#/host}}/x", NULL, false);
}
END_TEST

START_TEST(dots)
{
    check_url("http://h/{{a#/dots}}", NULL, false);
    check_url("http://h/{{a#/dots}}/x", NULL, false);
    check_url("http://h/x/{{a#/dot}}?y", NULL, false);
    check_url("http://h/{{a#/dot}}{{a#/dot}}/x", NULL, false);
    check_url("http://h/%2e{{a#/dot}}/x", NULL, false);
    check_url("http://h/.{{a#/empty}}./x", NULL, false);
    check_refused(
        "{\"vars\":{\"d\":\"..\"},\"requests\":{\"r\":{\"url\":\"http://h/{{d}}\"}}}",
        "1:43: {{d}}: it would make");
    check_url("http://h/x{{a#/dots}}/y", "http://h/x../y", false);
    check_url("http://h/?x=/{{a#/dots}}/", "http://h/?x=/../", false);
    check_url("http://h/#{{a#/dots}}", "http://h/#..", false);
    check_url("http://h/../{{a#/n}}", "http://h/../1.10", false); /* the author's own */
}
END_TEST

/* ---- JSON, text, headers ---- */

static void check_json(const char *json, const char *wanted)
{
    struct buf more = BUF_INIT, out = BUF_INIT;
    char *why = NULL;
    int r;

    buf_appendf(&more, ",\"json\":%s", json);
    set_up("http://h/", more.data);
    r = expand(&out, &g.spec->requests[1].json, &g.scope, &why);
    ck_assert_msg((r == 0) == (wanted != NULL), "%s: %s", json, why);
    if (wanted)
        ck_assert_str_eq(out.data, wanted);
    free(why);
    buf_clear(&out);
    buf_clear(&more);
    tear_down();
}

START_TEST(json)
{
    check_json("5", "5");
    check_json("\"{{a#/n}}\"", "1.10");
    check_json("[ \"{{ a#/s }}\" , \"{{a#/l/1}}\" ]", "[\"a \\\"b\\\"\",{\"x\":null}]");
    check_json("{\"k\":\"<{{a#/s}}|{{a#/n}}|{{a#/l}}>\"}",
               "{\"k\":\"<a \\\"b\\\"|1.10|[1,{\\\"x\\\":null}]>\"}");
    check_json("{\"{{a#/s}}\":1}", "{\"a \\\"b\\\"\":1}");
    check_json("{\"{{a#/n}}\":\"x{{a#/crlf}}\"}", "{\"1.10\":\"xa\\r\\nb\"}");
    check_json("\"\\u007b{a}} {x} \\\"{{user}}\\\"\"", "\"\\u007b{a}} {x} \\\"7\\\"\"");
    check_json("[\"{{a#/x}}\"]", NULL);
    check_json("1e400", "1e400");
}
END_TEST

static void check_text(const char *string, const char *header, const char *body)
{
    struct buf more = BUF_INIT, out = BUF_INIT;
    char *why = NULL;
    int r;

    buf_appendf(&more, ",\"headers\":{\"A\":%s},\"body\":%s", string, string);
    set_up("http://h/", more.data);
    r = expand_header(&out, &g.spec->requests[1].headers[0].value, &g.scope, &why);
    ck_assert_msg((r == 0) == (header != NULL), "%s: %s", string, why);
    if (header)
        ck_assert_str_eq(out.data, header);
    free(why);
    why = NULL;
    buf_reset(&out);
    ck_assert_int_eq(expand(&out, &g.spec->requests[1].body, &g.scope, &why), 0);
    ck_assert_msg(out.len >= strlen(body) && !strcmp(out.data, body), "%s", out.data);
    buf_clear(&out);
    buf_clear(&more);
    tear_down();
}

START_TEST(text)
{
    check_text("\"{{a#/s}}\"", "a \"b\"", "a \"b\"");
    check_text("\"Bearer {{a#/n}} {{user}}\"", "Bearer 1.10 7", "Bearer 1.10 7");
    check_text("\"x{{a#/crlf}}\"", NULL, "xa\r\nb");
    check_text("\"{{a#/nul}}\"", NULL, "a");
    check_text("\"\\u00e9{{a#/l}}\"", "\xc3\xa9[1,{\"x\":null}]",
               "\xc3\xa9[1,{\"x\":null}]");
}
END_TEST

/* What was found is found again without a search, for results stay as they are. */
START_TEST(memo)
{
    struct slice slots[4] = {{0}};
    struct buf out = BUF_INIT;
    char *why = NULL;

    set_up("http://h/{{a#/n}}{{user}}", "");
    g.scope.memo = slots;
    for (int i = 0; i < 2; i++) {
        const struct reference *by;

        buf_reset(&out);
        ck_assert_int_eq(
            expand_url(&out, &g.spec->requests[1].url, &g.scope, &by, &why), 0);
        ck_assert_str_eq(out.data, "http://h/1.107");
    }
    ck_assert(slice_eq(slots[0], "1.10"));
    ck_assert_ptr_null(slots[1].data);
    buf_clear(&out);
    tear_down();
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("gather_expand", components, beginnings, hosts, dots, json, text,
                       memo);
}

int main(void)
{
    return check_main(suite);
}
