#include "check_main.h"

#include <stdlib.h>

#include "links_seen.h"

/* What is told of a page, the charset aside, must be `expected`, whole, byte by byte
 * and cut anywhere. */
static void expect(struct links_how how, const char *data, size_t n,
                   const char *expected)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT;

    links_see(&whole, how, data, n);
    ck_assert_str_eq(whole.data, expected);
    how.step = 1;
    links_see(&pieces, how, data, n);
    ck_assert_str_eq(pieces.data, expected);
    how.step = 0;
    for (how.first = 1; how.first < n; how.first++) {
        buf_reset(&pieces);
        links_see(&pieces, how, data, n);
        ck_assert_str_eq(pieces.data, expected);
    }
    buf_clear(&whole);
    buf_clear(&pieces);
}

static void expect_text(struct links_how how, const char *html, const char *expected)
{
    expect(how, html, strlen(html), expected);
}

static void page(const char *html, const char *expected)
{
    struct buf all = BUF_INIT;

    buf_appendf(&all, "%scharset UTF-8\n", expected);
    expect((struct links_how){0}, html, strlen(html), all.data);
    buf_clear(&all);
}

/* The same with the places. */
static void places(const char *html, const char *expected)
{
    struct buf all = BUF_INIT;

    buf_appendf(&all, "%scharset UTF-8\n", expected);
    expect((struct links_how){.places = true}, html, strlen(html), all.data);
    buf_clear(&all);
}

START_TEST(anchors)
{
    page("<a href=a>x</a><A HREF='b'>", "anchor a\nanchor b\n");
    page("<a class=x href=\"a&amp;b\">", "anchor a&b\n");
    page("<a href='?a=1&copy=2&amp;c'>", "anchor ?a=1&copy=2&c\n");
    page("<a href=' \n a\tb\r\nc \001'>", "anchor abc\n");
    page("<a href><a href=''><a href='#x'><a>", "anchor \nanchor \nanchor #x\n");
    page("<area href=a>", "anchor a\n");
    page("<svg><a xlink:href=a>", "anchor a\n");
    page("<a rel='x NoFollow' href=a>", "anchor a nofollow\n");
    page("<a rel=nofollower href=a>", "anchor a\n");
    page("<a href=mailto:x><a href='javascript:y'>",
         "anchor mailto:x\nanchor javascript:y\n");
}
END_TEST

START_TEST(ids)
{
    page("<a id=a name=b><p id='c&amp;d'><img name=e><p id=''><svg id=f>",
         "id a\nid b\nid c&d\nid f\n");
}
END_TEST

START_TEST(parts)
{
    page("<img src=a srcset='b 1x, c 2x'>", "image a\nimage b\nimage c\n");
    page("<picture><source srcset='a,b'></picture>", "image a,b\n");
    page("<video src=a poster=b><source src=c><track src=d></video><audio src=e>",
         "media a\nimage b\nmedia c\nmedia d\nmedia e\n");
    page("<embed src=a><object data=b></object><bgsound src=c>",
         "media a\nmedia b\nmedia c\n");
    page("<input type=IMAGE src=a><input src=b><input type=text src=c>", "image a\n");
    page("<body background=a><table background=b><td background=c><p background=d>",
         "image a\nimage b\nimage c\n");
    page("<script src=a></script><svg><script href=b /><script xlink:href=c />",
         "script a\nscript b\nscript c\n");
    page(
        "<svg><image href=a /><image xlink:href=b /><use href='#c'/><feImage href=d />",
        "image a\nimage b\nimage #c\nimage d\n");
    page("<image src=a href=b xlink:href=c><svg><image src=d /></svg>", "image a\n");
    page("<use href=a><script href=b></script><a xlink:href=c>", "");
    page("<svg><video src=a /><link href=b /><base href=c />", "");
    page("<iframe src=a><a href=b></iframe><frame src=c>", "frame a\nframe c\n");
    page("<img data-src=a longdesc=b><form action=c><q cite=d>", "");
}
END_TEST

