#include "check_main.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "crawl/sitemap.h"
#include "crawl/w3c_date.h"
#include "encode.h"

#define MIB ((size_t)1 << 20)

/* What a file told: a line for each entry, "loc lastmod" with ">" before those of an
 * index. */
struct answer {
    struct buf entries, why;
    int result;
    size_t count;
};

static void note(const struct sitemap_entry *entry, void *arg)
{
    struct answer *a = arg;

    ck_assert_uint_gt(entry->loc.len, 0);
    ck_assert(utf8_valid(entry->loc.data, entry->loc.len));
    a->count++;
    if (entry->is_sitemap)
        buf_append_str(&a->entries, ">");
    buf_append(&a->entries, entry->loc.data, entry->loc.len);
    if (entry->lastmod.len) {
        buf_append_str(&a->entries, " ");
        buf_append(&a->entries, entry->lastmod.data, entry->lastmod.len);
    }
    buf_append_str(&a->entries, "\n");
}

static void read_pieces(struct answer *a, struct slice text, size_t step)
{
    struct sitemap *s = sitemap_new(note, a);
    int r = 0;

    *a = (struct answer){BUF_INIT, BUF_INIT, 0, 0};
    for (size_t at = 0; at < text.len && !r;) {
        size_t n = step < text.len - at ? step : text.len - at;
        char *piece = slice_dup((struct slice){text.data + at, n});

        r = sitemap_feed(s, piece, n);
        free(piece);
        at += n;
    }
    a->result = sitemap_finish(s);
    ck_assert(!r || r == a->result);
    if (a->result)
        ck_assert_int_eq(sitemap_feed(s, "x", 1), a->result);
    buf_append_str(&a->why, sitemap_why(s));
    ck_assert_int_eq(a->why.len > 0, a->result != 0);
    sitemap_free(s);
}

static void clear(struct answer *a)
{
    buf_clear(&a->entries);
    buf_clear(&a->why);
}

/* Whole, byte by byte, and gzipped. */
static void expect_slice(struct slice text, const char *entries, const char *why)
{
    static const size_t steps[] = {SIZE_MAX, 1, 3, 4000};
    struct buf gzipped = BUF_INIT;
    struct answer a;

    encode("gzip", 6, text.data, text.len, &gzipped);
    for (size_t i = 0; i < 2 * ARRAY_LEN(steps); i++) {
        struct slice fed = {i % 2 ? gzipped.data : text.data,
                            i % 2 ? gzipped.len : text.len};

        read_pieces(&a, fed, steps[i / 2]);
        ck_assert_str_eq(a.why.data, why);
        ck_assert_str_eq(a.entries.data ? a.entries.data : "", entries);
        ck_assert_int_eq(a.result, *why ? -EINVAL : 0);
        clear(&a);
    }
    buf_clear(&gzipped);
}

static void expect(const char *text, const char *entries, const char *why)
{
    expect_slice(slice_str(text), entries, why);
}

#define NS "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""

START_TEST(example_of_the_protocol)
{
    expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<urlset " NS ">\n"
           "   <url>\n"
           "      <loc>http://www.example.com/</loc>\n"
           "      <lastmod>2005-01-01</lastmod>\n"
           "      <changefreq>monthly</changefreq>\n"
           "      <priority>0.8</priority>\n"
           "   </url>\n"
           "   <url>\n"
           "      <loc>http://www.example.com/catalog?item=12&amp;desc=vacation</loc>\n"
           "      <changefreq>weekly</changefreq>\n"
           "   </url>\n"
           "   <url>\n"
           "      <loc>http://www.example.com/catalog?item=73</loc>\n"
           "      <lastmod>2004-12-23T18:00:15+00:00</lastmod>\n"
           "   </url>\n"
           "</urlset>\n",
           "http://www.example.com/ 2005-01-01\n"
           "http://www.example.com/catalog?item=12&desc=vacation\n"
           "http://www.example.com/catalog?item=73 2004-12-23T18:00:15+00:00\n",
           "");
    expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<sitemapindex " NS ">\n"
           "   <sitemap>\n"
           "      <loc>http://www.example.com/sitemap1.xml.gz</loc>\n"
           "      <lastmod>2004-10-01T18:23:17+00:00</lastmod>\n"
           "   </sitemap>\n"
           "   <sitemap><loc>http://www.example.com/sitemap2.xml.gz</loc></sitemap>\n"
           "</sitemapindex>\n",
           ">http://www.example.com/sitemap1.xml.gz 2004-10-01T18:23:17+00:00\n"
           ">http://www.example.com/sitemap2.xml.gz\n",
           "");
}
END_TEST

