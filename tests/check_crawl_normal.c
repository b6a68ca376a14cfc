#include "check_async.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "crawl/normal.h"

static const char *error_name(enum url_error e)
{
    return e == URL_OK ? "ok" : e == URL_MALFORMED ? "malformed" : "unsupported";
}

/* Both ways give this, and it is normal in its own eyes. */
static void resolves_to(const char *base, struct slice reference, const char *expected)
{
    struct normal_base *b = normal_base_new(base), *again;
    struct buf fast = BUF_INIT, exact = BUF_INIT;
    enum url_error e = normal_resolve(b, reference, NULL, &fast, NULL);
    enum url_error f = normal_resolve_exact(b, reference, NULL, &exact, NULL);

    ck_assert_msg(e == f, "%s: %s, %s", reference.data, error_name(e), error_name(f));
    if (e) {
        ck_assert_msg(!strcmp(error_name(e), expected), "%s: %s, not %s",
                      reference.data, error_name(e), expected);
    } else {
        ck_assert_msg(!strcmp(exact.data, expected), "%s: %s, not %s", reference.data,
                      exact.data, expected);
        ck_assert_str_eq(fast.data, exact.data);
        again = normal_base_new(exact.data);
        ck_assert_str_eq(normal_base_url(again), exact.data);
        normal_base_free(again);
    }
    buf_clear(&fast);
    buf_clear(&exact);
    normal_base_free(b);
}

/* ---- RFC 3986, 5.4 ---- */

