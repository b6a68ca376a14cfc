#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/url.h"
#include "crawl/convert.h"
#include "disk/name.h"
#include "hostile_names.h"

/* The mirror: "http://h/..." lies at "h/...", but for what is below /no/. */
static const char *saved(const char *url, void *arg)
{
    struct buf *name = arg;

    if (!str_starts(url, "http://h/") || str_starts(url, "http://h/no/"))
        return NULL;
    buf_reset(name);
    buf_append_str(name, url + strlen("http://"));
    for (char *c = name->data; *c; c++)
        if (*c == '?')
            *c = '^';
    return name->data;
}

static void find(struct convert_link *link, const char *text, const char *what)
{
    const char *at = strstr(text, what);

    ck_assert_msg(at != NULL, "no %s in %s", what, text);
    link->offset = (size_t)(at - text);
    link->length = strlen(what);
}

static char *convert(struct convert_page *page, size_t changed)
{
    struct buf out = BUF_INIT, name = BUF_INIT;

    page->saved = saved;
    page->arg = &name;
    ck_assert_uint_eq(convert_links(&out, page), changed);
    buf_clear(&name);
    return buf_take(&out);
}

/* A page with one link, at `raw` in its text. */
static void expect_in(enum convert_place place, const char *path, const char *text,
                      const char *raw, const char *url, const char *fragment,
                      const char *wanted)
{
    struct convert_link link = {0, 0, url, slice_str(fragment), place};
    struct convert_page page = {
        .bytes = slice_str(text), .path = path, .links = &link, .count = 1};
    char *made;

    find(&link, text, raw);
    made = convert(&page, strcmp(text, wanted) != 0);
    ck_assert_str_eq(made, wanted);
    free(made);
}

static void expect(const char *text, const char *raw, const char *url,
                   const char *fragment, const char *wanted)
{
    expect_in(CONVERT_ATTRIBUTE, "h/a/p.html", text, raw, url, fragment, wanted);
}

static void expect_css(const char *text, const char *raw, const char *url,
                       const char *wanted)
{
    expect_in(CONVERT_CSS, "h/a/s.css", text, raw, url, "", wanted);
}

static void expect_style(const char *text, const char *raw, const char *url,
                         const char *wanted)
{
    expect_in(CONVERT_STYLE_ATTRIBUTE, "h/a/p.html", text, raw, url, "", wanted);
}