START_TEST(spellings)
{
    static const char *const cases[][2] = {
        {"<urlset/>", ""},
        {"<urlset></urlset>", ""},
        {"<urlset><url/></urlset>", ""},
        {"<urlset><url><loc/></url></urlset>", ""},
        {"<urlset><url><loc> \n </loc></url></urlset>", ""},
        {"<urlset><url><lastmod>2024</lastmod></url></urlset>", ""},
        {"<urlset><url><loc>x</loc></url></urlset>", "x\n"},
        {"<urlset><url><loc>\n\t x \n</loc></url></urlset>", "x\n"},
        {"<urlset><url><lastmod> 2024 </lastmod><loc>x</loc></url></urlset>",
         "x 2024\n"},
        {"<urlset><url><loc>x</loc><lastmod>May</lastmod></url></urlset>", "x\n"},
        {"<urlset><url><loc>x</loc><loc>y</loc></url></urlset>", "x\n"},
        {"<urlset><url><loc/><loc>y</loc></url></urlset>", "y\n"},
        {"<urlset><url><loc>a<!-- b -->c<?d e?>f</loc></url></urlset>", "acf\n"},
        {"<urlset><url><loc>a<b>c</b>d</loc></url></urlset>", "ad\n"},
        {"<urlset><url><loc>a<loc>c</loc>d</loc></url></urlset>", "ad\n"},
        {"<urlset><url><loc><![CDATA[a&b]]>&amp;c</loc></url></urlset>", "a&b&c\n"},
        {"<urlset><url><loc>&#x41;&#66;&lt;&gt;&quot;&apos;</loc></url></urlset>",
         "AB<>\"'\n"},
        {"<urlset><url><loc>\xc3\xa9</loc></url></urlset>", "\xc3\xa9\n"},
        {"<urlset xmlns='x'><url><loc>a</loc></url></urlset>", "a\n"},
        {"<s:urlset xmlns:s='x'><s:url><s:loc>a</s:loc></s:url></s:urlset>", "a\n"},
        {"<s:urlset xmlns:s='x'><url><loc>a</loc></url></s:urlset>", ""},
        {"<s:urlset><s:url><s:loc>a</s:loc></s:url></s:urlset>", "a\n"},
        {"<urlset><url><x:loc>a</x:loc><loc>b</loc></url></urlset>", "b\n"},
        {"<s:urlset><t:url><t:loc>a</t:loc></t:url></s:urlset>", ""},
        {"<s:urlset><s:url><t:loc>a</t:loc></s:url></s:urlset>", ""},
        {"<urlset><x><loc>a</loc></x><loc>b</loc></urlset>", ""},
        {"<urlset><x><url><loc>a</loc></url></x></urlset>", ""},
        {"<urlset><sitemap><loc>a</loc></sitemap></urlset>", ""},
        {"<sitemapindex><url><loc>a</loc></url></sitemapindex>", ""},
        {"<urlset><url><loc>a</loc></url >\n<url>\r\n<loc\t>b</loc></url></urlset>",
         "a\nb\n"},
        {"<?xml version='1.0'?><!-- c --><urlset><url><loc>a</loc></url></urlset>"
         "<!-- d -->\n",
         "a\n"},
        {"\xef\xbb\xbf<urlset><url><loc>a</loc></url></urlset>", "a\n"},
        {"\n \r\n<?xml version='1.0'?><urlset><url><loc>a</loc></url></urlset>", "a\n"},
        {"\xef\xbb\xbf\n<?xml version='1.0'?><urlset><url><loc>a</loc></url></urlset>",
         "a\n"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], cases[i][1], "");
}
END_TEST

