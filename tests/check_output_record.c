#include "check_output.h"

#include <cjson/cJSON.h>

#include "base/json.h"

static const struct record_options everything = {
    .format = RECORD_JSON, .body = true, .headers = true, .redirects = true};

START_TEST(plain)
{
    struct sample s;

    sample_init(&s);
    s.record.index = 7;
    s.record.id = "{\"a\":1.50}";
    expect_record(
        &s, &json_only,
        "{\"schema\":1,\"index\":7,\"id\":{\"a\":1.50},"
        "\"url\":\"http://me:pw@h/a/../b?c#d\",\"method\":\"GET\","
        "\"url_effective\":\"http://h/b?c\",\"response_code\":200,"
        "\"http_version\":\"1.1\",\"content_type\":\"text/plain\","
        "\"size_download\":6,\"num_redirects\":0,\"remote_ip\":\"127.0.0.1\","
        "\"attempts\":1,\"time_queued\":0.000500,\"time_namelookup\":0.000001,"
        "\"time_connect\":0.000020,\"time_appconnect\":0.000300,"
        "\"time_starttransfer\":0.050000,\"time_total\":1.600000,"
        "\"ok\":true,\"error\":null}\n");
    sample_clear(&s);
}
END_TEST

START_TEST(no_response)
{
    struct sample s;

    sample_init_unanswered(&s, "a b\x1b\xff", HTTP_BAD_INPUT, "no \"URL\"");
    expect_record(
        &s, &everything,
        "{\"schema\":1,\"index\":0,\"url\":\"a b\\u001b\xef\xbf\xbd\","
        "\"method\":\"GET\",\"url_effective\":null,"
        "\"response_code\":0,\"http_version\":null,\"content_type\":null,"
        "\"size_download\":0,\"num_redirects\":0,\"remote_ip\":null,"
        "\"attempts\":0,\"time_queued\":0.000000,\"time_namelookup\":0.000000,"
        "\"time_connect\":0.000000,\"time_appconnect\":0.000000,"
        "\"time_starttransfer\":0.000000,\"time_total\":0.000000,\"ok\":false,"
        "\"error\":{\"type\":\"bad_input\",\"message\":\"no \\\"URL\\\"\","
        "\"retriable\":false},\"headers\":[],\"redirects\":[],\"body\":null}\n");
    sample_clear(&s);
}
END_TEST

/* The times are those of all hops of the last attempt. */
START_TEST(sums)
{
    struct sample s;

    sample_init(&s);
    s.call.earlier = (struct timings){.namelookup = 1000000, .total = 2000000};
    expect_in_record(&s, &json_only, "\"time_namelookup\":1.000001,");
    expect_in_record(&s, &json_only, "\"time_total\":3.600000,");
    sample_clear(&s);
}
END_TEST

START_TEST(statuses)
{
    struct sample s;

    sample_init(&s);
    s.record.error = HTTP_STATUS;
    s.call.response.status = 404;
    expect_in_record(&s, &json_only,
                     "\"ok\":false,\"error\":{\"type\":\"http_status\","
                     "\"message\":\"HTTP 404\",\"retriable\":false}}\n");
    s.call.response.status = 503;
    expect_in_record(&s, &json_only, "\"message\":\"HTTP 503\",\"retriable\":true}}\n");
    sample_clear(&s);
}
END_TEST

START_TEST(headers_and_redirects)
{
    static const struct record_options o = {.headers = true, .redirects = true};
    struct sample s;

    sample_init(&s);
    sample_header(&s, "Set-Cookie: a=\"1\"");
    sample_header(&s, "set-cookie:b");
    s.call.redirect_count = 2;
    s.call.redirects = mem_zalloc(2 * sizeof(*s.call.redirects));
    s.call.redirects[0] = (struct redirection){mem_strdup("http://u:p@a/"), 301};
    s.call.redirects[1] = (struct redirection){mem_strdup("http://b/"), 307};
    expect_in_record(&s, &o,
                     ",\"headers\":[[\"Content-Type\",\"text/plain\"],"
                     "[\"Set-Cookie\",\"a=\\\"1\\\"\"],[\"set-cookie\",\"b\"]],"
                     "\"redirects\":[{\"url\":\"http://a/\",\"response_code\":301},"
                     "{\"url\":\"http://b/\",\"response_code\":307}]}\n");
    expect_in_record(&s, &json_only, "\"num_redirects\":2,");
    sample_clear(&s);
}
END_TEST