START_TEST(relative)
{
    static const char *const cases[][3] = {
        {"h/a.html", "h/b.html", "b.html"},
        {"h/a.html", "h/a.html", "a.html"},
        {"h/a/b.html", "h/b.html", "../b.html"},
        {"h/a/b.html", "h/a/c/d.html", "c/d.html"},
        {"h/a/b/c.html", "h/a/d/e.html", "../d/e.html"},
        {"h/a/b.html", "g/a/b.html", "../../g/a/b.html"},
        {"h/ab/c", "h/a/c", "../a/c"},
        {"h/a/c", "h/ab/c", "../ab/c"},
        {"a", "b", "b"},
        {"h/x", "h/a b", "a%20b"},
        {"h/x", "h/a:b", "a%3Ab"},
        {"h/x", "h/a^b=c&d", "a%5Eb%3Dc%26d"},
        {"h/x", "h/a?b#c", "a%3Fb%23c"},
        {"h/x", "h/100%41", "100%2541"},
        {"h/x", "h/\xc3\xa9", "%C3%A9"},
        {"h/x", "h/~a-b_c.d", "~a-b_c.d"},
        {"h/a b/x", "h/a b/y", "y"},
        {"h/\"'<>(),\\", "h/\"'<>(),", "%22%27%3C%3E%28%29%2C"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out = BUF_INIT;

        convert_relative(&out, cases[i][0], cases[i][1]);
        ck_assert_str_eq(out.data, cases[i][2]);
        buf_clear(&out);
    }
}
END_TEST

START_TEST(attributes)
{
    expect("<a href=\"/b?c\">x</a>", "/b?c", "http://h/b?c", "",
           "<a href=\"../b%5Ec\">x</a>");
    expect("<a href='q'>", "q", "http://h/a/q", "", "<a href='q'>");
    expect("<a href=http://h/a/q>", "http://h/a/q", "http://h/a/q", "", "<a href=q>");
    expect("<a href=../>", "../", "http://h/index.html", "", "<a href=../index.html>");
    expect("<a href=\"\">", "\">", "http://h/a/p.html", "", "<a href=\"p.html");
    expect("<a href=q#x&y>", "q#x&y", "http://h/a/q", "x&y", "<a href=q#x&amp;y>");
    expect("<a href=/no/x>", "/no/x", "http://h/no/x", "", "<a href=http://h/no/x>");
    expect("<a href='/no/?a&amp;b'>", "/no/?a&amp;b", "http://h/no/?a&b", "f",
           "<a href='http://h/no/?a&amp;b#f'>");
    expect("<a href='/no/x'>", "/no/x", "http://h/no/'\"<>` \\\xc3\xa9", "'\"> ",
           "<a href='http://h/no/%27%22%3C%3E%60%20%5C%C3%A9#%27%22%3E%20'>");
    expect("<img srcset='/b 1x, /c 2x'>", "/c", "http://h/c", "",
           "<img srcset='/b 1x, ../c 2x'>");
    expect("<img srcset='/b 1x, /c'>", "/c", "http://g/a,b,", "",
           "<img srcset='/b 1x, http://g/a,b%2C'>");
    expect("<meta content='3;url=/b'>", "/b", "http://h/b", "",
           "<meta content='3;url=../b'>");
    expect("<a href=(x>", "(x", "http://g/(&", "", "<a href=http://g/(&amp;>");
}
END_TEST

START_TEST(fragments)
{
    expect("<a href='#x'>", "#x", "http://h/a/p.html", "x", "<a href='#x'>");
    expect("<a href='#'>", "#", "http://h/a/p.html", "", "<a href='#'>");
    expect("<a href='/b#x'>", "/b#x", "http://h/b", "x", "<a href='../b#x'>");
    expect("<a href='p.html#x'>", "p.html#x", "http://h/a/p.html", "x",
           "<a href='p.html#x'>");
    expect("<a href='/b#%20,'>", "/b#%20,", "http://h/b", "%20,",
           "<a href='../b#%20%2C'>");
}
END_TEST

START_TEST(css)
{
    expect_css("a{background:url(/i.png)}", "/i.png", "http://h/i.png",
               "a{background:url(../i.png)}");
    expect_css("url( '/i(1).png' )", "/i(1).png", "http://h/i(1).png",
               "url( '../i%281%29.png' )");
    expect_css("url(x)", "x", "http://g/a(1)?b&c'd",
               "url(http://g/a\\0000281\\000029?b&c%27d)");
    expect_css("@import \"x\";", "x", "http://g/a?b&c", "@import \"http://g/a?b&c\";");
    expect_style("<p style=\"x:url('/i.png')\">", "/i.png", "http://h/i.png",
                 "<p style=\"x:url('../i.png')\">");
    expect_style("<p style=x:url(/no/i)>", "/no/i", "http://h/no/i?a&copy=(1",
                 "<p style=x:url(http://h/no/i?a&amp;copy=\\0000281)>");
    expect_css("<style>@import 'x';", "x", "http://g/a&b",
               "<style>@import 'http://g/a&b';");
    expect_css("<style>@import url(\"x\");", "x", "http://g/(a&b",
               "<style>@import url(\"http://g/\\000028a&b\");");
    expect("<link href=\"x\">", "x", "http://g/(a&b", "",
           "<link href=\"http://g/(a&amp;b\">");
}
END_TEST

START_TEST(base)
{
    static const char text[] = "<base href='/x/'><a href='#f'><a href='y'>";
    struct convert_link links[] = {{0, 0, NULL, {"", 0}, CONVERT_ATTRIBUTE},
                                   {0, 0, "http://h/x/", {"f", 1}, CONVERT_ATTRIBUTE},
                                   {0, 0, "http://h/x/y", {"", 0}, CONVERT_ATTRIBUTE}};
    struct convert_page page = {
        .bytes = SLICE(text), .path = "h/a/p", .links = links, .count = 3};
    char *made;

    find(&links[0], text, "/x/");
    find(&links[1], text, "#f");
    find(&links[2], text, "y");
    made = convert(&page, 3);
    ck_assert_str_eq(made, "<base href='.'><a href='../x/#f'><a href='../x/y'>");
    free(made);
}
END_TEST

/* In any order; the rest stays, NUL and what is no UTF-8 too. */
START_TEST(several)
{
    static const char text[] = "\0\xff<a href=1><a href=2><a href=3>\xfe";
    static const char wanted[] = "\0\xff<a href=../b><a href=http://g/><a href=c>\xfe";
    struct convert_link links[] = {{30, 1, "http://h/a/c", {"", 0}, CONVERT_ATTRIBUTE},
                                   {10, 1, "http://h/b", {"", 0}, CONVERT_ATTRIBUTE},
                                   {20, 1, "http://g/", {"", 0}, CONVERT_ATTRIBUTE}};
    struct buf out = BUF_INIT, name = BUF_INIT;
    struct convert_page page = {
        {text, sizeof(text) - 1}, "h/a/p", links, 3, saved, &name};

    buf_append_str(&out, "before ");
    ck_assert_uint_eq(convert_links(&out, &page), 3);
    ck_assert_uint_eq(out.len, 7 + sizeof(wanted) - 1);
    ck_assert(!memcmp(out.data + 7, wanted, sizeof(wanted) - 1));
    page.count = 0;
    page.links = NULL;
    buf_reset(&out);
    ck_assert_uint_eq(convert_links(&out, &page), 0);
    ck_assert(out.len == page.bytes.len && !memcmp(out.data, text, out.len));
    buf_clear(&name);
    buf_clear(&out);
}
END_TEST

START_TEST(impossible)
{
    static const char text[] = "<a href=1234>";
    struct convert_link links[] = {
        {8, 4, "http://h/b", {"", 0}, CONVERT_ATTRIBUTE},
        {8, 4, "http://h/c", {"", 0}, CONVERT_ATTRIBUTE},
        {9, 2, "http://h/d", {"", 0}, CONVERT_ATTRIBUTE},
        {11, 9, "http://h/e", {"", 0}, CONVERT_ATTRIBUTE},
        {13, 1, "http://h/f", {"", 0}, CONVERT_ATTRIBUTE},
        {14, 0, "http://h/g", {"", 0}, CONVERT_ATTRIBUTE},
        {SIZE_MAX, SIZE_MAX, "http://h/h", {"", 0}, CONVERT_ATTRIBUTE},
        {12, SIZE_MAX, "http://h/i", {"", 0}, CONVERT_ATTRIBUTE},
        {0, 0, "http://h/a/j", {"", 0}, CONVERT_ATTRIBUTE},
        {0, 0, "http://h/a/k", {"", 0}, CONVERT_ATTRIBUTE},
    };
    struct convert_page page = {.bytes = SLICE(text),
                                .path = "h/a/p",
                                .links = links,
                                .count = ARRAY_LEN(links)};
    char *made = convert(&page, 2);

    ck_assert(!strcmp(made, "j<a href=../b>") || !strcmp(made, "k<a href=../b>") ||
              !strcmp(made, "j<a href=../c>") || !strcmp(made, "k<a href=../c>"));
    free(made);
}
END_TEST

/* A browser that follows the reference comes to the file, whatever its name. */
START_TEST(found_again)
{
    for (size_t i = 0; i < ARRAY_LEN(hostile_names); i++) {
        struct buf to = BUF_INIT, out = BUF_INIT, wanted = BUF_INIT;
        enum url_error error;
        char *resolved;

        buf_append_str(&to, "h/a/");
        name_append_part(&to, hostile_names[i]);
        convert_relative(&out, "h/b/c", to.data);
        ck_assert_uint_eq(strspn(out.data,
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                                 "TUVWXYZ0123456789%-._~/"),
                          out.len);
        resolved = url_resolve("http://m/h/b/c", out.data, &error);
        ck_assert_ptr_nonnull(resolved);
        buf_append_str(&wanted, "http://m/");
        convert_relative(&wanted, "x", to.data);
        ck_assert_str_eq(resolved, wanted.data);
        free(resolved);
        buf_clear(&wanted);
        buf_clear(&out);
        buf_clear(&to);
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("convert", relative, attributes, fragments, css, base, several,
                       impossible, found_again);
}

int main(void)
{
    return check_main(suite);
}