START_TEST(extensions_passed_over)
{
    expect("<urlset " NS " xmlns:xhtml='http://www.w3.org/1999/xhtml' "
           "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1' "
           "xmlns:news='n' xmlns:video='v'>"
           "<url><loc>http://h/en</loc>"
           "<xhtml:link rel='alternate' hreflang='de' href='http://h/de'/>"
           "<image:image><image:loc>http://h/i.png</image:loc></image:image>"
           "<news:news><news:publication_date>2024</news:publication_date></news:news>"
           "<video:video><video:player_loc>http://h/v</video:player_loc>"
           "<loc>http://h/w</loc><lastmod>2023</lastmod></video:video>"
           "<lastmod>2022</lastmod></url></urlset>",
           "http://h/en 2022\n", "");
}
END_TEST

START_TEST(feeds)
{
    expect("<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:atom='a'><channel>"
           "<title>t</title><link>http://h/</link>"
           "<atom:link rel='self' href='http://h/feed'/>"
           "<item><title>x</title><link>http://h/1</link><guid>http://h/g</guid>"
           "<pubDate>Sat, 07 Sep 2002 00:00:01 GMT</pubDate></item>"
           "<item><atom:link href='http://h/no'/><link>http://h/2</link></item>"
           "<image><link>http://h/i</link></image></channel></rss>",
           "http://h/1\nhttp://h/2\n", "");
    expect("<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'>"
           "<channel><link>http://h/</link></channel>"
           "<item rdf:about='http://h/a'><link>http://h/1</link></item></rdf:RDF>",
           "http://h/1\n", "");
    expect("<feed xmlns='http://www.w3.org/2005/Atom'>"
           "<link href='http://h/'/><updated>2003-12-13T18:30:02Z</updated>"
           "<entry><title>x</title><link href='http://h/1'/>"
           "<updated>2003-12-13T18:30:02Z</updated></entry>"
           "<entry><link rel='enclosure' href='http://h/e'/>"
           "<link rel='alternate' href='http://h/2?a&amp;b'/>"
           "<link rel='alternate' href='http://h/3'/></entry>"
           "<entry><link/><id>http://h/id</id></entry></feed>",
           "http://h/1 2003-12-13T18:30:02Z\nhttp://h/2?a&b\n", "");
    expect("<a:feed><a:entry><a:link href='x'/><link href='y'/></a:entry></a:feed>",
           "x\n", "");
}
END_TEST

