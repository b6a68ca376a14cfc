#include "check_main.h"

#include <stdint.h>
#include <stdlib.h>

#include <libpsl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pattern.h"
#include "crawl/scope.h"

static struct scope *make_scope(enum scope_kind kind, const char *start)
{
    struct scope *s =
        scope_new(&(struct scope_config){.kind = kind, .level = SCOPE_LEVEL_INF});

    scope_add_start(s, start);
    return s;
}

static void expect(const struct scope *s, const char *url, enum scope_verdict verdict)
{
    enum scope_verdict v = scope_judge(s, url, 1, false);

    ck_assert_msg(v == verdict, "%s: %d", url, v);
    ck_assert(scope_is_outside(s, url) == (v == SCOPE_OUT));
}

START_TEST(prefix)
{
    struct scope *s = make_scope(SCOPE_PREFIX, "http://h/en/a/index.html?x=/y/");

    for (int i = 0; i < 2; i++) { /* what was asked last is remembered */
        expect(s, "http://h/en/a/", SCOPE_IN);
        expect(s, "http://h/en/a/b?c", SCOPE_IN);
        expect(s, "http://h/en/a/b/c/d", SCOPE_IN);
        expect(s, "http://h/en/a", SCOPE_OUT);
        expect(s, "http://h/en/ab/c", SCOPE_OUT);
        expect(s, "http://h/en/", SCOPE_OUT);
        expect(s, "http://h/", SCOPE_OUT);
        expect(s, "http://h/?/en/a/", SCOPE_OUT);
        expect(s, "https://h/en/a/b", SCOPE_OUT);
        expect(s, "http://h:81/en/a/b", SCOPE_OUT);
        expect(s, "http://g/en/a/b", SCOPE_OUT);
    }
    scope_add_start(s, "http://g/en/x");
    scope_add_start(s, "http://g/en/y");
    expect(s, "http://g/en/a/b", SCOPE_IN);
    expect(s, "http://h/en/a/b", SCOPE_IN);
    scope_free(s);
    s = make_scope(SCOPE_PREFIX, "http://h/");
    expect(s, "http://h/a/b/c", SCOPE_IN);
    expect(s, "http://h.g/a/b/c", SCOPE_OUT);
    scope_free(s);
}
END_TEST

START_TEST(host)
{
    struct scope *s = make_scope(SCOPE_HOST, "http://www.h.test:81/a/");

    expect(s, "http://www.h.test/", SCOPE_IN);
    expect(s, "https://www.h.test:9/b", SCOPE_IN);
    expect(s, "http://h.test/", SCOPE_OUT);
    expect(s, "http://a.www.h.test/", SCOPE_OUT);
    scope_add_start(s, "http://[::1]:80/");
    expect(s, "http://[::1]:81/x", SCOPE_IN);
    expect(s, "http://[::2]/", SCOPE_OUT);
    scope_free(s);
}
END_TEST

static bool same_domain(const char *a, const char *b)
{
    struct scope *s = make_scope(SCOPE_DOMAIN, a);
    bool outside = scope_is_outside(s, b);

    scope_free(s);
    return !outside;
}

START_TEST(domain)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"http://www.example.com/", "https://example.com:8443/x", true},
        {"http://www.example.com/", "http://a.b.example.com/", true},
        {"http://www.example.com/", "http://example.com./", true},
        {"http://www.example.com/", "http://example.org/", false},
        {"http://www.example.com/", "http://xexample.com/", false},
        {"http://a.example.co.uk/", "http://b.example.co.uk/", true},
        {"http://a.co.uk/", "http://b.co.uk/", false},
        {"http://a.github.io/", "http://b.github.io/", false},
        {"http://co.uk/", "http://a.co.uk/", false},
        {"http://co.uk/", "http://co.uk/x", true},
        {"http://localhost:81/", "http://localhost:82/", true},
        {"http://localhost/", "http://a.localhost/", false},
        {"http://10.0.0.1/", "http://10.0.0.1:81/", true},
        {"http://10.0.0.1/", "http://11.0.0.1/", false},
        {"http://[::1]/", "http://[::1]:81/", true},
        {"http://[::1]/", "http://[::2]/", false},
    };

    if (!psl_check_version_number(0) || psl_suffix_count(psl_builtin()) <= 0)
        return; /* a library without a list */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_msg(same_domain(cases[i].a, cases[i].b) == cases[i].same, "%s, %s",
                      cases[i].a, cases[i].b);
}
END_TEST

START_TEST(any)
{
    struct scope *s = make_scope(SCOPE_ANY, "http://h/");

    expect(s, "https://elsewhere.test:9/", SCOPE_IN);
    scope_free(s);
}
END_TEST

