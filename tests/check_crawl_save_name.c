#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "crawl/save_name.h"
#include "hostile_names.h"
#include "name_rules.h"

static void expect(const char *url, const char *type, bool extend, const char *name)
{
    char *made = save_name(url, slice_str(type), extend);

    ck_assert_msg(!strcmp(made, name), "%s: %s instead of %s", url, made, name);
    ck_assert_msg(!name_breaks(made), "%s", made);
    free(made);
}

START_TEST(plain)
{
    static const char *const cases[][2] = {
        {"http://h/", "h/index.html"},
        {"http://h", "h/index.html"},
        {"https://example.com/a/b/c.html", "example.com/a/b/c.html"},
        {"http://h/a", "h/a"},
        {"http://h/a/", "h/a/index.html"},
        {"http://h/a/b/", "h/a/b/index.html"},
        {"http://h:8080/a", "h_8080/a"},
        {"http://h:80/a", "h/a"},
        {"https://h:443/a", "h/a"},
        {"http://[::1]:8080/a", "__1_8080/a"},
        {"http://h/a#b?c", "h/a"},
        {"http://h/a%20b/c%20d", "h/a b/c d"},
        {"http://h/caf%C3%A9", "h/caf\xc3\xa9"},
        {"http://h/wiki/File:x.png", "h/wiki/File:x.png"},
        {"http://h/@user", "h/@user"},
        {"http://h/a@2x.png", "h/a@2x.png"},
        {"http://h/~me/", "h/~me/index.html"},
        {"http://h/a//b", "h/a/_/b"},
        {"http://h//", "h/_/index.html"},
        {"http://h/.well-known/x", "h/_well-known/x"},
        {"http://h/a/...", "h/a/_._"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        expect(cases[i][0], "", false, cases[i][1]);
        expect(cases[i][0], "text/html", false, cases[i][1]);
        expect(cases[i][0], "application/octet-stream", true, cases[i][1]);
    }
}
END_TEST

START_TEST(queries)
{
    static const char *const cases[][2] = {
        {"http://h/a?b=c&d", "h/a^b=c&d"},
        {"http://h/?b", "h/index.html^b"},
        {"http://h?b", "h/index.html^b"},
        {"http://h/a/?b", "h/a/index.html^b"},
        {"http://h/a?", "h/a^"},
        {"http://h/a.html?b", "h/a.html^b"},
        {"http://h/a?b?c", "h/a^b?c"},
        {"http://h/a?b/../../c", "h/a^b%2F..%2F..%2Fc"},
        {"http://h/a?b#c", "h/a^b"},
        {"http://h/a?b^c", "h/a^b%5Ec"},
        {"http://h/a^b", "h/a%5Eb"},
        {"http://h/a%5Eb?c", "h/a%5Eb^c"},
        {"http://h/a?u=http://x/", "h/a^u=http:%2F%2Fx%2F"},
        {"http://h/a?q=caf%C3%A9%20x", "h/a^q=caf\xc3\xa9 x"},
        {"http://h/a?b.", "h/a^b_"},
        {"http://h/a?x.part", "h/a^x_part"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], "", false, cases[i][1]);
}
END_TEST

START_TEST(extensions)
{
    static const char *const cases[][3] = {
        {"http://h/a", "text/html", "h/a.html"},
        {"http://h/a", "TEXT/HTML; charset=utf-8", "h/a.html"},
        {"http://h/a", " text/html ;x", "h/a.html"},
        {"http://h/a.html", "text/html", "h/a.html"},
        {"http://h/a.HTM", "text/html", "h/a.HTM"},
        {"http://h/a.php", "text/html", "h/a.php.html"},
        {"http://h/a.xhtml", "text/html", "h/a.xhtml.html"},
        {"http://h/.html", "text/html", "h/_html.html"},
        {"http://h/a/", "text/html", "h/a/index.html"},
        {"http://h/a?b", "text/html", "h/a^b.html"},
        {"http://h/a.html?b", "text/html", "h/a.html^b.html"},
        {"http://h/a?b.html", "text/html", "h/a^b.html"},
        {"http://h/?b", "text/html", "h/index.html^b.html"},
        {"http://h/a.", "text/html", "h/a..html"},
        {"http://h/a", "application/xhtml+xml", "h/a.xhtml"},
        {"http://h/a.html", "application/xhtml+xml", "h/a.html"},
        {"http://h/s.php?x", "text/css", "h/s.php^x.css"},
        {"http://h/s.css", "text/css;charset=x", "h/s.css"},
        {"http://h/s.js?v=3", "application/javascript", "h/s.js^v=3.js"},
        {"http://h/s.mjs", "text/javascript", "h/s.mjs"},
        {"http://h/i.svg?v", "image/svg+xml", "h/i.svg^v.svg"},
        {"http://h/i.png?v", "image/png", "h/i.png^v"},
        {"http://h/LICENSE", "text/plain", "h/LICENSE"},
        {"http://h/a", "", "h/a"},
        {"http://h/a", ";", "h/a"},
        {"http://h/a", "text/html2", "h/a"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], cases[i][1], true, cases[i][2]);
}
END_TEST

/* What a server tells apart stays apart. */
START_TEST(apart_from_each_other)
{
    static const char *const urls[] = {
        "http://h/a+b",     "http://h/a%2Bb",   "http://h/a%20b",   "http://h/a_b",
        "http://h/a/b",     "http://h/a%2Fb",   "http://h/a%252Fb", "http://h/a?b",
        "http://h/a%3Fb",   "http://h/a@b",     "http://h/a%40b",   "http://h/a%5Eb",
        "http://h/a%255Eb", "http://h/a%5Cb",   "http://h/a%0Ab",   "http://h/a%250Ab",
        "http://h/a%00b",   "http://h/a%25b",   "http://h/a:b",     "http://h/a%3Ab",
        "http://h/A?b",     "http://h/a?B",     "http://h/a??b",    "http://h/a?%3Fb",
        "http://h/a?b=c",   "http://h/a?b%3Dc", "http://h/a/?b",    "http://h:81/a?b",
    };
    char *made[ARRAY_LEN(urls)];

    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        made[i] = save_name(urls[i], SLICE("text/html"), true);
        ck_assert_msg(!name_breaks(made[i]), "%s", made[i]);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(strcmp(made[i], made[j]), "%s and %s: %s", urls[i], urls[j],
                          made[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        free(made[i]);
}
END_TEST

static void append_percent(struct buf *out, struct slice raw)
{
    for (size_t i = 0; i < raw.len; i++)
        buf_appendf(out, "%%%02X", (unsigned char)raw.data[i]);
}

static void expect_fine(const char *url)
{
    for (int extend = 0; extend < 2; extend++) {
        char *name = save_name(url, SLICE("text/html"), extend);
        char *apart = save_name_apart(url, SLICE("text/html"), extend);

        ck_assert_msg(!name_breaks(name), "%s: %s: %s", url, name, name_breaks(name));
        ck_assert_msg(!name_breaks(apart), "%s: %s: %s", url, apart,
                      name_breaks(apart));
        ck_assert_str_ne(name, apart);
        ck_assert(!strncmp(name, "h/", 2) && !strncmp(apart, "h/_", 3));
        free(apart);
        free(name);
    }
}

START_TEST(hostile)
{
    for (size_t i = 0; i < ARRAY_LEN(hostile_names); i++) {
        struct buf url = BUF_INIT;
        char *raw = slice_dup(hostile_names[i]);

        buf_appendf(&url, "http://h/%s", raw);
        expect_fine(url.data);
        buf_reset(&url);
        buf_appendf(&url, "http://h/a/%s/b?%s", raw, raw);
        expect_fine(url.data);
        buf_reset(&url);
        buf_append_str(&url, "http://h/");
        append_percent(&url, hostile_names[i]);
        buf_append_char(&url, '/');
        append_percent(&url, hostile_names[i]);
        expect_fine(url.data);
        buf_append_char(&url, '?');
        append_percent(&url, hostile_names[i]);
        expect_fine(url.data);
        for (int j = 0; j < 300; j++)
            append_percent(&url, hostile_names[i]);
        expect_fine(url.data);
        free(raw);
        buf_clear(&url);
    }
}
END_TEST

START_TEST(too_long)
{
    struct buf url = BUF_INIT, deep = BUF_INIT;
    char *name;

    buf_append_str(&url, "http://h/a?");
    buf_append_str(&deep, "http://h");
    for (int i = 0; i < 2000; i++) {
        buf_append_char(&url, 'x');
        buf_append_str(&deep, "/y");
    }
    name = save_name(url.data, SLICE("text/html"), true);
    ck_assert_uint_eq(strlen(name), 2 + NAME_BYTES_MAX);
    ck_assert_str_eq(name + strlen(name) - 5, ".html");
    free(name);
    name = save_name(deep.data, SLICE(""), false);
    ck_assert_uint_le(strlen(name), NAME_PATH_MAX);
    ck_assert_msg(!name_breaks(name), "%s", name);
    free(name);
    buf_clear(&deep);
    buf_clear(&url);
}
END_TEST

START_TEST(apart)
{
    char *name = save_name_apart("http://h/a/b?c", SLICE("text/html"), true);
    char *again = save_name_apart("http://h/a/b?c", SLICE("text/html"), true);
    char *other = save_name_apart("http://h/b/b?c", SLICE("text/html"), true);

    /* printf http://h/a/b?c | sha256sum */
    ck_assert_str_eq(name, "h/_5879be9781b823ec/b^c.html");
    ck_assert_str_eq(name, again);
    ck_assert_str_ne(name, other);
    free(other);
    free(again);
    free(name);
}
END_TEST

static void expect_taken(struct save_names *n, const char *url, const char *name)
{
    char *made = save_names_take(n, url, SLICE("text/html"), false);
    char *first =
        name ? mem_strdup(name) : save_name_apart(url, SLICE("text/html"), false);

    ck_assert_msg(!strcmp(made, first), "%s: %s", url, made);
    free(first);
    free(made);
}

START_TEST(taken)
{
    struct save_names n = {0};

    expect_taken(&n, "http://h/a/", "h/a/index.html");
    expect_taken(&n, "http://h/a/index.html", NULL);
    expect_taken(&n, "https://h/a/", NULL);
    expect_taken(&n, "http://h/b", "h/b");
    expect_taken(&n, "http://h/b/c", NULL);
    expect_taken(&n, "http://h/b/c/d", NULL);
    expect_taken(&n, "http://h/bb/c", "h/bb/c");
    expect_taken(&n, "http://h/bb", NULL);
    expect_taken(&n, "http://h/d/e/f", "h/d/e/f");
    expect_taken(&n, "http://h/d/e", NULL);
    expect_taken(&n, "http://h/d", NULL);
    expect_taken(&n, "http://h/d/f", "h/d/f");
    expect_taken(&n, "http://h/d/e/g", "h/d/e/g");
    expect_taken(&n, "http://g/d", "g/d");
    save_names_clear(&n);
    expect_taken(&n, "http://h/a/index.html", "h/a/index.html");
    expect_taken(&n, "http://h/a/", NULL);
    save_names_clear(&n);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("save_name", plain, queries, extensions, apart_from_each_other,
                       hostile, too_long, apart, taken);
}

int main(void)
{
    return check_main(suite);
}
