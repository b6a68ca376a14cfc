#include "check_main.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "crawl/robots.h"
#include "markup/product.h"

/* However the bytes are cut into pieces, the same rules come of them. */
static const size_t steps[] = {SIZE_MAX, 1, 2, 7, 4096};

static struct robots *read_pieces(struct slice text, const char *product, size_t step)
{
    struct robots *r = robots_new(product);

    for (size_t at = 0; at < text.len;) {
        size_t n = step < text.len - at ? step : text.len - at;
        char *piece = slice_dup((struct slice){text.data + at, n});

        robots_feed(r, piece, n);
        free(piece);
        at += n;
    }
    robots_finish(r);
    return r;
}

static struct robots *read_text(const char *text)
{
    return read_pieces(slice_str(text), "trawl", SIZE_MAX);
}

static void expect_slice(struct slice text, const char *path, bool allowed)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct robots *r = read_pieces(text, "trawl", steps[i]);

        ck_assert_msg(robots_allows(r, path) == allowed, "%s%s: in steps of %zu:\n%.*s",
                      allowed ? "denied: " : "allowed: ", path, steps[i], (int)text.len,
                      text.data);
        robots_free(r);
    }
}

static void expect(const char *text, const char *path, bool allowed)
{
    expect_slice(slice_str(text), path, allowed);
}

/* One rule for all. */
static bool denies(const char *pattern, const char *path)
{
    struct buf text = BUF_INIT;
    struct robots *r;
    bool denied;

    buf_appendf(&text, "User-agent: *\nDisallow: %s\n", pattern);
    r = read_text(text.data);
    denied = !robots_allows(r, path);
    robots_free(r);
    buf_clear(&text);
    return denied;
}

static void expect_agent(const char *text, const char *product, bool allowed)
{
    struct robots *r = read_pieces(slice_str(text), product, SIZE_MAX);

    ck_assert_msg(robots_allows(r, "/x") == allowed, "%s: %s", product, text);
    robots_free(r);
}

START_TEST(nothing)
{
    static const char *const texts[] = {"",
                                        "\n\r\n \t\n",
                                        "# a comment\n",
                                        "\xef\xbb\xbf",
                                        "Disallow: /\n",
                                        "User-agent: *\n",
                                        "User-agent: *\nDisallow:\n",
                                        "User-agent: *\nDisallow: # /\n",
                                        "User-agent: *\nDisallow\n",
                                        "User-agent: *\n# Disallow: /\n",
                                        "User-agent: other\nDisallow: /\n",
                                        ":\n::\n: /\nUser-agent:\nDisallow: /\n"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        expect(texts[i], "/", true);
        expect(texts[i], "/a?b", true);
    }
    robots_free(NULL);
}
END_TEST

/* RFC 9309, 5.1 */
static const char rfc_example[] = "User-Agent: *\n"
                                  "Disallow: *.gif$\n"
                                  "Disallow: /example/\n"
                                  "Allow: /publications/\n"
                                  "\n"
                                  "User-Agent: foobot\n"
                                  "Disallow:/\n"
                                  "Allow:/example/page.html\n"
                                  "Allow:/example/allowed.gif\n"
                                  "\n"
                                  "User-Agent: barbot\n"
                                  "User-Agent: bazbot\n"
                                  "Disallow: /example/page.html\n"
                                  "\n"
                                  "User-Agent: quxbot\n";