/* The rest is told as ever. */
START_TEST(no_parts)
{
    expect_text(
        (struct links_how){.no_parts = true},
        "<html lang=en><title>T</title><link rel=stylesheet href=s>"
        "<link rel=canonical href=c><link rel=next href=n>"
        "<style>@import 'x'; a { b: url(x) } </a></style>"
        "<meta http-equiv=refresh content='0;r'><body background=x>"
        "<p style='b: url(x)' id=i><img src=x srcset='x 2x'><script src=x></script>"
        "<iframe src=f></iframe><input type=image src=x><svg><image href=x />"
        "<a xlink:href=g></a></svg><a href=a style='b: url(x)'></a>",
        "canonical c\nrelated n\nrefresh r\nid i\nframe f\nanchor g\nanchor a\n"
        "title T\nlang en\ncharset UTF-8\n");
}
END_TEST

START_TEST(link_elements)
{
    page("<link rel=stylesheet href=a><link rel='alternate StyleSheet' href=b>",
         "style a\nstyle b\n");
    page("<link rel=canonical href=a><link rel=next href=b><link href=c>",
         "canonical a\nrelated b\nrelated c\n");
    page("<link rel='shortcut icon' href=a><link rel=apple-touch-icon href=b>",
         "image a\nimage b\n");
    page("<link rel=preload href=a><link rel=preload as=style href=b>"
         "<link rel=preload as=image imagesrcset='c 1x, d' href=e>"
         "<link rel=preload as=font href=f><link rel=modulepreload href=g>",
         "script a\nstyle b\nimage e\nimage c\nimage d\nmedia f\nscript g\n");
    page("<link rel=dns-prefetch href=a><link rel=preconnect href=b>", "");
}
END_TEST

START_TEST(srcsets)
{
    page("<img srcset=' ,, a 1x , b'>", "image a\nimage b\n");
    page("<img srcset='a,b 2x'>", "image a,b\n");
    page("<img srcset='a, b,, c'>", "image a\nimage b\nimage c\n");
    page("<img srcset='a (x,y) 1x,b'>", "image a\nimage b\n");
    page("<img srcset='a&amp;b 1x,data:x,y 2x'>", "image a&b\nimage data:x,y\n");
    page("<img srcset=',,'><img srcset=''><img srcset>", "");
}
END_TEST

START_TEST(refreshes)
{
#define REFRESH(content) "<meta http-equiv=Refresh content=\"" content "\">"
    page(REFRESH("5;url=a"), "refresh a\n");
    page(REFRESH(" 0.5 , URL = 'a b' c"), "refresh a b\n");
    page(REFRESH("0 a"), "refresh a\n");
    page(REFRESH("0;'a"), "refresh a\n");
    page(REFRESH("0;url='a"), "refresh a\n");
    page(REFRESH("0;url"), "refresh url\n");
    page(REFRESH("0;url a"), "refresh url a\n");
    page(REFRESH("0;u=a"), "refresh u=a\n");
    page(REFRESH("5") REFRESH("5;") REFRESH("x;url=a") REFRESH("") REFRESH("5x;url=a"),
         "");
    page("<meta http-equiv=refresh><meta name=refresh content='0;url=a'>", "");
#undef REFRESH
}
END_TEST

START_TEST(robots)
{
    page("<a href=a><meta name=Robots content='NOFOLLOW'><a href=b>",
         "anchor a\nanchor b nofollow\nrobots nofollow\n");
    page("<meta name=robots content=none><meta name=robots>",
         "robots noindex\nrobots nofollow\n");
    page("<meta name=googlebot content=none>", "");
    /* links of the head wait, and so hear of it */
    page("<link href=a rel=next><meta name=robots content=nofollow>",
         "related a nofollow\nrobots nofollow\n");
}
END_TEST

