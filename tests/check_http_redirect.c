#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/redirect.h"

static struct hop hop_at(const char *url, const char *method)
{
    struct hop h = {.url = mem_strdup(url),
                    .method = method,
                    .send_body = true,
                    .credentials = true};
    const char *why;

    ck_assert_int_eq(url_origin(url, &h.origin, &why), URL_OK);
    return h;
}

/* Follows a Location; the response keeps the reason of a refusal. */
static enum http_error follow(struct hop *h, const struct origin *first, int status,
                              const char *location, struct response *rs)
{
    struct buf line = BUF_INIT;

    response_clear(rs);
    rs->status = status;
    buf_appendf(&line, "Location: %s", location);
    headers_add_line(&rs->headers, line.data, line.len);
    buf_clear(&line);
    return redirect_follow(h, first, rs);
}

START_TEST(methods)
{
    static const struct {
        int status;
        const char *from, *to;
        bool body;
    } cases[] = {
        {301, "GET", "GET", true},   {301, "POST", "GET", false},
        {301, "PUT", "PUT", true},   {301, "HEAD", "HEAD", true},
        {302, "POST", "GET", false}, {302, "DELETE", "DELETE", true},
        {303, "POST", "GET", false}, {303, "PUT", "GET", false},
        {303, "GET", "GET", false},  {303, "HEAD", "HEAD", true},
        {307, "POST", "POST", true}, {307, "PUT", "PUT", true},
        {308, "POST", "POST", true}, {308, "GET", "GET", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct hop h = hop_at("http://a.test/x", cases[i].from);
        struct hop first = hop_at("http://a.test/", "GET");
        struct response rs = {0};

        ck_assert_int_eq(follow(&h, &first.origin, cases[i].status, "y", &rs), HTTP_OK);
        ck_assert_str_eq(h.url, "http://a.test/y");
        ck_assert_str_eq(h.method, cases[i].to);
        ck_assert_msg(h.send_body == cases[i].body, "%d %s", cases[i].status,
                      cases[i].from);
        response_clear(&rs);
        hop_clear(&h);
        hop_clear(&first);
    }
}
END_TEST

START_TEST(targets)
{
    static const struct {
        const char *location, *url;
        bool credentials;
    } cases[] = {
        {"/y", "https://a.test/y", true},
        {"?q=1", "https://a.test/d/x?q=1", true},
        {"../y", "https://a.test/y", true},
        {"https://a.test:443/y", "https://a.test:443/y", true},
        {"HTTPS://A.TEST/y", NULL, true},
        {"//a.test/y", "https://a.test/y", true},
        {"//b.test/y", "https://b.test/y", false},
        {"http://a.test/y", "http://a.test/y", false},
        {"https://a.test:8443/y", "https://a.test:8443/y", false},
        {"https://www.a.test/y", "https://www.a.test/y", false},
        {"https://a.test.b.test/y", "https://a.test.b.test/y", false},
        {"https://a.test@b.test/", NULL, false},
        {"https://user:pw@a.test/", NULL, true},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct hop h = hop_at("https://a.test/d/x", "GET");
        struct hop first = hop_at("https://a.test/", "GET");
        struct response rs = {0};

        ck_assert_int_eq(follow(&h, &first.origin, 302, cases[i].location, &rs),
                         HTTP_OK);
        if (cases[i].url)
            ck_assert_str_eq(h.url, cases[i].url);
        ck_assert_msg(h.credentials == cases[i].credentials, "%s", cases[i].location);
        response_clear(&rs);
        hop_clear(&h);
        hop_clear(&first);
    }
}
END_TEST

/* Over another origin and home again: what was meant for home is sent there only. */
START_TEST(there_and_back)
{
    struct hop h = hop_at("http://user:secret@a.test/1", "POST");
    struct hop first = hop_at("http://a.test/", "GET");
    struct response rs = {0};

    ck_assert_int_eq(follow(&h, &first.origin, 307, "//b.test/2", &rs), HTTP_OK);
    ck_assert(!h.credentials && h.send_body);
    ck_assert_ptr_null(strstr(h.url, "secret"));
    ck_assert_str_eq(h.origin.text, "http://b.test:80");
    ck_assert_int_eq(follow(&h, &first.origin, 307, "/3", &rs), HTTP_OK);
    ck_assert(!h.credentials);
    ck_assert_int_eq(follow(&h, &first.origin, 307, "http://a.test:80/4", &rs),
                     HTTP_OK);
    ck_assert(h.credentials);
    ck_assert_str_eq(h.origin.text, "http://a.test:80");
    response_clear(&rs);
    hop_clear(&h);
    hop_clear(&first);
}
END_TEST

START_TEST(refused)
{
    static const char *const locations[] = {
        "file:///etc/passwd",
        "ftp://a.test/",
        "gopher://a.test/",
        "javascript:1",
        "data:,x",
        "http://",
        "http://[::1/",
        "http://a.test:99999/",
        "http://a b.test/",
        "FILE:/etc/hosts",
        "mailto:a@b.test",
    };

    for (size_t i = 0; i < ARRAY_LEN(locations); i++) {
        struct hop h = hop_at("http://a.test/x", "POST");
        struct hop first = hop_at("http://a.test/", "GET");
        struct response rs = {0};

        ck_assert_msg(follow(&h, &first.origin, 303, locations[i], &rs) ==
                          HTTP_REDIRECT_REFUSED,
                      "%s", locations[i]);
        ck_assert_int_eq(rs.error, HTTP_REDIRECT_REFUSED);
        ck_assert_ptr_nonnull(strstr(rs.message, locations[i]));
        ck_assert_str_eq(h.url, "http://a.test/x");
        ck_assert_str_eq(h.method, "POST");
        ck_assert(h.send_body && h.credentials);
        response_clear(&rs);
        hop_clear(&h);
        hop_clear(&first);
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("redirect", methods, targets, there_and_back, refused);
}

int main(void)
{
    return check_main(suite);
}
