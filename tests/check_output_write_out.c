#include <stdio.h>

#include "check_output.h"

static void expect(const struct sample *s, const char *format, const char *expected)
{
    char *why = NULL;
    struct write_out *w = write_out_new(format, &why);
    struct record_options o = {.format = RECORD_WRITE_OUT, .write_out = w};
    struct buf out = BUF_INIT;

    ck_assert_msg(w && !why, "%s: %s", format, why);
    buf_append_str(&out, "");
    record_append(&out, &s->record, &o);
    ck_assert_str_eq(out.data, expected);
    buf_clear(&out);
    write_out_free(w);
}

START_TEST(names)
{
    static const struct {
        const char *format, *expected;
    } cases[] = {
        {"%{url}", "http://me:pw@h/a/../b?c#d\n"},
        {"%{url_effective}", "http://h/b?c\n"},
        {"%{method}", "GET\n"},
        {"%{response_code} %{http_code}", "200 200\n"},
        {"%{http_version}", "1.1\n"},
        {"%{content_type}", "text/plain\n"},
        {"%{size_download} %{size_header} %{size_request} %{size_upload}", "6 7 8 9\n"},
        {"%{speed_download}", "3\n"},
        {"%{num_redirects} %{num_connects} %{num_retries} %{num_headers}", "0 1 1 3\n"},
        {"%{remote_ip}:%{remote_port} %{local_ip}:%{local_port}",
         "127.0.0.1:80 127.0.0.2:4242\n"},
        {"%{redirect_url}|", "|\n"},
        {"%{scheme}", "http\n"},
        {"%{errormsg}|%{error}|%{ok}", "||true\n"},
        {"%{time_namelookup} %{time_connect} %{time_appconnect}",
         "0.000001 0.000020 0.000300\n"},
        {"%{time_pretransfer} %{time_starttransfer} %{time_total}",
         "0.000400 0.050000 1.600000\n"},
        {"%{time_redirect} %{time_queued}", "0.000000 0.000500\n"},
        {"%{index} %{id} %{attempts}", "3 \"x\" 2\n"},
        {"%header{x-a}|%header{X-None}|", "1||\n"},
        {"%{header_json}",
         "{\"content-type\":[\"text/plain\"],\"x-a\":[\"1\",\"T\\\"\"]}\n"},
    };
    struct sample s;

    sample_init(&s);
    s.record.index = 3;
    s.record.id = "\"x\"";
    s.call.attempts = 2;
    s.call.response.size_header = 7;
    s.call.response.size_request = 8;
    s.call.response.size_upload = 9;
    sample_header(&s, "X-A: 1");
    sample_header(&s, "x-a: T\"");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(&s, cases[i].format, cases[i].expected);
    sample_clear(&s);
}
END_TEST

/* A server may send so many: their number must not be squared. */
START_TEST(many_headers)
{
    struct buf expected = BUF_INIT;
    struct sample s;

    sample_init_unanswered(&s, "u", HTTP_OK, NULL);
    buf_append_str(&expected, "{\"x-0\":[\"0\",\"39999\"]");
    for (int i = 0; i < 40000; i++) {
        char line[32];

        snprintf(line, sizeof(line), "X-%d: %d", i % 39999, i);
        sample_header(&s, line);
        if (i > 0 && i < 39999)
            buf_appendf(&expected, ",\"x-%d\":[\"%d\"]", i, i);
    }
    buf_append_str(&expected, "}\n");
    expect(&s, "%{header_json}", expected.data);
    buf_clear(&expected);
    sample_clear(&s);
}
END_TEST

START_TEST(failures)
{
    struct sample s;

    sample_init_unanswered(&s, "a b", HTTP_TIMEOUT, "too slow");
    expect(&s, "%{http_code} %{http_version} %{errormsg} %{error} %{ok}",
           "000 0 too slow timeout false\n");
    expect(&s, "%{content_type}%{remote_ip}%{scheme}%{header_json}%{id}", "{}\n");
    expect(&s, "%{url} %{url_effective} %{speed_download}", "a b  0\n");
    sample_clear(&s);
}
END_TEST

START_TEST(redirect_not_followed)
{
    struct sample s;

    sample_init(&s);
    s.call.response.status = 302;
    sample_header(&s, "Location: ../x");
    expect(&s, "%{redirect_url}", "http://me:pw@h/x#d\n");
    sample_clear(&s);
}
END_TEST

START_TEST(json)
{
    struct sample s;
    struct buf record = BUF_INIT;

    sample_init(&s);
    record_append(&record, &s.record, &json_only);
    expect(&s, "%{json}\\n", record.data);
    buf_clear(&record);
    sample_clear(&s);
}
END_TEST

/* A line end is added unless there is one. */
START_TEST(text)
{
    struct sample s;

    sample_init(&s);
    expect(&s, "a", "a\n");
    expect(&s, "a\n", "a\n");
    expect(&s, "a\\n", "a\n");
    expect(&s, "", "");
    expect(&s, "\\t\\r\\n", "\t\r\n");
    expect(&s, "\\x\\", "\\x\\\n");
    expect(&s, "%%{url} % %x 100%", "%{url} % %x 100%\n");
    expect(&s, "%header %", "%header %\n");
    expect(&s, "a\\n%{ok}\\nb", "a\ntrue\nb\n");
    sample_clear(&s);
}
END_TEST

static void expect_on(bool terminal, const struct sample *s, const char *format,
                      const char *expected)
{
    char *why = NULL;
    struct record_options o = {.format = RECORD_WRITE_OUT,
                               .write_out = write_out_new(format, &why),
                               .terminal = terminal};

    expect_record(s, &o, expected);
    write_out_free((struct write_out *)o.write_out);
}

/* A terminal obeys the user's own text, and none of a server's. */
START_TEST(values_are_no_commands)
{
    struct sample s;

    sample_init(&s);
    sample_header(&s, "X-A: \x1b]0;title\x07");
    expect_on(true, &s, "\x1b[1m%header{x-a}\\n", "\x1b[1m\\x1b]0;title\\x07\n");
    expect_on(false, &s, "\x1b[1m%header{x-a}\\n", "\x1b[1m\x1b]0;title\x07\n");
    sample_clear(&s);
    sample_init_unanswered(&s, "http://a\r\nb", HTTP_URL_MALFORMED, "no");
    expect_on(false, &s, "%{url}", "http://a  b\n");
    expect_on(true, &s, "%{url}", "http://a\\x0d\\x0ab\n");
    sample_clear(&s);
}
END_TEST

static void refuses(const char *format, const char *part)
{
    char *why = NULL;

    ck_assert_ptr_null(write_out_new(format, &why));
    ck_assert_msg(why && strstr(why, part), "%s: %s", format, why);
    free(why);
}

START_TEST(unknown)
{
    refuses("%{http_cod}", "%{http_cod} is not known; did you mean %{http_code}?");
    refuses("%{ur}", "%{url}");
    refuses("x %{url} %{time_totla}", "%{time_total}");
    refuses("%{}", "%{} is not known");
    refuses("%{zzzzzzzzzz}", "%{zzzzzzzzzz} is not known");
    refuses("%{url", "}");
    refuses("%header{x", "}");
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("write_out", names, many_headers, failures,
                       redirect_not_followed, json, text, values_are_no_commands,
                       unknown);
}

int main(void)
{
    return check_main(suite);
}