START_TEST(wrong_xml)
{
    static const char front[] = "<urlset>\n<url><loc>a</loc></url>\n";
    static const struct {
        const char *rest, *why;
    } cases[] = {
        {"", "line 3: no element found"},
        {"<url><loc>b", "line 3: no element found"},
        {"<url><loc>b</loc>", "line 3: no element found"},
        {"<url><loc>b</lo", "line 3: unclosed token"},
        {"<url><loc>b</url>", "line 3: mismatched tag"},
        {"<url><loc>b&c</loc></url></urlset>",
         "line 3: not well-formed (invalid token)"},
        {"<url><loc>b&nbsp;c</loc></url></urlset>", "line 3: undefined entity"},
        {"</urlset>\n<urlset/>", "line 4: junk after document element"},
        {"</urlset>\nx", "line 4: junk after document element"},
        {"<url><loc>\xff</loc>", "line 3: not well-formed (invalid token)"},
        {"<url><loc>\xe9t\xe9</loc>", "line 3: not well-formed (invalid token)"},
        {"<url a='1' a='2'/>", "line 3: duplicate attribute"},
        {"<url><loc>&#0;</loc>", "line 3: reference to invalid character number"},
        {"\x01", "line 3: not well-formed (invalid token)"},
        {"<![CDATA[x", "line 3: unclosed CDATA section"},
        {"<!-- x", "line 3: unclosed token"},
        {"\n\n<url", "line 5: unclosed token"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf text = BUF_INIT;

        buf_append_str(&text, front);
        buf_append_str(&text, cases[i].rest);
        expect(text.data, "a\n", cases[i].why);
        buf_clear(&text);
    }
    expect("\n\n<urlset>\n</url>", "", "line 4: mismatched tag");
    expect("<?xml version='1.0' encoding='utf-7'?><urlset/>", "",
           "line 1: unknown encoding");
    expect("<?xml version='1.0' encoding='UTF-16'?><urlset/>", "",
           "line 1: encoding specified in XML declaration is incorrect");
}
END_TEST

START_TEST(no_sitemap)
{
    static const char other[] = "line 1: no sitemap: its root element is another";
    static const char type[] = "line 1: a document type, which no sitemap has";

    expect("<html><body>404</body></html>", "", other);
    expect("<URLSET><url><loc>a</loc></url></URLSET>", "", other);
    expect("<urlset2/>", "", other);
    expect("<:/>", "", other);
    expect("<!DOCTYPE html>\n<html><head><title>x</title>", "", type);
    expect("<!DOCTYPE rss SYSTEM 'http://h/rss.dtd'><rss/>", "", type);
    expect("<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a 'b'>"
           "<!ENTITY c SYSTEM 'file:///etc/passwd'>]>"
           "<urlset><url><loc>&a;&c;</loc></url></urlset>",
           "", type);
    expect("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">"
           "<!ENTITY lol2 \"&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;\">"
           "<!ENTITY lol3 \"&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;\">]>"
           "<lolz>&lol3;</lolz>",
           "", type);
    expect("{\"urls\": []}", "", "neither XML nor a list of URLs");
    expect("Not found\n", "", "neither XML nor a list of URLs");
    expect("\x89PNG\r\n\x1a\n", "", "a control character in a list of URLs");
    expect_slice(SLICE("PK\x03\x04\0\0"), "", "a control character in a list of URLs");
    expect_slice(SLICE("\0"), "", "a control character in a list of URLs");
    expect("<", "", "line 1: unclosed token");
    expect("\xef\xbb", "", "neither XML nor a list of URLs");
}
END_TEST

/* Two bytes of each; of ASCII. */
static void append_utf16(struct buf *out, const char *s, bool big)
{
    for (; *s; s++) {
        buf_append_char(out, big ? '\0' : *s);
        buf_append_char(out, big ? *s : '\0');
    }
}

START_TEST(utf16)
{
    static const char text[] = "<urlset><url><loc>http://h/</loc></url></urlset>";

    for (int i = 0; i < 4; i++) {
        struct buf file = BUF_INIT;

        if (i & 1)
            buf_append(&file, i & 2 ? "\xfe\xff" : "\xff\xfe", 2);
        append_utf16(&file, text, i & 2);
        expect_slice((struct slice){file.data, file.len}, "http://h/\n", "");
        buf_clear(&file);
    }
    expect_slice(SLICE("\xff\xfeh\0t\0t\0p\0:\0/\0/\0h\0/\0"), "",
                 "line 1: not well-formed (invalid token)");
}
END_TEST

START_TEST(character_sets)
{
    static const struct {
        const char *name, *loc, *utf8;
    } cases[] = {
        {"UTF-8", "\xc3\xa9", "\xc3\xa9\n"},
        {"ISO-8859-1", "\xe9", "\xc3\xa9\n"},
        {"iso-8859-1", "\xe9", "\xc3\xa9\n"},
        {"windows-1252", "\x80\xe9", "\xe2\x82\xac\xc3\xa9\n"},
        {"windows-1251", "\xdf", "\xd0\xaf\n"},
        {"ISO-8859-15", "\xa4", "\xe2\x82\xac\n"},
        {"KOI8-R", "\xd1", "\xd1\x8f\n"},
        {"US-ASCII", "x", "x\n"},
    };
    static const char *const unknown[] = {"Shift_JIS",   "GB18030",   "UTF-7", "EUC-JP",
                                          "ISO-2022-JP", "x-nothing", "UTF-32"};
    char text[200];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snprintf(text, sizeof(text),
                 "<?xml version=\"1.0\" encoding=\"%s\"?>"
                 "<urlset><url><loc>%s</loc></url></urlset>",
                 cases[i].name, cases[i].loc);
        expect(text, cases[i].utf8, "");
    }
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        snprintf(text, sizeof(text), "<?xml version='1.0' encoding='%s'?><urlset/>",
                 unknown[i]);
        expect(text, "", "line 1: unknown encoding");
    }
    expect("<?xml version='1.0' encoding='windows-1252'?>"
           "<urlset><url><loc>\x81</loc></url></urlset>",
           "", "line 1: not well-formed (invalid token)");
}
END_TEST