/* The method of the last hop: a 303 makes a GET of a POST. */
START_TEST(methods)
{
    struct sample s;

    sample_init(&s);
    s.request.method = mem_strdup("POST");
    expect_in_record(&s, &json_only, "\"method\":\"GET\"");
    s.call.hop.method = NULL;
    expect_in_record(&s, &json_only, "\"method\":\"POST\"");
    sample_clear(&s);
}
END_TEST

/* ---- bodies ---- */

static void expect_body(const char *type, const char *body, size_t n,
                        const char *expected)
{
    struct buf text = BUF_INIT;
    struct sample s;
    cJSON *parsed;

    sample_init(&s);
    headers_clear(&s.call.response.headers);
    buf_appendf(&text, "Content-Type: %s", type);
    sample_header(&s, text.data);
    buf_append(&s.call.response.body, body, n);
    buf_reset(&text);
    buf_appendf(&text, ",\"redirects\":[],%s}\n", expected);
    expect_in_record(&s, &everything, text.data);
    buf_reset(&text);
    record_append(&text, &s.record, &everything);
    ck_assert_ptr_eq(memchr(text.data, '\n', text.len), text.data + text.len - 1);
    parsed = cJSON_Parse(text.data);
    ck_assert_ptr_nonnull(parsed);
    cJSON_Delete(parsed);
    buf_clear(&text);
    sample_clear(&s);
}

#define BODY(type, body, expected) expect_body(type, body, sizeof(body) - 1, expected)

START_TEST(bodies)
{
    BODY("text/plain", "a\"\n\xc3\xa9", "\"body\":\"a\\\"\\n\xc3\xa9\"");
    BODY("text/plain", "", "\"body\":\"\"");
    BODY("text/plain", "a\0b", "\"body_encoding\":\"base64\",\"body\":\"YQBi\"");
    BODY("text/plain", "\xff\xfe", "\"body_encoding\":\"base64\",\"body\":\"//4=\"");
    BODY("", "text", "\"body\":\"text\"");
    BODY("application/octet-stream", "text", "\"body\":\"text\"");
    BODY("text/plain", "{}", "\"body\":\"{}\"");
}
END_TEST

START_TEST(json_bodies)
{
    BODY("application/json", "{ \"n\" : 9007199254740993, \"n\":-0.10 }\r\n",
         "\"body\":{\"n\":9007199254740993,\"n\":-0.10}");
    BODY("application/json", "1e400", "\"body\":1e400");
    BODY("APPLICATION/JSON;charset=utf-8", "[\n1]", "\"body\":[1]");
    BODY("application/problem+json", "null", "\"body\":null");
    BODY("application/json", "\xef\xbb\xbf[]", "\"body\":[]");
    BODY("application/jsonp", "[]", "\"body\":\"[]\"");
    BODY("+json", "[]", "\"body\":\"[]\"");
    BODY("application/json", "", "\"body\":\"\"");
    BODY("application/json", "{\"a\":", "\"body\":\"{\\\"a\\\":\"");
    BODY("application/json", "[1] 2", "\"body\":\"[1] 2\"");
    BODY("application/json", "\"\xff\"",
         "\"body_encoding\":\"base64\",\"body\":\"Iv8i\"");
}
END_TEST

/* jq and its like read JSON that is nested so deep and no deeper: what is deeper is a
 * string, and keeps the line readable. */