START_TEST(rfc_examples)
{
    static const char *const cases[][2] = {
        {"g:h", "unsupported"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g"},
        {"g#s/../x", "http://a/b/c/g"},
        {"http:g", "http://a/b/c/g"}, /* 5.4.2: as browsers do */
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        resolves_to("http://a/b/c/d;p?q", slice_str(cases[i][0]), cases[i][1]);
}
END_TEST

/* ---- spellings ---- */

START_TEST(spellings)
{
    static const char *const cases[][2] = {
        /* scheme, host, port */
        {"HTTP://EXAMPLE.com", "http://example.com/"},
        {"http://h?x", "http://h/?x"},
        {"http://h#x", "http://h/"},
        {"http://h:80/", "http://h/"},
        {"http://h:080/", "http://h/"},
        {"http://h:/x", "http://h/x"},
        {"http://h:443/", "http://h:443/"},
        {"https://h:443/", "https://h/"},
        {"https://h:80/", "https://h:80/"},
        {"http://h:65536/", "malformed"},
        {"http://h:8x/", "malformed"},
        {"http://H./", "http://h./"},
        {"http://.h/", "http://.h/"},
        {"http://user:pw@h/x", "http://h/x"},
        {"http://a@b@h/", "http://h/"},
        {"http://@h/", "http://h/"},
        {"http://user@/", "malformed"},
        {"http://good.com\\@evil.com/", "http://good.com/@evil.com/"},
        {"http://", "malformed"},
        {"http:///", "malformed"},
        {"http:////h//x", "http://h//x"},
        {"http:\\\\h\\x", "http://h/x"},
        {"http:/h/x", "http://b:81/h/x"},
        {"https:/h/x", "https://h/x"},
        {"https:h", "https://h/"},
        {"http:", "http://b:81/d/f?q"},
        {"https:", "malformed"},
        {"//H/x", "http://h/x"},
        {"///h/x", "http://h/x"},
        {"\\\\h\\x", "http://h/x"},
        {"//h:81", "http://h:81/"},
        {"//", "malformed"},
        {"http://b:81", "http://b:81/"},
        {"http://b:81x/", "malformed"},
        {"http://b:810/", "http://b:810/"},
        {"http://b:81?x", "http://b:81/?x"},
        {"http://a b/", "malformed"},
        {"http://a%20b/", "malformed"},
        {"http://a%00b/", "malformed"},
        {"http://a%2fb/", "malformed"},
        {"http://%2565vil.com/", "malformed"},
        {"http://ex%61mple.COM/", "http://example.com/"},
        /* addresses */
        {"http://0x7f.1/", "http://127.0.0.1/"},
        {"http://%3127.1/", "http://127.0.0.1/"},
        {"http://2130706433/", "http://127.0.0.1/"},
        {"http://0177.0.0.01:8080/", "http://127.0.0.1:8080/"},
        {"http://127.0.0.1/", "http://127.0.0.1/"},
        {"http://[0:0::1]/", "http://[::1]/"},
        {"http://[::1]:80/", "http://[::1]/"},
        {"http://[::1]:8080/x", "http://[::1]:8080/x"},
        {"http://[FE80::1%25eth0]/", "http://[fe80::1%25eth0]/"},
        {"http://[::1/", "malformed"},
        /* path */
        {"/a/./b/../c", "http://b:81/a/c"},
        {"/a//b/", "http://b:81/a//b/"},
        {"/a//../b", "http://b:81/a/b"},
        {"/a/b/../../../../c", "http://b:81/c"},
        {"/..", "http://b:81/"},
        {"/.../..../.a/..b", "http://b:81/.../..../.a/..b"},
        {"/a/%2e/b/%2E%2e/c/.%2e/d", "http://b:81/a/d"},
        {"..%2fx", "http://b:81/d/..%2Fx"},
        {"a\\b\\..\\c", "http://b:81/d/a/c"},
        {"a:b", "unsupported"},
        {"./a:b", "http://b:81/d/a:b"},
        {"a/b:c", "http://b:81/d/a/b:c"},
        {"1:b", "http://b:81/d/1:b"},
        {":", "http://b:81/d/:"},
        /* escapes */
        {"/%7euser/%41%2d%5f%2E%7E", "http://b:81/~user/A-_.~"},
        {"/%c3%a9%2f%3f%23", "http://b:81/%C3%A9%2F%3F%23"},
        {"/caf\xc3\xa9?\xc3\xa9", "http://b:81/caf%C3%A9?%C3%A9"},
        {"/\xff", "http://b:81/%FF"},
        {"/a b?c d", "http://b:81/a%20b?c%20d"},
        {"/\x01\x7f?\x1f.", "http://b:81/%01%7F?%1F."},
        {"/%zz%4", "http://b:81/%zz%4"},
        {"/%", "http://b:81/%"},
        {"/%%34%31", "http://b:81/%%341"},
        {"/%4%31%31", "http://b:81/%4%311"},
        {"/%%%41", "http://b:81/%%%41"},
        {"/%xx%41", "http://b:81/%xxA"},
        {"/<\">`{}^|[]'", "http://b:81/%3C%22%3E%60%7B%7D%5E|[]'"},
        {"?<\">`{}^|[]'\\", "http://b:81/d/f?%3C%22%3E`{}^|[]%27\\"},
        {"/!$&'()*+,;=:@", "http://b:81/!$&'()*+,;=:@"},
        /* query */
        {"?", "http://b:81/d/f"},
        {"x?", "http://b:81/d/x"},
        {"x??", "http://b:81/d/x??"},
        {"x?#", "http://b:81/d/x"},
        {"?b=2&a=1&&", "http://b:81/d/f?b=2&a=1&&"},
        {"?%7e%2b+", "http://b:81/d/f?~%2B+"},
        {"x?http://h/../y", "http://b:81/d/x?http://h/../y"},
        /* white space */
        {" \t\r\n x \n", "http://b:81/d/x"},
        {"a\nb\tc\rd", "http://b:81/d/abcd"},
        {"ht\ntp://h/", "http://h/"},
        {"java\nscript:x", "unsupported"},
        {" #x", "http://b:81/d/f?q"},
        {"\x01x\x1f", "http://b:81/d/x"},
        /* other schemes */
        {"mailto:joe@example.test", "unsupported"},
        {"JavaScript:void(0)", "unsupported"},
        {"data:,x", "unsupported"},
        {"tel:5551234", "unsupported"},
        {"ftp://h/", "unsupported"},
        {"localhost:8080/x", "unsupported"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        resolves_to("http://B:81/c/../d/f?q#r", slice_str(cases[i][0]), cases[i][1]);
    resolves_to("http://h/", SLICE("/a\0b?\0."), "http://h/a%00b?%00.");
    resolves_to("http://h/", SLICE("http://a\0b/"), "malformed");
    resolves_to("https://h/x/", SLICE("//g/y"), "https://g/y");
    resolves_to("https://h/x/", SLICE("http:y"), "http://y/");
    resolves_to("http://h/a/%25/", SLICE("../b"), "http://h/a/b");
}
END_TEST

/* As libcurl can; without IDNA there is no such host. */
START_TEST(international)
{
    static const char *const cases[] = {
        "http://m\xc3\xbcnchen.de/", "http://M\xc3\x9cNCHEN.de/",
        "http://m%C3%BCnchen.DE/", "http://xn--mnchen-3ya.de/"};
    struct origin o;
    const char *why;

    setlocale(LC_CTYPE, "C.UTF-8"); /* as the program does */
    if (url_origin_ascii(cases[0], &o, &why) != URL_OK)
        return;
    if (strcmp(o.text, "http://xn--mnchen-3ya.de:80") == 0)
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
            resolves_to("http://h/", slice_str(cases[i]), "http://xn--mnchen-3ya.de/");
    origin_clear(&o);
    resolves_to("http://h/", SLICE("http://\xef\xbc\x90x7f.1/"), "http://127.0.0.1/");
    resolves_to("http://h/", SLICE("http://a\xff/"), "malformed");
}
END_TEST

START_TEST(absolute)
{
    static const char *const none[] = {"",         "/x",         "h/x",       "//h/",
                                       "http://",  "mailto:a@b", "ftp://h/",  "#x",
                                       "http://:", "?",          "http://a%/"};
    struct normal_base *b = normal_base_new("HTTP://u:p@H:8080/a/../b c?d#e");

    ck_assert_str_eq(normal_base_url(b), "http://h:8080/b%20c?d");
    normal_base_free(b);
    normal_base_free(NULL);
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        ck_assert_msg(!normal_base_new(none[i]), "%s", none[i]);
}
END_TEST

/* ---- fragments, parameters, parts ---- */

static void has_fragment(const char *reference, const char *expected)
{
    struct normal_base *b = normal_base_new("http://h/x");
    struct buf out = BUF_INIT;
    struct slice fast = SLICE("?"), exact = SLICE("?");

    ck_assert_int_eq(normal_resolve(b, slice_str(reference), NULL, &out, &fast), 0);
    ck_assert_int_eq(normal_resolve_exact(b, slice_str(reference), NULL, &out, &exact),
                     0);
    ck_assert_ptr_eq(fast.data, exact.data);
    ck_assert_uint_eq(fast.len, exact.len);
    ck_assert(expected ? slice_eq(fast, expected) : !fast.data && !fast.len);
    buf_clear(&out);
    normal_base_free(b);
}

START_TEST(fragments)
{
    has_fragment("a", NULL);
    has_fragment("", NULL);
    has_fragment("a#", "");
    has_fragment("#", "");
    has_fragment("#a b%20\xc3\xa9", "a b%20\xc3\xa9");
    has_fragment("a?b#c#d?e", "c#d?e");
    has_fragment(" a#b ", "b");
    has_fragment("a b#c", "c");
}
END_TEST

static void drops_to(const char *reference, const char *expected)
{
    struct pattern *drop = NULL;
    struct normal_base *b = normal_base_new("http://h/x?utm_a=1&b=2");
    struct buf out = BUF_INIT, why = BUF_INIT;

    pattern_add(&drop, "^utm_", &why);
    pattern_add(&drop, "^(?i)sid$", &why);
    ck_assert_int_eq(normal_resolve(b, slice_str(reference), drop, &out, NULL), 0);
    ck_assert_str_eq(out.data, expected);
    ck_assert_int_eq(normal_resolve_exact(b, slice_str(reference), drop, &out, NULL),
                     0);
    ck_assert_str_eq(out.data, expected);
    pattern_free(drop);
    buf_clear(&why);
    buf_clear(&out);
    normal_base_free(b);
}

START_TEST(dropped)
{
    drops_to("", "http://h/x?b=2");
    drops_to("#x", "http://h/x?b=2");
    drops_to("y", "http://h/y");
    drops_to("y#?utm_x", "http://h/y");
    drops_to("?utm_x=1", "http://h/x");
    drops_to("?SID=1&utm_x&utm_", "http://h/x");
    drops_to("?a=1&sid=7&c", "http://h/x?a=1&c");
    drops_to("?sid=7&a=utm_&xutm_=1", "http://h/x?a=utm_&xutm_=1");
    drops_to("?a&&b&", "http://h/x?a&&b");
    drops_to("?u%74m_x=1&a", "http://h/x?a");
}
END_TEST

START_TEST(parts)
{
    static const char *const cases[][4] = {
        {"http://h/", "http://h", "h", "/"},
        {"https://ex.test:8443/a/b?c", "https://ex.test:8443", "ex.test", "/a/b?c"},
        {"http://[::1]:81/?x:/", "http://[::1]:81", "[::1]", "/?x:/"},
        {"http://[::1]/", "http://[::1]", "[::1]", "/"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ck_assert(slice_eq(normal_origin(cases[i][0]), cases[i][1]));
        ck_assert(slice_eq(normal_host(cases[i][0]), cases[i][2]));
        ck_assert_str_eq(normal_path(cases[i][0]), cases[i][3]);
    }
}
END_TEST

/* ---- the fast way against the exact one ---- */

static uint32_t chance(uint32_t n)
{
    static uint64_t state = 42;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % n;
}

/* Pieces of which most references are made, and those that go wrong. */
static void generate(struct buf *out)
{
    static const char *const pieces[] = {"/",
                                         "/",
                                         "/",
                                         "a",
                                         "b",
                                         "index.html",
                                         "..",
                                         ".",
                                         "../",
                                         "./",
                                         "//",
                                         "?",
                                         "#",
                                         "=",
                                         "&",
                                         ":",
                                         "http:",
                                         "HTTP:",
                                         "//h",
                                         "https",
                                         "://",
                                         "h.test",
                                         "b:81",
                                         "@",
                                         "%41",
                                         "%2E",
                                         "%2e",
                                         "%C3",
                                         "%c3",
                                         "%",
                                         "%4",
                                         " ",
                                         "\t",
                                         "\n",
                                         "\\",
                                         "\x7f",
                                         "\xc3",
                                         "[::1]",
                                         "<",
                                         "'",
                                         "~",
                                         "-",
                                         "1",
                                         "0x7f",
                                         ":80",
                                         ":8080",
                                         "^",
                                         "{",
                                         ";",
                                         "+",
                                         "B",
                                         "mailto",
                                         "%2F",
                                         "%3F",
                                         "|",
                                         "\x01",
                                         "127.0.0.1",
                                         "http://b:81",
                                         "http://h.test/",
                                         "https://h/",
                                         "%%34%31",
                                         "a:b"};
    unsigned n = chance(12);

    buf_reset(out);
    buf_append_str(out, "");
    while (n--) {
        uint32_t k = chance(ARRAY_LEN(pieces) + 2);

        if (k < ARRAY_LEN(pieces))
            buf_append_str(out, pieces[k]);
        else
            buf_append_char(out, (char)chance(256));
    }
}

static void check_result(const char *url, struct buf *scratch)
{
    struct normal_base *again = normal_base_new(url);
    struct origin o;
    const char *why;

    ck_assert_msg(again != NULL, "%s", url);
    ck_assert_str_eq(normal_base_url(again), url);
    ck_assert_msg(url_origin(url, &o, &why) == URL_OK, "%s", url);
    ck_assert_msg(!strncmp(o.text, url, normal_origin(url).len), "%s: %s", url, o.text);
    for (const char *s = url; *s; s++)
        ck_assert_msg(*s > ' ' && *s < 0x7f && *s != '#', "%s", url);
    ck_assert_int_eq(normal_resolve(again, slice_str(url), NULL, scratch, NULL), 0);
    ck_assert_str_eq(scratch->data, url);
    origin_clear(&o);
    normal_base_free(again);
}

static void compare(const struct normal_base *b, const struct buf *reference)
{
    struct buf fast = BUF_INIT, exact = BUF_INIT;
    struct slice r = {reference->data, reference->len}, f, g;
    enum url_error e = normal_resolve(b, r, NULL, &fast, &f);
    enum url_error x = normal_resolve_exact(b, r, NULL, &exact, &g);

    ck_assert_msg(e == x, "%s: %s, %s", r.data, error_name(e), error_name(x));
    ck_assert_msg(f.data == g.data && f.len == g.len, "%s", r.data);
    if (!e) {
        ck_assert_msg(!strcmp(fast.data, exact.data), "%s: %s, %s", r.data, fast.data,
                      exact.data);
        check_result(exact.data, &fast);
    }
    buf_clear(&fast);
    buf_clear(&exact);
}

START_TEST(both_ways)
{
#ifdef WITH_ASAN
    enum { ROUNDS = 2000 };
#else
    enum { ROUNDS = 20000 };
#endif
    static const char *const bases[] = {"http://b:81/d/e/f?q", "http://h.test",
                                        "https://127.0.0.1/a/", "http://[::1]/a?b"};
    struct buf reference = BUF_INIT;

    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        struct normal_base *b = normal_base_new(bases[i]);

        for (int j = 0; j < ROUNDS; j++) {
            generate(&reference);
            compare(b, &reference);
        }
        normal_base_free(b);
    }
    buf_clear(&reference);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("normal", rfc_examples, spellings, international, absolute,
                       fragments, dropped, parts, both_ways);
}

int main(void)
{
    return check_main(make);
}