START_TEST(lists)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"\n\r\n \t\n", ""},
        {"\xef\xbb\xbf", ""},
        {"http://h/", "http://h/\n"},
        {"http://h/a\nhttps://h/b\n", "http://h/a\nhttps://h/b\n"},
        {"http://h/a\r\nhttp://h/b\r\n", "http://h/a\nhttp://h/b\n"},
        {"http://h/a\rhttp://h/b", "http://h/a\nhttp://h/b\n"},
        {"\xef\xbb\xbfhttp://h/a\n", "http://h/a\n"},
        {"\n\n  http://h/a \t\n\n\nHTTP://h/b", "http://h/a\nHTTP://h/b\n"},
        {"# mine\nhttp://h/a\n/b\nftp://h/c\nmailto:x\nhttp:\nhttp://\n",
         "http://h/a\n"},
        {"http://h/\xc3\xa9\nhttp://h/\xe9\n", "http://h/\xc3\xa9\n"},
        {"http://h/a b\n", "http://h/a b\n"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i][0], cases[i][1], "");
    expect("http://h/a\nhttp://h/\x01\n", "http://h/a\n",
           "a control character in a list of URLs");
    expect_slice(SLICE("http://h/a\nhttp://h/\0\n"), "http://h/a\n",
                 "a control character in a list of URLs");
}
END_TEST

/* An address of n bytes. */
static void append_long(struct buf *out, size_t n)
{
    buf_append_str(out, "http://h/");
    for (n -= 9; n; n--)
        buf_append_char(out, 'x');
}

START_TEST(long_addresses)
{
    for (int xml = 0; xml < 2; xml++)
        for (size_t over = 0; over < 2; over++) {
            struct buf text = BUF_INIT, entries = BUF_INIT;

            append_long(&entries, 8192 + over);
            buf_append_str(&text, xml ? "<urlset><url><loc>\n" : "\n");
            buf_append(&text, entries.data, entries.len);
            buf_append_str(&text, xml ? "</loc></url><url><loc>http://h/a</loc>"
                                        "</url></urlset>"
                                      : "\nhttp://h/a");
            buf_append_str(&entries, "\nhttp://h/a\n");
            expect(text.data, over ? "http://h/a\n" : entries.data, "");
            buf_clear(&text);
            buf_clear(&entries);
        }
}
END_TEST

/* front, then `middle` n times, then end */
static struct buf repeated(const char *front, const char *middle, size_t n,
                           const char *end)
{
    struct buf text = BUF_INIT;

    buf_append_str(&text, front);
    for (size_t i = 0; i < n; i++)
        buf_append_str(&text, middle);
    buf_append_str(&text, end);
    return text;
}

static void expect_result(struct buf text, int result, size_t count, const char *why)
{
    static const size_t steps[] = {SIZE_MAX, 1000, 16384};

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct answer a;

        read_pieces(&a, (struct slice){text.data, text.len}, steps[i]);
        ck_assert_str_eq(a.why.data, why);
        ck_assert_int_eq(a.result, result);
        ck_assert_uint_eq(a.count, count);
        clear(&a);
    }
    buf_clear(&text);
}