START_TEST(deep_bodies)
{
    for (int depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        struct buf body = BUF_INIT, expected = BUF_INIT;

        for (int i = 0; i < depth; i++)
            buf_append_char(&body, '[');
        for (int i = 0; i < depth; i++)
            buf_append_char(&body, ']');
        buf_appendf(&expected,
                    depth > JSON_MAX_DEPTH ? "\"body\":\"%s\"" : "\"body\":%s",
                    body.data);
        expect_body("application/json", body.data, body.len, expected.data);
        buf_clear(&expected);
        buf_clear(&body);
    }
}
END_TEST

START_TEST(charsets)
{
    BODY("text/plain; charset=iso-8859-1", "\xe9", "\"body\":\"\xc3\xa9\"");
    BODY("text/plain; charset=\"ISO-8859-1\"", "\xe9", "\"body\":\"\xc3\xa9\"");
    BODY("text/plain; x=y ; Charset=windows-1252 ", "\x80",
         "\"body\":\"\xe2\x82\xac\"");
    BODY("text/plain; charset=utf-16le", "a\0b\0", "\"body\":\"ab\"");
    BODY("text/plain; charset=utf-16le", "a\0b",
         "\"body_encoding\":\"base64\",\"body\":\"YQBi\"");
    BODY("text/plain; charset=utf-16be", "\0\0",
         "\"body_encoding\":\"base64\",\"body\":\"AAA=\"");
    BODY("text/plain; charset=iso-8859-1", "\xc3\xa9", "\"body\":\"\xc3\xa9\"");
    BODY("text/plain; charset=nonsense", "\xe9",
         "\"body_encoding\":\"base64\",\"body\":\"6Q==\"");
    BODY("text/plain; charset=utf-8//IGNORE", "a\xff",
         "\"body_encoding\":\"base64\",\"body\":\"Yf8=\"");
    BODY("text/plain; charset=", "\xe9",
         "\"body_encoding\":\"base64\",\"body\":\"6Q==\"");
    BODY("text/plain; charset", "a", "\"body\":\"a\"");
}
END_TEST

/* ---- JSON passes through with every token as it came ---- */

static unsigned random_state = 1;

static unsigned pick(unsigned below)
{
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % below;
}

/* The same document twice: with white space anywhere, and with none. */
static void both(struct buf *loose, struct buf *tight, const char *token)
{
    for (unsigned n = pick(3); n; n--)
        buf_append_char(loose, " \t\r\n"[pick(4)]);
    buf_append_str(loose, token);
    buf_append_str(tight, token);
}

static void random_value(struct buf *loose, struct buf *tight, unsigned depth)
{
    static const char *const scalars[] = {
        "0",     "-0",           "1e400",         "9007199254740993",
        "0.10",  "1E+2",         "true",          "false",
        "null",  "\"\"",         "\" \\u0020 \"", "\"\\/\\\\\"",
        "\"{\"", "\"\xc3\xa9\"", "\"\\ud800\"",   "-12.50e-7"};
    bool object = pick(2);
    unsigned n = pick(4);

    if (!depth || pick(3) == 0) {
        both(loose, tight, scalars[pick(ARRAY_LEN(scalars))]);
        return;
    }
    both(loose, tight, object ? "{" : "[");
    for (unsigned i = 0; i < n; i++) {
        if (i)
            both(loose, tight, ",");
        if (object) {
            both(loose, tight, pick(2) ? "\"k\"" : "\"\\u006b\"");
            both(loose, tight, ":");
        }
        random_value(loose, tight, depth - 1);
    }
    both(loose, tight, object ? "}" : "]");
}