START_TEST(bases)
{
    page("<base href=/b/><a href=c>", "anchor c [/b/]\nbase /b/\nbase at 11+3\n");
    page("<link href=s rel=stylesheet><base href='/b/'><base href=/c/>",
         "style s [/b/]\nbase /b/\nbase at 40+3\n");
    page("<base target=x><base href=' /a&amp;b '>", "base /a&b\nbase at 27+10\n");
    page("<base href><a href=a>", "anchor a []\nbase \n");
    page("<link href=a></head><base href=b><a href=c>",
         "related a\nanchor c [b]\nbase b\nbase at 31+1\n");
    page("<link href=a><p><base href=b>", "related a\nbase b\nbase at 27+1\n");
    page("<script></script><style></style><link href=a><noscript></noscript>"
         "<title>t</title><base href=b>",
         "related a [b]\nbase b\nbase at 93+1\ntitle t\n");
    page("<link href=a>", "related a\n");
}
END_TEST

START_TEST(styles)
{
    page("<style>@import 'a';b{c:url(d)}</style>", "style a\ncss_url d\n");
    page("<style>url(a</style>)<style>url('b</style><style>url(c)</style>",
         "css_url a\ncss_url b\ncss_url c\n");
    page("<p style='background:url(&quot;a&amp;amp;b&quot;)'>", "css_url a&amp;b\n");
    page("<style>url(a&amp;b)</style>", "css_url a&amp;b\n");
    page("<p style='url(a'><p style=\"color:red\"><p style=\"url('b\">",
         "css_url a\ncss_url b\n");
    page("<p style=\"@import 'a'; @import url(b);url(c)\">", "css_url c\n");
    page("<style>/*</style><style>url(a)</style>", "css_url a\n");
    page("<svg><style><![CDATA[ a{b:url(c)} ]]></style></svg>", "css_url c\n");
    page("<!-- <style>url(a)</style> --><textarea style='url(b)'><p style=url(c)>",
         "css_url b\n");
    expect_text((struct links_how){.format = LINKS_CSS}, "@import 'a';b{c:url(\\64)}",
                "style a\ncss_url d\ncharset UTF-8\n");
}
END_TEST

START_TEST(facts)
{
    page("<html lang=' en-GB '><title>\n a &amp;  b&lt;\t</title><title>c</title>",
         "title a & b<\nlang en-GB\n");
    page("<title></title><title>c</title>", "");
    page("<svg><title>x</title></svg><title>y</title>", "title y\n");
    page("<title>a<b>c", "title a<b>c\n");
    page("<html lang=''><html lang=de>", "");
    page("", "");
}
END_TEST

START_TEST(where_links_stand)
{
    places("<a href=a>\n\n<a href='b c'>", "anchor a 1 8+1\nanchor b c 3 21+3\n");
    places("<a href><a href=''>", "anchor  1 -1+0\nanchor  1 17+0\n");
    places("<img srcset='a&amp;b 1x, c'>", "image a&b 1 13+7\nimage c 1 25+1\n");
    places("<meta http-equiv=refresh content='1;url=&quot;a&quot;'>",
           "refresh a 1 46+1\n");
    places("<p style='\nurl(&quot;a&quot;) url(b)'>",
           "css_url a 1 21+1\ncss_url b 1 34+1\n");
    places("<style>\n@import 'a';\nurl( b )</style>",
           "style a 2 17+1 bare\ncss_url b 3 26+1 bare\n");
    places("\xef\xbb\xbf<a href=a><style>url(b)</style>",
           "anchor a 1 11+1\ncss_url b 1 24+1 bare\n");
}
END_TEST