START_TEST(most_entries)
{
    static const char url[] = "<url><loc>u</loc></url>", map[] = "<sitemap><loc>u</loc>"
                                                                 "</sitemap>";

    expect_result(repeated("<urlset>", url, 50000, "</urlset>"), 0, 50000, "");
    expect_result(repeated("<urlset>", url, 50001, "</urlset>"), -EFBIG, 50000,
                  "more than 50000 entries");
    expect_result(repeated("<sitemapindex>", map, 50001, "</sitemapindex>"), -EFBIG,
                  50000, "more than 50000 entries");
    expect_result(repeated("", "http://h/\n", 50000, "\n"), 0, 50000, "");
    expect_result(repeated("", "http://h/\n", 50000, "http://h/"), -EFBIG, 50000,
                  "more than 50000 entries");
}
END_TEST

START_TEST(most_bytes)
{
    static const char front[] = "<urlset><url><loc>u</loc></url>", end[] = "</urlset>";
    static const char line[] =
        "                                                      \n";
    size_t n = 50 * MIB - strlen(front) - strlen(end), lines = n / strlen(line);
    struct buf text = repeated(front, line, lines, "");

    while (text.len < 50 * MIB - strlen(end))
        buf_append_char(&text, ' ');
    buf_append_str(&text, end);
    buf_append_str(&text, " ");
    for (size_t over = 0; over < 2; over++) {
        struct answer a;

        read_pieces(&a, (struct slice){text.data, 50 * MIB + over}, 65536);
        ck_assert_str_eq(a.why.data, over ? "more than 50 MiB" : "");
        ck_assert_int_eq(a.result, over ? -EFBIG : 0);
        ck_assert_uint_eq(a.count, 1);
        clear(&a);
    }
    buf_clear(&text);
}
END_TEST

START_TEST(depth)
{
    struct buf text = repeated("<urlset>", "<a>", 63, "");

    for (int i = 0; i < 63; i++)
        buf_append_str(&text, "</a>");
    buf_append_str(&text, "</urlset>");
    expect_result(text, 0, 0, "");
    expect_result(repeated("<urlset>", "<a>", 64, ""), -EINVAL, 0,
                  "line 1: elements too deep in one another");
    expect_result(repeated("<urlset>", "<a>", 1000000, ""), -EINVAL, 0,
                  "line 1: elements too deep in one another");
}
END_TEST

START_TEST(names)
{
    struct buf text = repeated("<urlset>", "<a b='1'/>", 100000, "</urlset>");

    expect_result(text, 0, 0, "");
    for (int kind = 0; kind < 2; kind++) {
        text = (struct buf)BUF_INIT;
        buf_append_str(&text, "<urlset><url><loc>u</loc></url>");
        for (int i = 0; i < 20000; i++)
            buf_appendf(&text, kind ? "<a b%d='1'/>" : "<a%d/>", i);
        expect_result(text, -EINVAL, 1, "line 1: too many different names");
    }
}
END_TEST

/* What has no end is given up; just below the limit it is not, however it is fed. */
START_TEST(tokens)
{
    static const char *const fronts[] = {"<!--", "<a b='", "<a ", "</a", "<?pi "};
    static const char *const ends[] = {"-->", "'/>", "/>", ">", "?>"};

    for (size_t i = 0; i < ARRAY_LEN(fronts); i++) {
        const char *open = i == 3 ? "<urlset><a>" : "<urlset>";
        struct buf text = repeated(open, "", 0, fronts[i]), more;
        size_t begun = strlen(open), most = begun + 65536 - strlen(ends[i]);

        while (text.len < most)
            buf_append_char(&text, ' ');
        more = repeated(text.data, " ", 1, ends[i]);
        buf_append_str(&text, ends[i]);
        buf_append_str(&text, "</urlset>");
        buf_append_str(&more, "</urlset>");
        expect_result(text, 0, 0, "");
        expect_result(more, -EINVAL, 0, "line 1: a tag or comment without end");
        expect_result(repeated(open, fronts[i], 1, ""), -EINVAL, 0,
                      "line 1: unclosed token");
        text = repeated(open, "", 0, fronts[i]);
        for (size_t j = 0; j < 5 * MIB; j++)
            buf_append_char(&text, ' ');
        expect_result(text, -EINVAL, 0, "line 1: a tag or comment without end");
    }
}
END_TEST