START_TEST(json_passes_through)
{
    struct buf loose = BUF_INIT, tight = BUF_INIT;

    for (int i = 0; i < 1000; i++) {
        struct buf expected = BUF_INIT;
        struct sample s;

        buf_reset(&loose);
        buf_reset(&tight);
        random_value(&loose, &tight, 5);
        sample_init(&s);
        headers_clear(&s.call.response.headers);
        sample_header(&s, "Content-Type: application/json");
        buf_append(&s.call.response.body, loose.data, loose.len);
        buf_appendf(&expected, ",\"body\":%s}\n", tight.data);
        expect_in_record(&s, &everything, expected.data);
        buf_clear(&expected);
        sample_clear(&s);
    }
    buf_clear(&loose);
    buf_clear(&tight);
}
END_TEST

/* ---- text ---- */

START_TEST(text_lines)
{
    struct record_options o = {.format = RECORD_TEXT};
    struct sample s;

    sample_init(&s);
    expect_record(&s, &o, "200      6 B     1.6 s  http://me:pw@h/a/../b?c#d\n");
    o.color = true;
    expect_in_record(&s, &o, "\x1b[32m200\x1b[0m ");
    s.record.error = HTTP_STATUS;
    s.call.response.status = 404;
    expect_in_record(&s, &o, "\x1b[31m404\x1b[0m ");
    expect_in_record(&s, &o, "\x1b[31m  http_status: HTTP 404\x1b[0m\n");
    sample_clear(&s);
    o.color = false;
    sample_init_unanswered(&s, "http://h/", HTTP_TIMEOUT, "slow\x1b[31m");
    expect_record(&s, &o,
                  "---      0 B    0.0 ms  http://h/  timeout: slow\\x1b[31m\n");
    sample_clear(&s);
}
END_TEST

/* Nothing from elsewhere reaches the terminal as a control character. */
START_TEST(text_is_clean)
{
    static const struct record_options o = {
        .format = RECORD_TEXT, .body = true, .headers = true, .redirects = true};
    struct buf out = BUF_INIT;
    struct sample s;

    sample_init(&s);
    sample_header(&s, "X-A: \x1b]0;x\x07");
    s.call.redirect_count = 1;
    s.call.redirects = mem_zalloc(sizeof(*s.call.redirects));
    s.call.redirects[0] = (struct redirection){mem_strdup("http://\x1b[1m/"), 301};
    buf_append_str(&s.call.response.body, "one\x1b[2J\r\ntwo\xc2\x9b\n");
    record_append(&out, &s.record, &o);
    for (size_t i = 0; i < out.len; i++)
        ck_assert_msg((unsigned char)out.data[i] >= 0x20 || out.data[i] == '\n',
                      "byte %zu of %s", i, out.data);
    ck_assert_ptr_nonnull(strstr(out.data, "\none\\x1b[2J\ntwo\\x9b\n"));
    ck_assert_ptr_nonnull(strstr(out.data, "    X-A: \\x1b]0;x\\x07\n"));
    buf_reset(&s.call.response.body);
    buf_append(&s.call.response.body, "\0\1", 2);
    expect_in_record(&s, &o, "\n    (2 B that are not text)\n");
    buf_clear(&out);
    sample_clear(&s);
}
END_TEST

START_TEST(json_on_a_terminal_is_clean)
{
    static const struct record_options o = {
        .format = RECORD_JSON, .body = true, .terminal = true};
    struct sample s;

    sample_init(&s);
    headers_clear(&s.call.response.headers);
    sample_header(&s, "Content-Type: application/json");
    buf_append_str(&s.call.response.body,
                   "{\"\x7f\xc2\x9b\":1.50,\"a\":\"\xe2\x80\xae\xc3\xa9\\\\\"}");
    expect_in_record(&s, &o,
                     "\"body\":{\"\\u007f\\u009b\":1.50,"
                     "\"a\":\"\\u202e\xc3\xa9\\\\\"}}\n");
    sample_clear(&s);
}
END_TEST

/* ---- dry runs ---- */