START_TEST(example_of_the_rfc)
{
    static const struct {
        const char *product, *path;
        bool allowed;
    } cases[] = {
        {"trawl", "/a.gif", false},
        {"trawl", "/a.gif?x", true},
        {"trawl", "/a.gifs", true},
        {"trawl", "/example/", false},
        {"trawl", "/example/x", false},
        {"trawl", "/example", true},
        {"trawl", "/publications/", true},
        {"trawl", "/publications/a.gif", true}, /* 14 bytes against 6 */
        {"foobot", "/", false},
        {"foobot", "/example/page.html", true},
        {"FooBot", "/example/allowed.gif", true},
        {"foobot", "/example/other.gif", false},
        {"barbot", "/example/page.html", false},
        {"BAZBOT", "/example/page.html", false},
        {"barbot", "/example/", true},
        {"barbot", "/a.gif", true},
        {"quxbot", "/", true},
        {"quxbot", "/example/page.html", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct robots *r = read_pieces(SLICE(rfc_example), cases[i].product, 1 + i);

        ck_assert_msg(robots_allows(r, cases[i].path) == cases[i].allowed, "%s %s",
                      cases[i].product, cases[i].path);
        robots_free(r);
    }
}
END_TEST

/* RFC 9309, 5.2 */
START_TEST(longest_of_the_rfc)
{
    static const char text[] = "User-Agent: foobot\n"
                               "Allow: /example/page/\n"
                               "Disallow: /example/page/disallowed.gif\n";
    struct robots *r = read_pieces(SLICE(text), "foobot", 3);

    ck_assert(robots_allows(r, "/example/page/"));
    ck_assert(robots_allows(r, "/example/page/allowed.gif"));
    ck_assert(!robots_allows(r, "/example/page/disallowed.gif"));
    ck_assert(robots_allows(r, "/other"));
    robots_free(r);
}
END_TEST

/* RFC 9309, 2.2.2 */
START_TEST(encodings_of_the_rfc)
{
    static const char *const same[][2] = {
        {"/foo/bar?baz=quz", "/foo/bar?baz=quz"},
        {"/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"},
        {"/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar"},
        {"/foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84"},
        {"/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"},
        {"/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"},
        {"/foo/bar/%E3%83%84", "/foo/bar/\xe3\x83\x84"},
        {"/foo/bar/%62%61%7A", "/foo/bar/baz"},
        {"/foo/bar/baz", "/foo/bar/%62%61%7A"},
        {"/path/file-with-a-%2A.html", "/path/file-with-a-*.html"},
        {"/path/foo-%24", "/path/foo-$"},
        {"/path/foo-%24$", "/path/foo-%24"},
        {"/a b", "/a%20b"},
        {"/a%2fb", "/a%2Fb"},
        {"/a%2Fb", "/a%2fb"},
        {"/a%3Fb", "/a%3fb"},
        {"/?a%3Fb", "/?a?b"},
        {"/*%2Fb", "/a?b%2Fb"},
        {"/*%2Fb", "/a%2fb"},
        {"/*/b", "/a?b%2Fb"},
        {"/*?*/b", "/a?x%2Fb"},
        {"/*?*%2fb", "/a?x/b"},
        {"/100%", "/100%"},
        {"/100%25", "/100%"},
        {"/%7euser/", "/~user/"},
        {"/a!b(c)", "/a%21b%28c%29"},
        {"/\x01", "/%01"},
    };
    static const char *const others[][2] = {
        {"/a/b", "/a%2Fb"},     {"/a%2Fb", "/a/b"},         {"/a?b", "/a%3Fb"},
        {"/a%3Fb", "/a?b"},     {"/a%252Fb", "/a%2Fb"},     {"/a%2Fb", "/a%252Fb"},
        {"/A", "/a"},           {"/foo-%2A.x", "/foo-b.x"}, {"/foo%24", "/foo"},
        {"/%E3%83", "/%E3%84"}, {"/*%2Fb", "/a/b"},         {"/*/b", "/a%2Fb"},
    };

    for (size_t i = 0; i < ARRAY_LEN(same); i++)
        ck_assert_msg(denies(same[i][0], same[i][1]), "%s %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        ck_assert_msg(!denies(others[i][0], others[i][1]), "%s %s", others[i][0],
                      others[i][1]);
}
END_TEST

START_TEST(patterns)
{
    static const char *const match[][2] = {
        {"/", "/"},
        {"/", "/anything"},
        {"*", "/"},
        {"/*", "/fish"},
        {"/fish", "/fish"},
        {"/fish", "/fish.html"},
        {"/fish", "/fishheads/yummy.html"},
        {"/fish", "/fish.php?id=anything"},
        {"/fish*", "/fish"},
        {"/fish*", "/fishheads"},
        {"/fish/", "/fish/salmon.htm"},
        {"/*.php", "/index.php"},
        {"/*.php", "/folder/any.php.file.html"},
        {"/*.php", "/?x.php"},
        {"/*.php$", "/filename.php"},
        {"/*.php$", "/a.php/b.php"},
        {"/fish*.php", "/fishheads/catfish.php?parameters"},
        {"/$", "/"},
        {"/a$b", "/a$b"},
        {"/a$$", "/a$"},
        {"/a*$", "/abc"},
        {"/a***b", "/a--b"},
        {"/a**$", "/a"},
        {"*", "/x"},
        {"*b*d", "/abcd"},
        {"/*a*a*a$", "/aaa"},
        {"/*ab$", "/aab"},
        {"/*ab*ab", "/abab"},
        {"/?", "/?a"},
        {"/*?", "/x?"},
        {"/*?a=*&b=", "/x?a=1&b=2"},
    };
    static const char *const miss[][2] = {
        {"/fish", "/Fish.asp"},
        {"/fish", "/catfish"},
        {"/fish", "/?id=fish"},
        {"/fish/", "/fish"},
        {"/fish/", "/fish.html"},
        {"/*.php", "/"},
        {"/*.php", "/windows.PHP"},
        {"/*.php$", "/filename.php?parameters"},
        {"/*.php$", "/filename.php/"},
        {"/*.php$", "/filename.php5"},
        {"/fish*.php", "/Fish.PHP"},
        {"/$", "/a"},
        {"/a$b", "/a"},
        {"/a$b", "/ab"},
        {"*b*d", "/adb"},
        {"/*a*a*a$", "/aa"},
        {"/*ab*ab", "/aba"},
        {"/*aba$", "/aba-"},
        {"fish", "/fish"},
        {"$", "/"},
        {"https://h/x", "/x"},
        {"?a", "/?a"},
        {"/ab", "/a"},
        {"/ab$", "/a"},
        {"/a*bcdef", "/abc"},
    };

    for (size_t i = 0; i < ARRAY_LEN(match); i++)
        ck_assert_msg(denies(match[i][0], match[i][1]), "%s %s", match[i][0],
                      match[i][1]);
    for (size_t i = 0; i < ARRAY_LEN(miss); i++)
        ck_assert_msg(!denies(miss[i][0], miss[i][1]), "%s %s", miss[i][0], miss[i][1]);
}
END_TEST

START_TEST(longest_wins)
{
    static const struct {
        const char *allow, *disallow, *path;
        bool allowed;
    } cases[] = {
        {"/p", "/", "/page", true},
        {"/", "/p", "/page", false},
        {"/folder", "/folder", "/folder/page", true},
        {"/page", "/*.htm", "/page.htm", false},
        {"/page", "/*.ph", "/page.php5", true},
        {"/$", "/", "/", true},
        {"/$", "/", "/page.htm", false},
        {"/*", "/", "/a", true},
        {"/", "/*", "/a", false},
        {"/a*", "/a$", "/a", true},
        {"/a", "/a$", "/a", false},
        {"", "/", "/a", false},
        {"/", "", "/a", true},
        {"/%62%62", "/bb", "/bb", true}, /* as long */
        {"/%62%62", "/bbb", "/bbb", false},
        {"/\xc3\xa9", "/*12345",
         "/\xc3\xa9"
         "12345",
         true}, /* six of %C3%A9 */
        {"/a/b/c", "/a/*/c", "/a/b/c", true},
        {"/a/b", "/a/*/c", "/a/b/c", false},
        {"/*/*/*", "/a/b/", "/a/b/c", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf text = BUF_INIT;

        buf_appendf(&text, "User-agent: *\nAllow: %s\nDisallow: %s\n", cases[i].allow,
                    cases[i].disallow);
        expect(text.data, cases[i].path, cases[i].allowed);
        buf_reset(&text);
        buf_appendf(&text, "User-agent: *\nDisallow: %s\nAllow: %s\n",
                    cases[i].disallow, cases[i].allow);
        expect(text.data, cases[i].path, cases[i].allowed);
        buf_clear(&text);
    }
}
END_TEST

START_TEST(robots_itself)
{
    expect("User-agent: *\nDisallow: /\n", "/robots.txt", true);
    expect("User-agent: *\nDisallow: /\n", "/robots.txt2", false);
    expect("User-agent: *\nDisallow: /\n", "/a/robots.txt", false);
}
END_TEST

START_TEST(agents)
{
    static const char *const ours[] = {
        "trawl",     "TRAWL",  "Trawl",  "trawl/1.0",
        "trawl 1.0", "trawl*", "trawl2", "trawl;x",
    };
    static const char *const others[] = {
        "trawlbot", "tra",    "a trawl", "trawl-x", "trawl_x",  "xtrawl",
        "",         "/trawl", "*x",      "x*",      "\xc3\xa9",
    };

    for (size_t i = 0; i < ARRAY_LEN(ours) + ARRAY_LEN(others); i++) {
        struct buf text = BUF_INIT;
        bool is_ours = i < ARRAY_LEN(ours);

        buf_appendf(&text, "User-agent: %s\nDisallow: /\n",
                    is_ours ? ours[i] : others[i - ARRAY_LEN(ours)]);
        expect(text.data, "/x", !is_ours);
        buf_clear(&text);
    }
    expect_agent("User-agent: trawl\nDisallow: /", "trawl/0.1 (+https://h/)", false);
    expect_agent("User-agent: TRA-wl_X\nDisallow: /", "tra-WL_x", false);
    expect_agent("User-agent: trawl\nDisallow: /", "", true);
    expect_agent("User-agent:\nDisallow: /", "", true);
    expect_agent("User-agent: 7\nDisallow: /", "7", true);
    expect_agent("User-agent: *\nDisallow: /", "7", false);
    expect_agent("User-agent: * x\nDisallow: /", "7", false);
}
END_TEST

START_TEST(groups)
{
    /* several of them are one, wherever they stand */
    static const char merged[] = "user-agent: trawl\ndisallow: /a\n"
                                 "user-agent: x\ndisallow: /b\n"
                                 "user-agent: Trawl/2\ndisallow: /c\n"
                                 "user-agent: *\ndisallow: /d\n"
                                 "user-agent: y\nuser-agent: TRAWL\ndisallow: /e\n";

    expect(merged, "/a", false);
    expect(merged, "/b", true);
    expect(merged, "/c", false);
    expect(merged, "/d", true);
    expect(merged, "/e", false);

    /* also those of everybody */
    static const char everybody[] = "user-agent: *\ndisallow: /a\n"
                                    "user-agent: x\ndisallow: /b\n"
                                    "user-agent: *\nuser-agent: y\ndisallow: /c\n";

    expect(everybody, "/a", false);
    expect(everybody, "/b", true);
    expect(everybody, "/c", false);

    /* one without rules is one */
    expect("user-agent: *\ndisallow: /\nuser-agent: trawl\n", "/x", true);
    expect("user-agent: trawl\ndisallow:\nuser-agent: *\ndisallow: /\n", "/x", true);

    /* empty lines and comments part nothing, and what is not known neither */
    expect("user-agent: trawl\n\n#\n\nuser-agent: x\n\ndisallow: /\n", "/x", false);
    expect("user-agent: trawl\n\n\n\ndisallow: /\n", "/x", false);
    expect("user-agent: trawl\nhost: h\nuser-agent: x\ndisallow: /\n", "/x", false);
    expect("user-agent: trawl\nsitemap: s\nuser-agent: x\ndisallow: /\n", "/x", false);
    expect("user-agent: trawl\nsitemap: s\ndisallow: /\n", "/x", false);
    expect("user-agent: trawl\ncrawl-delay: 1\nuser-agent: x\ndisallow: /\n", "/x",
           false);

    /* a rule ends the list of agents, also an empty one */
    expect("user-agent: trawl\ndisallow:\nuser-agent: x\ndisallow: /\n", "/x", true);
    expect("user-agent: trawl\nallow: /y\nuser-agent: x\ndisallow: /\n", "/x", true);
    expect("user-agent: trawl\ndisallow: /a\nuser-agent: x\ndisallow: /\n", "/x", true);
}
END_TEST

START_TEST(lines)
{
    static const char *const denying[] = {
        "User-agent: *\rDisallow: /\r",
        "User-agent: *\r\nDisallow: /\r\n",
        "User-agent: *\n\rDisallow: /",
        "User-agent: *\nDisallow: /",
        "User-agent:*\nDisallow:/",
        "  User-agent : \t* \n \tDisallow \t: / ",
        "USER-AGENT: *\nDISALLOW: /",
        "user-agent: * # all\ndisallow: / # all",
        "user-agent: *#all\ndisallow: /#all",
        "\xef\xbb\xbfUser-agent: *\nDisallow: /",
        "\xef\xbb\xbf\nUser-agent: *\nDisallow: /",
        "User-agent *\nDisallow /",
        "User-agent\t*\nDisallow \t /",
        "useragent: *\ndissallow: /",
        "user agent: *\ndissalow: /",
        "user-agent: *\ndisalow: /",
        "user-agent: *\ndiasllow: /",
        "user-agent: *\ndisallaw: /",
    };
    static const char *const allowing[] = {
        "\n\xef\xbb\xbfUser-agent: *\nDisallow: /",
        "\xef\xbb\xbf\xef\xbb\xbfUser-agent: *\nDisallow: /",
        "\xff\xfeUser-agent: *\nDisallow: /",
        "User-agent: * Disallow: /",
        "User-agent: *\nDisallow / x",
        "User-agent * x\nDisallow: /",
        "User-agents: *\nDisallow: /",
        "User-agent: *\nDisallowed: /",
        "User-agent: *\nno-Disallow: /",
        "User-agent: *\x0b\nDisallow :: /",
        "User-agent; *\nDisallow; /",
    };

    for (size_t i = 0; i < ARRAY_LEN(denying); i++)
        expect(denying[i], "/x", false);
    for (size_t i = 0; i < ARRAY_LEN(allowing); i++)
        expect(allowing[i], "/x", true);
}
END_TEST

START_TEST(no_robots)
{
    static const char html[] = "<!DOCTYPE html>\n<html><head><title>404</title>\n"
                               "<style>a:hover { color: red }</style></head>\n"
                               "<body>User-agent: *<br>\nDisallow: everything\n"
                               "<p>User-agent: *</p>\n<p>Disallow: /</p></body></html>";
    static const char nul[] = "User-agent: *\0\nDisallow: /a\0\nDisallow: /b\0c\n"
                              "User-agent: \0\nDisallow: /\nUser-agent: *\n"
                              "\0Disallow: /\nDisallow: /d\n";
    static const char utf16[] = "\xff\xfeU\0s\0e\0r\0-\0a\0g\0e\0n\0t\0:\0*\0\n\0";
    char binary[4096];

    expect(html, "/", true);
    expect_slice((struct slice){nul, sizeof(nul) - 1}, "/a", true);
    expect_slice((struct slice){nul, sizeof(nul) - 1}, "/b", true);
    expect_slice((struct slice){nul, sizeof(nul) - 1}, "/d", false);
    expect_slice((struct slice){utf16, sizeof(utf16) - 1}, "/", true);
    for (size_t i = 0; i < sizeof(binary); i++)
        binary[i] = (char)(i * 2654435761u >> 11);
    expect_slice((struct slice){binary, sizeof(binary)}, "/", true);
}
END_TEST

START_TEST(not_to_be_had)
{
    struct robots *r = robots_new("trawl");

    robots_deny_all(r);
    ck_assert(!robots_allows(r, "/") && !robots_allows(r, "/a?b"));
    ck_assert(robots_allows(r, "/robots.txt"));
    ck_assert(robots_delay(r) == 0);
    ck_assert_ptr_null(robots_sitemap(r, 0));
    robots_allow_all(r);
    ck_assert(robots_allows(r, "/") && robots_allows(r, "/a?b"));
    robots_free(r);
}
END_TEST

static double delay_of(const char *text)
{
    struct robots *r = read_text(text);
    double delay = robots_delay(r);

    robots_free(r);
    return delay;
}

START_TEST(delays)
{
    static const struct {
        const char *value;
        double seconds;
    } cases[] = {
        {"1", 1},
        {"0.5", 0.5},
        {" 10 # seconds", 10},
        {"0", 0},
        {"", 0},
        {"-1", 0},
        {"x", 0},
        {"1e3", 0},
        {"inf", 0},
        {"nan", 0},
        {"86401", 86400},
        {"99999999999999", 86400},
        {"99999999999999999999999999999999999999", 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf text = BUF_INIT;

        buf_appendf(&text, "user-agent: *\ncrawl-delay: %s\n", cases[i].value);
        ck_assert_msg(delay_of(text.data) == cases[i].seconds, "%s: %g", cases[i].value,
                      delay_of(text.data));
        buf_clear(&text);
    }
    ck_assert(delay_of("crawl-delay: 5\n") == 0);
    ck_assert(delay_of("user-agent: *\ncrawl-delay: 5\ncrawl-delay: 3\n") == 5);
    ck_assert(delay_of("user-agent: *\ncrawl-delay: 5\nuser-agent: trawl\n"
                       "disallow: /\n") == 0);
    ck_assert(delay_of("user-agent: trawl\ncrawl-delay: 5\nuser-agent: *\n"
                       "crawl-delay: 7\n") == 7);
    ck_assert(delay_of("user-agent: trawl\ncrawl-delay: 5\ndisallow: /\n"
                       "user-agent: *\ncrawl-delay: 7\n") == 5);
    ck_assert(delay_of("user-agent: x\ncrawl-delay: 5\nuser-agent: trawl\n"
                       "disallow: /\n") == 0);
}
END_TEST

START_TEST(sitemaps)
{
    static const char text[] = "Sitemap: https://h/a.xml\nuser-agent: x\n"
                               "sitemap:https://h/b.xml?c=d:e # it\ndisallow: /\n"
                               "SITEMAP:\nSitemap: rel\nsite-map: https://h/c\n"
                               "Sitemap: https://h/\0z\nSitemap: z\n";
    static const char *const found[] = {"https://h/a.xml", "https://h/b.xml?c=d:e",
                                        "rel", "https://h/c", "z"};
    struct buf many = BUF_INIT;
    struct robots *r = read_pieces((struct slice){text, sizeof(text) - 1}, "trawl", 1);

    for (size_t i = 0; i < ARRAY_LEN(found); i++)
        ck_assert_str_eq(robots_sitemap(r, i), found[i]);
    ck_assert_ptr_null(robots_sitemap(r, ARRAY_LEN(found)));
    robots_free(r);

    for (int i = 0; i < 1500; i++)
        buf_appendf(&many, "Sitemap: %d\n", i);
    r = read_text(many.data);
    ck_assert_str_eq(robots_sitemap(r, 999), "999");
    ck_assert_ptr_null(robots_sitemap(r, 1000));
    robots_free(r);
    buf_clear(&many);
}
END_TEST

/* `tail` ends `over` bytes behind the last that counts. */
static void expect_at_limit(const char *tail, size_t over, const char *path,
                            bool allowed)
{
    struct buf text = BUF_INIT;
    size_t n = ROBOTS_BYTES_MAX + over - strlen(tail);

    buf_append_str(&text, "User-agent: *\n#");
    while (text.len < n - 1)
        buf_append_char(&text, 'x');
    buf_append_char(&text, '\n');
    buf_append_str(&text, tail);
    for (size_t i = 0; i < 3; i++) {
        static const size_t sizes[] = {SIZE_MAX, 1, 1000};
        struct robots *r =
            read_pieces((struct slice){text.data, text.len}, "trawl", sizes[i]);

        ck_assert_msg(robots_allows(r, path) == allowed, "%s %zu %s", tail, over, path);
        robots_free(r);
    }
    buf_clear(&text);
}

START_TEST(limit)
{
    expect_at_limit("Disallow: /a", 0, "/a", false);
    expect_at_limit("Disallow: /a\n", 0, "/a", false);
    expect_at_limit("Disallow: /a\n", 1, "/a", false);
    expect_at_limit("Disallow: /a\r\n", 2, "/a", false);
    expect_at_limit("Disallow: /a\r\n", 1, "/a", false);
    expect_at_limit("Disallow: /ab", 1, "/ab", true);
    expect_at_limit("Disallow: /ab", 1, "/a", true); /* no rule is cut short */
    expect_at_limit("Disallow: /b\nDisallow: /a", 1, "/b", false);
    expect_at_limit("Disallow: /a\nDisallow: /b\n", 13, "/a", false);
    expect_at_limit("Disallow: /a\nDisallow: /b\n", 13, "/b", true);
    expect_at_limit("Disallow: /a\n", 13, "/a", true);
}
END_TEST

START_TEST(endless)
{
    struct robots *r = robots_new("trawl");
    char block[4096];

    robots_feed(r, "User-agent: *\nDisallow: /a\nDisallow: /", 38);
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 5000; i++)
        robots_feed(r, block, sizeof(block));
    robots_feed(r, "\nDisallow: /b\n", 14);
    robots_finish(r);
    ck_assert(!robots_allows(r, "/a"));
    ck_assert(robots_allows(r, "/b") && robots_allows(r, "/xxx"));
    robots_free(r);
}
END_TEST

/* What tells the answer without the index: one file a rule. */
static bool allowed_by_all(const char *const *rules, size_t n, const char *path)
{
    size_t best = 0;
    bool allowed = true;

    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(rules[i]);
        bool allow = i % 3 == 0;

        if (denies(rules[i], path) && (length > best || (length == best && allow))) {
            best = length;
            allowed = allow;
        }
    }
    return allowed;
}

/* Patterns and paths of few letters, so that they meet often. */
static void made_up(char *out, size_t most, const char *letters, unsigned *seed)
{
    size_t n = (*seed = *seed * 1103515245 + 12345) >> 16;

    n %= most;
    *out++ = '/';
    for (; n; n--) {
        *seed = *seed * 1103515245 + 12345;
        *out++ = letters[(*seed >> 16) % strlen(letters)];
    }
    *out = '\0';
}

START_TEST(index_is_right)
{
    unsigned seed = 7;

    for (int round = 0; round < 200; round++) {
        char rules[30][12], path[16];
        const char *list[30];
        struct buf text = BUF_INIT;
        struct robots *r;

        buf_append_str(&text, "user-agent: *\n");
        for (size_t i = 0; i < 30; i++) {
            made_up(rules[i], 8, "aab/*?$", &seed);
            list[i] = rules[i];
            buf_appendf(&text, "%s: %s\n", i % 3 ? "disallow" : "allow", rules[i]);
        }
        r = read_text(text.data);
        for (int i = 0; i < 20; i++) {
            made_up(path, 12, "aaab/?$", &seed);
            ck_assert_msg(robots_allows(r, path) == allowed_by_all(list, 30, path),
                          "%s\n%s", path, text.data);
        }
        robots_free(r);
        buf_clear(&text);
    }
}
END_TEST

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A file full of rules, and what is asked of it. The bounds are for machines that are
 * slow and busy; who tries all rules, or all ways to match one, takes minutes. */
static void expect_fast(const char *format, const char *path, int times, bool allowed)
{
    struct buf text = BUF_INIT;
    struct robots *r;
    double start;

    buf_append_str(&text, "user-agent: *\n");
    for (int i = 0; text.len < ROBOTS_BYTES_MAX; i++)
        buf_appendf(&text, format, i);
    start = seconds();
    r = read_text(text.data);
    for (int i = 0; i < times; i++)
        ck_assert_int_eq(robots_allows(r, path), allowed);
    ck_assert_msg(seconds() - start < 3, "%g s: %s", seconds() - start, format);
    robots_free(r);
    buf_clear(&text);
}

START_TEST(many_rules)
{
    struct buf longest = BUF_INIT;

    buf_append_str(&longest, "/");
    for (int i = 0; i < 2000; i++)
        buf_append_char(&longest, 'a');
    expect_fast("Disallow: /%d/\n", "/20000/x", 100000, false);
    expect_fast("Disallow: /x/%d\n", "/20000/x", 100000, true);
    expect_fast("Disallow: /*%d\n", "/some/path/of/a/usual/length?q=x", 10, true);
    expect_fast("Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*b%d\n", longest.data, 5, true);
    expect_fast("Disallow: /*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab%d\n", longest.data,
                5, true);
    expect_fast("Disallow: /aaa#%d\n", longest.data, 1000, false);
    buf_clear(&longest);
}
END_TEST

START_TEST(one_long_rule)
{
    struct buf text = BUF_INIT, path = BUF_INIT;
    struct robots *r;

    buf_append_str(&text, "user-agent: *\ndisallow: /");
    buf_append_str(&path, "/");
    while (text.len < ROBOTS_BYTES_MAX - 2)
        buf_append_str(&text, "*a");
    for (int i = 0; i < 1000; i++)
        buf_append_str(&path, "aa");
    r = read_text(text.data);
    for (int i = 0; i < 1000; i++)
        ck_assert(robots_allows(r, path.data));
    robots_free(r);
    buf_clear(&path);
    buf_clear(&text);
}
END_TEST

START_TEST(products)
{
    static const char *const cases[][2] = {
        {"trawl", "trawl"},  {"trawl/0.1 (x)", "trawl"},
        {"A-b_C9", "A-b_C"}, {"", ""},
        {"9x", ""},          {" x", ""},
        {"x\xc3\xa9", "x"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert(slice_eq(product_token(slice_str(cases[i][0])), cases[i][1]));
    ck_assert(product_is(SLICE("Trawl/2"), "tRAWL (x)"));
    ck_assert(!product_is(SLICE("trawler"), "trawl"));
    ck_assert(!product_is(SLICE(""), ""));
    ck_assert(!product_is(SLICE("1"), "1"));
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("robots", nothing, example_of_the_rfc, longest_of_the_rfc,
                       encodings_of_the_rfc, patterns, longest_wins, robots_itself,
                       agents, groups, lines, no_robots, not_to_be_had, delays,
                       sitemaps, limit, endless, index_is_right, many_rules,
                       one_long_rule, products);
}

int main(void)
{
    return check_main(suite);
}
