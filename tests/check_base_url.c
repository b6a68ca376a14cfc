#include "check_main.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/url.h"

/* --- origin ----------------------------------------------------------------------- */

START_TEST(origins)
{
    static const char *const cases[][2] = {
        {"http://example.com", "http://example.com:80"},
        {"https://example.com/x?y#z", "https://example.com:443"},
        {"HTTP://Example.COM:8080/", "http://example.com:8080"},
        {"http://example.com:80/", "http://example.com:80"},
        {"http://example.com:080/", "http://example.com:80"},
        {"http://example.com:/", "http://example.com:80"},
        {"http://user:pw@example.com/", "http://example.com:80"},
        {"http://good.com\\@evil.com/", "http://evil.com:80"},
        {"http://good.com@evil.com/", "http://evil.com:80"},
        {"http://h?@good.com/", "http://h:80"},
        {"http://example.com./", "http://example.com.:80"},
        {"http://ex%61mple.com/", "http://example.com:80"},
        {"http://127.0.0.1:8080/", "http://127.0.0.1:8080"},
        {"http://0x7f.1/", "http://127.0.0.1:80"},
        {"http://2130706433/", "http://127.0.0.1:80"},
        {"http://0177.0.0.01/", "http://127.0.0.1:80"},
        {"http://[::1]:8080/", "http://[::1]:8080"},
        {"http://[0:0::1]/", "http://[::1]:80"},
        {"http://[FE80::1%25eth0]:99/", "http://[fe80::1%25eth0]:99"},
        {"http://h/caf\xc3\xa9", "http://h:80"},
        {"example.com/x", "http://example.com:80"},
        {"localhost:8080/x", "http://localhost:8080"},
        {"ftp.example.com", "http://ftp.example.com:80"},
        {"http:/h/x", "http://h:80"},
        {"example.com:80", "http://example.com:80"},
        {"user:pw@host/x", "http://host:80"},
        {"user:1@host?x", "http://host:80"},
        {"chrome:9222/json", "http://chrome:9222"},
        {"news:80", "http://news:80"},
        {"h:?x", "http://h:80"},
        {"h:#x", "http://h:80"},
        {"mailto@host", "http://host:80"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct origin o;
        const char *why;

        ck_assert_msg(url_origin(cases[i][0], &o, &why) == URL_OK, "%s", cases[i][0]);
        ck_assert_str_eq(o.text, cases[i][1]);
        ck_assert_int_eq(o.secure, o.text[4] == 's');
        origin_clear(&o);
    }
}
END_TEST

START_TEST(refused)
{
    static const struct {
        const char *url;
        enum url_error error;
    } cases[] = {
        {"", URL_MALFORMED},
        {"http://", URL_MALFORMED},
        {"http:///", URL_MALFORMED},
        {"http://:80/", URL_MALFORMED},
        {"http://user@/", URL_MALFORMED},
        {"/etc/passwd", URL_MALFORMED},
        {"//h/", URL_MALFORMED},
        {"http://h:65536/", URL_MALFORMED},
        {"http://h:80x/", URL_MALFORMED},
        {"http://h:-1/", URL_MALFORMED},
        {"http://h /", URL_MALFORMED},
        {"http://h/a b", URL_MALFORMED},
        {"http://h/\n", URL_MALFORMED},
        {"http://h/\x7f", URL_MALFORMED},
        {" http://h/", URL_MALFORMED},
        {"http://a%00b/", URL_MALFORMED},
        {"http://a%20b/", URL_MALFORMED},
        {"http://%2565vil.com/", URL_MALFORMED},
        {"http://[::1/", URL_MALFORMED},
        {"http://[::g]/", URL_MALFORMED},
        {"http://a<b>/", URL_MALFORMED},
        {"foo://x", URL_UNSUPPORTED_SCHEME},
        {"ftp://h/", URL_UNSUPPORTED_SCHEME},
        {"file:///etc/passwd", URL_UNSUPPORTED_SCHEME},
        {"file:/etc/passwd", URL_UNSUPPORTED_SCHEME},
        {"FILE:///etc/passwd", URL_UNSUPPORTED_SCHEME},
        {"httpx://h/", URL_UNSUPPORTED_SCHEME},
        {"mailto:joe@example.test", URL_UNSUPPORTED_SCHEME},
        {"MailTo:joe@example.test?subject=x", URL_UNSUPPORTED_SCHEME},
        {"data:,x", URL_UNSUPPORTED_SCHEME},
        {"data:", URL_UNSUPPORTED_SCHEME},
        {"data:text/html,a@b", URL_UNSUPPORTED_SCHEME},
        {"javascript:alert(1)", URL_UNSUPPORTED_SCHEME},
        {"tel:+15551234", URL_UNSUPPORTED_SCHEME},
        {"tel:5551234", URL_UNSUPPORTED_SCHEME},
        {"about:blank", URL_UNSUPPORTED_SCHEME},
        {"urn:isbn:1", URL_UNSUPPORTED_SCHEME},
        {"view-source:http://h/", URL_UNSUPPORTED_SCHEME},
        {"sip:me@h", URL_UNSUPPORTED_SCHEME},
        {"foo:bar", URL_UNSUPPORTED_SCHEME},
        {"foo:80x/a@b", URL_UNSUPPORTED_SCHEME},
        {"h:65536", URL_MALFORMED},
        {"1:x", URL_MALFORMED},
        {"http:x", URL_MALFORMED},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct origin o = {0};
        const char *why = NULL;

        ck_assert_msg(url_origin(cases[i].url, &o, &why) == cases[i].error, "%s",
                      cases[i].url);
        ck_assert_ptr_nonnull(why);
        ck_assert_ptr_null(o.text);
        ck_assert_ptr_null(url_effective(cases[i].url));
    }
}
END_TEST

/* As libcurl can: without IDNA there is no such host. */
START_TEST(ascii)
{
    static const char *const cases[][2] = {
        {"http://h/", "http://h:80"},
        {"https://[fe80::1%25eth0]/", "https://[fe80::1%25eth0]:443"},
        {"http://%33/", "http://0.0.0.3:80"},
        {"http://m\xc3\xbcnchen.de:81/x", "http://xn--mnchen-3ya.de:81"},
        {"https://M\xc3\x9cNCHEN.de", "https://xn--mnchen-3ya.de:443"},
        {"http://\xef\xbc\x90x7f.1/", "http://127.0.0.1:80"},
    };
    struct origin o = {0};
    const char *why = NULL;
    bool can;

    setlocale(LC_CTYPE, "C.UTF-8"); /* as the program does */
    can = url_origin_ascii(cases[3][0], &o, &why) == URL_OK &&
          !strcmp(o.text, cases[3][1]);
    origin_clear(&o);
    for (size_t i = 0; i < (can ? ARRAY_LEN(cases) : 3); i++) {
        ck_assert_int_eq(url_origin_ascii(cases[i][0], &o, &why), URL_OK);
        ck_assert_str_eq(o.text, cases[i][1]);
        origin_clear(&o);
    }
    ck_assert_int_eq(url_origin_ascii("http://a b/", &o, &why), URL_MALFORMED);
    if (can) {
        why = NULL;
        ck_assert_int_eq(url_origin_ascii("http://a\xff/", &o, &why), URL_MALFORMED);
        ck_assert_int_eq(url_origin_ascii("http://[::1%25\xff]/", &o, &why),
                         URL_MALFORMED);
        ck_assert_ptr_null(o.text);
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

START_TEST(equality)
{
    struct origin a, b, c, none = {0};
    const char *why;

    url_origin("http://h/", &a, &why);
    url_origin("HTTP://u@H:80/x", &b, &why);
    url_origin("https://h/", &c, &why);
    ck_assert(origin_eq(&a, &b) && !origin_eq(&a, &c) && !origin_eq(&a, &none));
    origin_clear(&a);
    origin_clear(&b);
    origin_clear(&c);
    ck_assert_ptr_null(a.text);
    origin_clear(&a);
}
END_TEST

/* --- effective URL ---------------------------------------------------------------- */

START_TEST(effective)
{
    static const char *const cases[][2] = {
        {"http://h", "http://h/"},
        {"h/x", "http://h/x"},
        {"http://h/x?a=b&c", "http://h/x?a=b&c"},
        {"http://u:p@h/x#frag", "http://h/x"},
        {"http://h/a/../b/./c", "http://h/b/c"},
        {"http://h:80/x", "http://h:80/x"},
        {"http://0x7f.1/", "http://127.0.0.1/"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *url = url_effective(cases[i][0]);

        ck_assert_str_eq(url, cases[i][1]);
        free(url);
    }
}
END_TEST

/* --- references ------------------------------------------------------------------- */

/* RFC 3986, 5.4; what RFC 9110 adds; what libcurl refuses. */
START_TEST(references)
{
    static const char *const cases[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
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
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"https://u@H:1/x", "https://u@H:1/x"},
        {" g\r\n", "http://a/b/c/g"},
        {"a b", "http://a/b/c/a%20b"},
        {"x?a b#c d", "http://a/b/c/x?a%20b#c%20d"},
        {"http://h/x#c d", "http://h/x#c%20d"},
        {"g?u=http://x/y", "http://a/b/c/g?u=http://x/y"},
        {"g:80", NULL},
        {"./g:80", "http://a/b/c/g:80"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum url_error error = URL_OK;
        char *url = url_resolve("http://a/b/c/d;p?q", cases[i][0], &error);

        if (cases[i][1])
            ck_assert_msg(url && !strcmp(url, cases[i][1]), "%s: %s", cases[i][0], url);
        else
            ck_assert_msg(!url, "%s: %s", cases[i][0], url);
        ck_assert_int_eq(!url, error != URL_OK);
        free(url);
    }
}
END_TEST

START_TEST(bases)
{
    static const char *const cases[][3] = {
        {"http://a", "g", "http://a/g"},
        {"http://a?q/r", "g", "http://a/g"},
        {"http://a", "?y", "http://a/?y"},
        {"http://a/b#f", "c", "http://a/c#f"},
        {"http://a/b#f/g?h", "c", "http://a/c#f/g?h"},
        {"http://a/b#f", "c#g", "http://a/c#g"},
        {"http://a/b#f", "https://d/", "https://d/#f"},
        {"http://a/b?x/y", "c", "http://a/c"},
        {"http://a/b#f", "", "http://a/b#f"},
        {"https://a/b", "//c/d", "https://c/d"},
        {"http://u:p@a/b", "/c", "http://u:p@a/c"},
        {"http://[::1]:8/b", "c", "http://[::1]:8/c"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum url_error error;
        char *url = url_resolve(cases[i][0], cases[i][1], &error);

        ck_assert_msg(url && !strcmp(url, cases[i][2]), "%s + %s: %s", cases[i][0],
                      cases[i][1], url);
        free(url);
    }
}
END_TEST

START_TEST(references_refused)
{
    static const struct {
        const char *reference;
        enum url_error error;
    } cases[] = {
        {"ftp://h/", URL_UNSUPPORTED_SCHEME},
        {"file:///etc/passwd", URL_UNSUPPORTED_SCHEME},
        {"mailto:a@b.c", URL_UNSUPPORTED_SCHEME},
        {"javascript:alert(1)", URL_UNSUPPORTED_SCHEME},
        {"http://", URL_MALFORMED},
        {"http://h:99999/", URL_MALFORMED},
        {"http://a b/", URL_MALFORMED},
        {"//a b/", URL_MALFORMED},
        {"//%2565vil.com/", URL_MALFORMED},
        {"/a\x01", URL_MALFORMED},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum url_error error;
        char *url = url_resolve("http://a/b", cases[i].reference, &error);

        ck_assert_msg(!url && error == cases[i].error, "%s: %s", cases[i].reference,
                      url);
    }
}
END_TEST

/* --- the fast path says what libcurl says ----------------------------------------- */

static uint64_t state = 88172645463325252u;

static size_t any(size_t n) /* xorshift: the same URLs in every run */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % n);
}

static const char *const pieces[] = {
    "http://",     "https://", "HTTP://", "ftp://",   "http:/", "http:///",
    "://",         "example",  ".com",    "a",        "z9",     "xn--bcher",
    "127.0.0.1",   "0x7f",     "1",       "256",      "08",     ".",
    "..",          "-",        "_",       ":",        ":0",     ":1",
    ":80",         ":443",     ":65535",  ":65536",   ":080",   ":99999999999999",
    "/",           "//",       "/../",    "/./",      "/.",     "/..",
    "/%2e/",       "%2E",      "%41",     "%zz",      "%00",    "\\",
    "@",           "user:p@",  "?",       "#",        "?q=1",   "#f",
    "[",           "]",        "[::1]",   "\xc3\xa9", "\xff",   "~",
    "=&;,!$'()*+", "A",        " ",       "\x7f",     "\t",     "|",
    "<",           "\"",       "mailto:", "tel:",     "foo:",
};

/* Mostly a good URL with a few pieces put in, or bytes changed, at random places. */
static void generate(struct buf *url)
{
    buf_reset(url);
    if (any(4)) {
        static const char *const seeds[] = {
            "http://example.com/a/b?c=d",  "https://www.example.org:8443/",
            "http://127.0.0.1:80/x",       "http://10.20.30.40",
            "http://a.b-c.d9/%20x/y.html", "https://h/?q",
        };

        buf_append_str(url, seeds[any(ARRAY_LEN(seeds))]);
    }
    for (size_t i = any(4) + !url->len; i > 0; i--) {
        struct buf tail = BUF_INIT;
        size_t at = any(url->len + 1);

        buf_append(&tail, url->data ? url->data + at : "", url->len - at);
        url->len = at;
        buf_append_str(url, pieces[any(ARRAY_LEN(pieces))]);
        buf_append(url, tail.data, tail.len);
        buf_clear(&tail);
        if (url->len && !any(3))
            url->data[any(url->len)] = (char)(1 + any(255));
    }
}

START_TEST(fast_path_is_exact)
{
    struct buf url = BUF_INIT;

    for (int i = 0; i < 200000; i++) {
        struct origin fast = {0}, exact = {0};
        const char *why;
        char *a, *b;

        generate(&url);
        if (url_origin(url.data, &fast, &why) !=
            url_origin_exact(url.data, &exact, &why))
            ck_abort_msg("errors differ: %s", url.data);
        if (fast.text && (strcmp(fast.text, exact.text) || fast.secure != exact.secure))
            ck_abort_msg("%s: %s, %s", url.data, fast.text, exact.text);
        a = url_effective(url.data);
        b = url_effective_exact(url.data);
        if (!a != !b || (a && strcmp(a, b)))
            ck_abort_msg("%s: %s, %s", url.data, a, b);
        free(a);
        free(b);
        origin_clear(&fast);
        origin_clear(&exact);
    }
    buf_clear(&url);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("url", origins, refused, ascii, equality, effective, references,
                       bases, references_refused, fast_path_is_exact);
}

int main(void)
{
    return check_main(suite);
}