START_TEST(dry)
{
    static const char *const lines[] = {"Authorization: Bearer pw", "X-A: shown",
                                        "X-Gone:", "X-B: old", NULL};
    const struct client_config config = {
        .headers = lines, .userpwd = "me:pw", .cookies = "a=pw", .user_agent = "ua"};
    struct buf out = BUF_INIT;
    struct sample s;

    sample_init(&s);
    request_add_header(&s.request, "x-b: new");
    request_add_header(&s.request, "X-Empty;");
    request_add_header(&s.request, "X-Api-Key: pw");
    request_take_body(&s.request, mem_strdup("12345"), 5);
    record_append_dry(&out, &s.record, &config);
    ck_assert_str_eq(out.data,
                     "{\"schema\":1,\"index\":0,\"dry_run\":true,"
                     "\"url\":\"http://***@h/a/../b?c#d\",\"method\":\"GET\","
                     "\"url_effective\":\"http://h/b?c\",\"headers\":["
                     "[\"User-Agent\",\"ua\"],[\"Authorization\",\"***\"],"
                     "[\"Cookie\",\"***\"],[\"Authorization\",\"***\"],"
                     "[\"X-A\",\"shown\"],[\"x-b\",\"new\"],[\"X-Empty\",\"\"],"
                     "[\"X-Api-Key\",\"***\"]],\"size_upload\":5,"
                     "\"ok\":true,\"error\":null}\n");
    buf_clear(&out);
    sample_clear(&s);
}
END_TEST

static void expect_dry(const char *url, enum http_error error, const char *expected)
{
    static const struct client_config config = {0};
    static const struct record_options o = {.dry_run = &config};
    struct buf text = BUF_INIT;
    struct sample s;

    sample_init_unanswered(&s, url, error, error ? "no" : NULL);
    buf_appendf(&text,
                "{\"schema\":1,\"index\":0,\"dry_run\":true,%s,\"headers\":", expected);
    expect_in_record(&s, &o, text.data);
    buf_clear(&text);
    sample_clear(&s);
}

START_TEST(dry_shows_no_secret)
{
    expect_dry("{\"url\":5,\"headers\":{\"Authorization\":\"x\"}}", HTTP_BAD_INPUT,
               "\"url\":\"{***}\",\"method\":\"GET\",\"url_effective\":null");
    expect_dry("http://me:pw@h/\xef\xbf\xbd", HTTP_BAD_INPUT,
               "\"url\":\"http://***@h/\xef\xbf\xbd\",\"method\":\"GET\","
               "\"url_effective\":null");
    expect_dry("http://me:p/w@h:99999/", HTTP_URL_MALFORMED,
               "\"url\":\"http://***@h:99999/\",\"method\":\"GET\","
               "\"url_effective\":null");
    expect_dry("ftp://me:p\"'w@h/", HTTP_UNSUPPORTED_SCHEME,
               "\"url\":\"ftp://***@h/\",\"method\":\"GET\",\"url_effective\":null");
    expect_dry("http://h/@u?api_key=pw&a=b", HTTP_OK,
               "\"url\":\"http://h/@u?api_key=***&a=b\",\"method\":\"GET\","
               "\"url_effective\":\"http://h/@u?api_key=***&a=b\"");
}
END_TEST

/* Where nothing was asked for, there is no URL that was, nor its password. */
START_TEST(refused_urls)
{
    static const struct record_options o = {.format = RECORD_JSON};
    struct sample s;

    sample_init_unanswered(&s, "ftp://me:pw@h/", HTTP_UNSUPPORTED_SCHEME, "no");
    expect_in_record(&s, &o, "\"url_effective\":null,");
    sample_clear(&s);
    sample_init_unanswered(&s, "http://me:pw@h:99999/", HTTP_URL_MALFORMED, "no");
    expect_in_record(&s, &o, "\"url_effective\":null,");
    sample_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("record", plain, no_response, sums, statuses,
                       headers_and_redirects, methods, bodies, json_bodies, deep_bodies,
                       charsets, json_passes_through, text_lines, text_is_clean,
                       json_on_a_terminal_is_clean, dry, dry_shows_no_secret,
                       refused_urls);
}

int main(void)
{
    return check_main(suite);
}