START_TEST(gzip)
{
    struct buf text =
        repeated("<urlset>", "<url><loc>u</loc></url>", 1000, "</urlset>");
    struct buf packed = BUF_INIT, more = BUF_INIT;
    struct answer a;

    encode("gzip", 6, text.data, text.len, &packed);

    /* cut short anywhere */
    for (size_t n = 2; n < packed.len; n++) {
        read_pieces(&a, (struct slice){packed.data, n}, 1);
        ck_assert_int_eq(a.result, -EINVAL);
        ck_assert_str_eq(a.why.data, "gzip data without its end");
        clear(&a);
    }
    /* another byte */
    buf_append(&more, packed.data, packed.len);
    more.data[packed.len / 2] ^= 0x55;
    read_pieces(&a, (struct slice){more.data, more.len}, 1000);
    ck_assert_int_eq(a.result, -EINVAL);
    clear(&a);
    /* in two members, and with zeros behind them */
    buf_reset(&more);
    encode("gzip", 6, text.data, 5000, &packed);
    buf_append(&more, packed.data, packed.len);
    encode("gzip", 0, text.data + 5000, text.len - 5000, &packed);
    buf_append(&more, packed.data, packed.len);
    buf_append(&more, "\0\0\0", 3);
    read_pieces(&a, (struct slice){more.data, more.len}, 10);
    ck_assert_int_eq(a.result, 0);
    ck_assert_uint_eq(a.count, 1000);
    clear(&a);
    /* twice */
    encode("gzip", 6, text.data, text.len, &packed);
    buf_reset(&more);
    encode("gzip", 6, packed.data, packed.len, &more);
    read_pieces(&a, (struct slice){more.data, more.len}, SIZE_MAX);
    ck_assert_str_eq(a.why.data, "a control character in a list of URLs");
    clear(&a);
    buf_clear(&more);
    buf_clear(&packed);
    buf_clear(&text);
}
END_TEST

/* A gigabyte of spaces in a megabyte. */
START_TEST(gzip_bomb)
{
    struct buf text = BUF_INIT, member = BUF_INIT, bomb = BUF_INIT;
    struct answer a;

    buf_append_str(&text, "<urlset>");
    memset(buf_reserve(&text, 16 * MIB), ' ', 16 * MIB);
    buf_commit(&text, 16 * MIB);
    encode("gzip", 9, text.data, text.len, &member);
    buf_append(&bomb, member.data, member.len);
    encode("gzip", 9, text.data + 8, text.len - 8, &member);
    for (int i = 0; i < 64; i++)
        buf_append(&bomb, member.data, member.len);
    read_pieces(&a, (struct slice){bomb.data, bomb.len}, 16384);
    ck_assert_int_eq(a.result, -EFBIG);
    ck_assert_str_eq(a.why.data, "more than 50 MiB");
    clear(&a);
    buf_clear(&bomb);
    buf_clear(&member);
    buf_clear(&text);
}
END_TEST

static void count(const struct sitemap_entry *entry, void *arg)
{
    (void)entry;
    ++*(size_t *)arg;
}