/* Parts of a page: wherever they lie, one level further. */
START_TEST(levels)
{
    struct scope *s = scope_new(&(struct scope_config){.kind = SCOPE_HOST, .level = 2});

    scope_add_start(s, "http://h/");
    ck_assert_int_eq(scope_judge(s, "http://h/a", 2, false), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://h/a", 3, false), SCOPE_TOO_DEEP);
    ck_assert_int_eq(scope_judge(s, "http://h/a", 3, true), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://g/a", 3, true), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://g/a", 4, true), SCOPE_TOO_DEEP);
    ck_assert_int_eq(scope_judge(s, "http://g/a", 3, false), SCOPE_OUT);
    ck_assert_int_eq(scope_judge(s, "http://g/a", 0, false), SCOPE_IN);
    scope_free(s);
    s = scope_new(&(struct scope_config){.kind = SCOPE_ANY, .level = SCOPE_LEVEL_INF});
    ck_assert_int_eq(scope_judge(s, "http://h/a", UINT32_MAX, false), SCOPE_IN);
    scope_free(s);
    s = scope_new(&(struct scope_config){.kind = SCOPE_ANY, .level = 0});
    ck_assert_int_eq(scope_judge(s, "http://h/a", 0, false), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://h/a", 1, false), SCOPE_TOO_DEEP);
    scope_free(s);
}
END_TEST

START_TEST(patterns)
{
    struct pattern *include = NULL, *exclude = NULL;
    struct buf why = BUF_INIT;
    struct scope *s;

    pattern_add(&include, "\\.html$", &why);
    pattern_add(&include, "/$", &why);
    pattern_add(&exclude, "/old/", &why);
    s = scope_new(&(struct scope_config){.kind = SCOPE_HOST,
                                         .level = SCOPE_LEVEL_INF,
                                         .include = include,
                                         .exclude = exclude});
    scope_add_start(s, "http://h/start");
    expect(s, "http://h/a.html", SCOPE_IN);
    expect(s, "http://h/a/", SCOPE_IN);
    expect(s, "http://h/a.png", SCOPE_NOT_INCLUDED);
    expect(s, "http://h/old/a.html", SCOPE_EXCLUDED);
    expect(s, "http://g/old/a.html", SCOPE_OUT);
    ck_assert_int_eq(scope_judge(s, "http://h/start", 0, false), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://h/old/", 0, false), SCOPE_EXCLUDED);
    ck_assert_int_eq(scope_judge(s, "http://h/a.png", 1, true), SCOPE_IN);
    ck_assert_int_eq(scope_judge(s, "http://h/old/a.png", 1, true), SCOPE_EXCLUDED);
    scope_free(s);
    pattern_free(include);
    pattern_free(exclude);
    buf_clear(&why);
}
END_TEST

START_TEST(traps)
{
    static const struct {
        const char *path;
        enum scope_verdict verdict;
    } cases[] = {
        {"/", SCOPE_IN},
        {"/a/a", SCOPE_IN},
        {"/a/a/a", SCOPE_TRAP},
        {"/x/a/a/a/y", SCOPE_TRAP},
        {"/a/a/a/", SCOPE_TRAP},
        {"/a/b/a/b", SCOPE_IN},
        {"/a/b/a/b/a", SCOPE_IN},
        {"/a/b/a/b/a/b", SCOPE_TRAP},
        {"/x/a/b/c/a/b/c/a/b/c", SCOPE_TRAP},
        {"/a/b/c/a/b/c/a/b/x", SCOPE_IN},
        {"/a/x/a/y/a/z", SCOPE_IN},
        {"/a/x/a/y/a/z/a", SCOPE_TRAP},
        {"/a/b?/a/a/a/a/a/a", SCOPE_IN},
        {"/2026/11/26/11/26", SCOPE_IN},
        {"//////", SCOPE_TRAP},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20", SCOPE_IN},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/", SCOPE_IN},
        {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21", SCOPE_TRAP},
    };
    struct scope *s = make_scope(SCOPE_HOST, "http://h/");
    struct buf url = BUF_INIT;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf_reset(&url);
        buf_appendf(&url, "http://h%s", cases[i].path);
        expect(s, url.data, cases[i].verdict);
        ck_assert_int_eq(scope_judge(s, url.data, 1, true), cases[i].verdict);
        ck_assert_int_eq(scope_judge(s, url.data, 0, false), SCOPE_IN);
    }
    buf_reset(&url);
    buf_append_str(&url, "http://h/?");
    while (url.len < SCOPE_URL_MAX)
        buf_append_char(&url, 'x');
    expect(s, url.data, SCOPE_IN);
    buf_append_char(&url, 'x');
    expect(s, url.data, SCOPE_TRAP);
    buf_clear(&url);
    scope_free(s);
}
END_TEST

START_TEST(names)
{
    ck_assert_ptr_null(scope_verdict_name(SCOPE_IN));
    for (enum scope_verdict v = SCOPE_OUT; v <= SCOPE_NOT_WANTED; v++)
        ck_assert_ptr_nonnull(scope_verdict_name(v));
    ck_assert_str_eq(scope_verdict_name(SCOPE_OUT), "out_of_scope");
    ck_assert_str_eq(scope_verdict_name(SCOPE_NOT_WANTED), "not_wanted");
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("scope", prefix, host, domain, any, levels, patterns, traps,
                       names);
}

int main(void)
{
    return check_main(make);
}
