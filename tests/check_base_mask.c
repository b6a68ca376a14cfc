#include "base/mask.h"

#include "check_main.h"

static void expect(const char *text, const char *masked)
{
    struct buf out = BUF_INIT;

    mask_append(&out, text, strlen(text));
    ck_assert_str_eq(out.len ? out.data : "", masked);
    buf_clear(&out);
}

START_TEST(urls)
{
    expect("", "");
    expect("http://h/", "http://h/");
    expect("http://me:pw@h/", "http://***@h/");
    expect("go to http://me:p@w@h:1/x@y, or //u@h",
           "go to http://***@h:1/x@y, or //***@h");
    expect("'http://u:a b@no such:1'", "'http://***@no such:1'");
    expect("http://h/?q=a@b", "http://h/?q=a@b");
    expect("a//", "a//");
    expect("http://u@", "http://***@");
}
END_TEST

START_TEST(headers)
{
    static const char *const secret[] = {"Authorization", "proxy-authorization",
                                         "Cookie",        "Set-Cookie",
                                         "X-API-KEY",     "x-csrf-token"};
    static const char *const open[] = {"Accept", "Content-Type", "Host", "", "X-Ke"};

    for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
        ck_assert_msg(mask_is_secret_header(slice_str(secret[i])), "%s", secret[i]);
    for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
        ck_assert_msg(!mask_is_secret_header(slice_str(open[i])), "%s", open[i]);
}
END_TEST

START_TEST(urls_without_scheme)
{
    struct buf out = BUF_INIT;

    mask_append_url(&out, "me:pw@h/x");
    mask_append_url(&out, "h/x@y");
    mask_append_url(&out, "http://me@h/");
    ck_assert_str_eq(out.data, "***@h/xh/x@yhttp://***@h/");
    buf_clear(&out);
}
END_TEST

START_TEST(parameters)
{
    static const struct {
        const char *url, *masked;
    } cases[] = {
        {"http://h/?api_key=1&q=2", "http://h/?api_key=***&q=2"},
        {"h?q=a@b&ACCESS-TOKEN=1;x=2", "h?q=a@b&ACCESS-TOKEN=***;x=2"},
        {"http://h/?api%5Fkey=1", "http://h/?api%5Fkey=***"},
        {"http://h/#access_token=1&a=2", "http://h/#access_token=***&a=2"},
        {"http://h/?password=a=b?c", "http://h/?password=***?c"},
        {"http://h/?X-Amz-Signature=1", "http://h/?X-Amz-Signature=***"},
        {"http://h/?client_secret=", "http://h/?client_secret=***"},
        {"http://h/?sig=1&key=2&sid=3", "http://h/?sig=***&key=***&sid=***"},
        {"http://h/?keyword=1&token&%", "http://h/?keyword=1&token&%"},
        {"http://h/token=1", "http://h/token=1"},
        {"http://u:p@h/?", "http://***@h/?"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = BUF_INIT;

        mask_append_url(&out, cases[i].url);
        ck_assert_str_eq(out.data, cases[i].masked);
        buf_clear(&out);
    }
}
END_TEST

static void check_hidden(const char *text, const char *wanted)
{
    struct buf out = BUF_INIT;

    buf_append_str(&out, "");
    mask_append_hidden(&out, text, strlen(text));
    ck_assert_str_eq(out.data, wanted);
    buf_clear(&out);
}

START_TEST(hidden)
{
    ck_assert(!mask_hides());
    check_hidden("a secret/value", "a secret/value");
    mask_hide("");
    mask_hide("ab");
    ck_assert(!mask_hides());
    mask_hide("secret/value");
    mask_hide("secret/value/longer");
    mask_hide("ann");
    ck_assert(mask_hides());
    check_hidden("secret/value", "***");
    check_hidden("xsecret/valuesecret/valuey", "x******y");
    check_hidden("secret/value/longer", "***");
    check_hidden("?a=secret%2Fvalue&b", "?a=***&b");
    check_hidden("secret/valu", "secret/valu");
    check_hidden("ann: cannot ann9 'ann' ann", "***: cannot ann9 '***' ***");
}
END_TEST

START_TEST(hidden_urls)
{
    mask_hide("https://u:pass@hooks.example:8443/services/T0/B1?k=v");
    check_hidden("https://u:pass@hooks.example:8443/services/T0/B1?k=v", "***");
    check_hidden("GET /services/T0/B1?k=v HTTP/1.1", "GET *** HTTP/1.1");
    check_hidden("Host: hooks.example:8443", "Host: ***");
    check_hidden("Could not resolve host: hooks.example",
                 "Could not resolve host: ***");
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("mask", urls, urls_without_scheme, headers, parameters, hidden,
                       hidden_urls);
}

int main(void)
{
    return check_main(suite);
}