START_TEST(charsets)
{
    static const char utf16[] = "\xff\xfe<\0a\0 \0h\0r\0e\0f\0=\0\xe9\0>\0";
    static const char jis[] = "<meta charset=iso-2022-jp><a href=\x1b$BF|\x1b(B>";
    static const char latin[] = "<a href=\xe9 id=\xc3\xa9>";

    expect((struct links_how){.charset = "utf-8", .places = true}, utf16, 22,
           "anchor é 1 -1+2\ncharset UTF-16LE\n");
    expect((struct links_how){0}, jis, sizeof(jis) - 1,
           "anchor 日\ncharset ISO-2022-JP\n");
    expect((struct links_how){0}, latin, sizeof(latin) - 1,
           "id é\nanchor é\ncharset windows-1252\n");
    expect((struct links_how){.charset = "latin1"}, latin, sizeof(latin) - 1,
           "id Ã©\nanchor é\ncharset windows-1252\n");
    expect((struct links_how){.charset = "utf-8"}, latin, sizeof(latin) - 1,
           "id é\nanchor \ufffd\ncharset UTF-8\n");
    expect_text((struct links_how){0}, "<meta charset=koi8-r><a href=\xd2>",
                "anchor р\ncharset KOI8-R\n");
    expect((struct links_how){.charset = "nonsense"}, "<a href=a\0b>", 12,
           "anchor a\ufffdb\ncharset UTF-8\n");
}
END_TEST

/* Paths are sent in UTF-8, queries as the page is. */
START_TEST(queries)
{
    struct links_how latin1 = {.charset = "latin1"}, koi8 = {.charset = "koi8-r"},
                     guessed = {0}, jis = {.charset = "shift_jis"};

    expect_text(latin1, "<a href='\xe9?\xe9&\x80#\xe9'>",
                "anchor é?%E9&%80#é\ncharset windows-1252\n");
    expect_text(latin1, "<a href='?&eacute;&#x416;'>",
                "anchor ?%E9%26%231046%3B\ncharset windows-1252\n");
    expect_text(koi8, "<a href='?\xd6&#x416;&eacute;'>",
                "anchor ?%D6%F6%26%23233%3B\ncharset KOI8-R\n");
    expect_text(jis, "<a href='\x93\xfa?\x93\xfa'>",
                "anchor 日?%93%FA\ncharset Shift_JIS\n");
    expect_text(guessed, "<a href=?\xe9><a href=?\xc3\xa9>",
                "anchor ?%E9\nanchor ?é\ncharset windows-1252\n");
    page("<a href='?é'>", "anchor ?é\n");
    page("<a href='#?é'>", "anchor #?é\n");
}
END_TEST

/* Behind the first kilobyte <meta> still counts, for what follows and the title. */
START_TEST(late_charset)
{
    struct buf html = BUF_INIT;

    buf_append_str(&html, "<title>\xd2</title><a href=\xe9>");
    while (html.len < 1500)
        buf_append_char(&html, ' ');
    buf_append_str(&html, "<meta http-equiv=content-type content='a;charset=koi8-r'>"
                          "<a href=\xd2><meta charset=utf-8><a href=\xd2>");
    expect((struct links_how){0}, html.data, html.len,
           "anchor é\nanchor р\nanchor р\ntitle р\ncharset KOI8-R\n");
    buf_clear(&html);
}
END_TEST

START_TEST(long_title)
{
    struct buf html = BUF_INIT, out = BUF_INIT;
    const char *title;

    buf_append_str(&html, "<title>x");
    for (int i = 0; i < 100000; i++)
        buf_append_str(&html, " \n\t ");
    for (int i = 0; i < 100000; i++)
        buf_append_str(&html, "&eacute;");
    links_see(&out, (struct links_how){0}, html.data, html.len);
    title = strstr(out.data, "title x é");
    ck_assert_ptr_nonnull(title);
    ck_assert_uint_eq(strcspn(title, "\n"), strlen("title ") + 1000);
    buf_clear(&html);
    buf_clear(&out);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("links", anchors, ids, parts, no_parts, link_elements, srcsets,
                       refreshes, robots, bases, styles, facts, where_links_stand,
                       charsets, queries, late_charset, long_title);
}

int main(void)
{
    return check_main(suite);
}