static size_t in_use(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

/* 50,000 of them, each different: memory at the end is that at the beginning. */
START_TEST(memory)
{
    static const char *const front[] = {"<urlset>", ""}, *const end[] = {"</urlset>",
                                                                         ""};

    for (int text = 0; text < 2; text++) {
        size_t found = 0, before = 0;
        struct sitemap *s = sitemap_new(count, &found);
        char entry[400];

        ck_assert_int_eq(sitemap_feed(s, front[text], strlen(front[text])), 0);
        for (int i = 0; i < 50000; i++) {
            int n = snprintf(entry, sizeof(entry),
                             text ? "http://h/%d/%0*d\n"
                                  : "<url><loc>http://h/%d/%0*d</loc></url>",
                             i, i % 300, i);
            ck_assert_int_eq(sitemap_feed(s, entry, (size_t)n), 0);
            if (i == 1000)
                before = in_use();
        }
        ck_assert_uint_lt(in_use(), before + 65536);
        ck_assert_int_eq(sitemap_feed(s, end[text], strlen(end[text])), 0);
        ck_assert_int_eq(sitemap_finish(s), 0);
        ck_assert_uint_eq(found, 50000);
        sitemap_free(s);
    }
    sitemap_free(NULL);
}
END_TEST

START_TEST(dates)
{
    static const char *const good[] = {
        "1997",
        "1997-07",
        "1997-07-16",
        "1997-07-16T19:20+01:00",
        "1997-07-16T19:20:30+01:00",
        "1997-07-16T19:20:30.45+01:00",
        "1994-11-05T13:15:30Z",
        "1994-11-05T08:15:30-05:00",
        "2024-02-29",
        "2000-02-29",
        "2016-12-31T23:59:60Z",
        "0000-01-01",
        "2024-01-01T00:00:00.123456789Z",
    };
    static const char *const bad[] = {
        "",
        "x",
        "199",
        "19970",
        "1997-",
        "1997-13",
        "1997-00",
        "1997-7",
        "1997-07-",
        "1997-07-32",
        "1997-07-00",
        "1997-06-31",
        "2023-02-29",
        "1900-02-29",
        "19970716",
        "1997-07-16T",
        "1997/07/16",
        "1997-07-16T19:20",
        "1997-07-16T19:20:30",
        "1997-07-16T19Z",
        "1997-07-16T24:00Z",
        "1997-07-16T19:60Z",
        "1997-07-16T19:20:61Z",
        "1997-07-16T19:20:30.Z",
        "1997-07-16T19:20:30+0100",
        "1997-07-16T19:20:30+01",
        "1997-07-16T19:20:30Zx",
        "1997-07-16 19:20:30Z",
        "1997-07-16t19:20:30Z",
        "1997-07-16T19:20:30+24:00",
        "-1997",
        "1997-07-16Z",
        "+199",
        "1997-07-16T19:20:30.4",
    };

    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        ck_assert_msg(w3c_date_valid(slice_str(good[i])), "%s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_msg(!w3c_date_valid(slice_str(bad[i])), "%s", bad[i]);
}
END_TEST

/* Addresses without end are not kept. */
START_TEST(memory_endless)
{
    static const char *const front[] = {"<urlset><url><loc>", "http://h/"};
    char block[4096];

    memset(block, 'x', sizeof(block));
    for (int text = 0; text < 2; text++) {
        size_t found = 0, before = 0;
        struct sitemap *s = sitemap_new(count, &found);

        ck_assert_int_eq(sitemap_feed(s, front[text], strlen(front[text])), 0);
        for (int i = 0; i < 5000; i++) {
            ck_assert_int_eq(sitemap_feed(s, block, sizeof(block)), 0);
            if (i == 10)
                before = in_use();
        }
        ck_assert_uint_lt(in_use(), before + 65536);
        ck_assert_int_eq(sitemap_finish(s), -EINVAL);
        ck_assert_uint_eq(found, 0);
        sitemap_free(s);
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("sitemap", example_of_the_protocol, spellings,
                       extensions_passed_over, feeds, wrong_xml, no_sitemap, utf16,
                       character_sets, lists, long_addresses, most_entries, most_bytes,
                       depth, names, tokens, gzip, gzip_bomb, memory, memory_endless,
                       dates);
}

int main(void)
{
    return check_main(suite);
}
