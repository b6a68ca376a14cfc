#include "check_main.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/common.h"
#include "cli/parse.h"

static option_tables tables =
    (const struct option *const[]){records_rows, common_rows, NULL};

static struct common_options o;
static const char *const *words;
static struct buf why;

static void forget(void)
{
    common_clear(&o);
    option_free(tables, &o);
    free((void *)words);
    buf_clear(&why);
    words = NULL;
}

/* As a command does it: 0, or -EINVAL and why. */
static int parse(const char *const *args)
{
    forget();
    common_init(&o);
    return options_parse(tables, &o, args, &words, &why) < 0 ? -EINVAL
                                                             : common_finish(&o, &why);
}

#define PARSE(...) ck_assert_int_eq(parse((const char *const[]){__VA_ARGS__, NULL}), 0)
#define REFUSED(...)                                                                   \
    ck_assert_int_eq(parse((const char *const[]){__VA_ARGS__, NULL}), -EINVAL)

START_TEST(defaults)
{
    PARSE(NULL);
    ck_assert_uint_eq(o.client.limits.total, 64);
    ck_assert_uint_eq(o.client.limits.per_host, 8);
    ck_assert_int_eq(o.client.retry.retries, 2);
    ck_assert_int_eq(o.client.retry.backoff, BACKOFF_EXPONENTIAL);
    ck_assert_uint_eq(o.client.max_redirects, 10);
    ck_assert_double_eq(o.client.connect_timeout, 30);
    ck_assert_double_eq(o.client.stall_timeout, 30);
    ck_assert(status_set_has(&o.accept, 200) && status_set_has(&o.accept, 399));
    ck_assert(!status_set_has(&o.accept, 199) && !status_set_has(&o.accept, 400));
    ck_assert(!status_set_has(&o.accept, 0) && !status_set_has(&o.accept, -1));
    forget();
}
END_TEST

START_TEST(statuses)
{
    PARSE("--accept-status", "404,500-502,204");
    for (int i = -1; i <= 1000; i++)
        ck_assert_int_eq(status_set_has(&o.accept, i),
                         i == 404 || i == 204 || (i >= 500 && i <= 502));
    PARSE("--accept-status", "100-999");
    ck_assert(status_set_has(&o.accept, 100) && status_set_has(&o.accept, 999));
    REFUSED("--accept-status", "");
    REFUSED("--accept-status", "99");
    REFUSED("--accept-status", "1000");
    REFUSED("--accept-status", "300-200");
    REFUSED("--accept-status", "200-");
    REFUSED("--accept-status", "-200");
    REFUSED("--accept-status", "200,,300");
    REFUSED("--accept-status", "2xx");
    REFUSED("--accept-status", "200-300-400");
    forget();
}
END_TEST

START_TEST(rates)
{
    PARSE("--rate", "10");
    ck_assert_double_eq(o.client.limits.rate, 10);
    PARSE("--rate", "10/s");
    ck_assert_double_eq(o.client.limits.rate, 10);
    PARSE("--rate", "90/m");
    ck_assert_double_eq(o.client.limits.rate, 1.5);
    PARSE("--rate", "0.5/s");
    ck_assert_double_eq(o.client.limits.rate, 0.5);
    PARSE("--rate", "3600/h");
    ck_assert_double_eq(o.client.limits.rate, 1);
    REFUSED("--rate", "0/s");
    REFUSED("--rate", "/s");
    REFUSED("--rate", "-1/s");
    REFUSED("--rate", "1/d");
    REFUSED("--rate", "1e3/s");
    REFUSED("--rate", "1..2/s");
    forget();
}
END_TEST

START_TEST(cookies)
{
    PARSE("-b", "a=1", "-b", "b=2; c=3", "-b", "/dev/null");
    ck_assert_str_eq(o.client.cookies, "a=1; b=2; c=3");
    ck_assert_str_eq(o.client.cookie_file, "/dev/null");
    REFUSED("-b/nonexistent/jar");
    PARSE("-b", "");
    ck_assert_str_eq(o.client.cookie_file, "");
    ck_assert_ptr_null(o.client.cookies);
    forget();
}
END_TEST

START_TEST(header_lines)
{
    PARSE("-HX-A:1", "--header", "X-B;", "-H", "Accept:");
    ck_assert_str_eq(o.client.headers[0], "X-A:1");
    ck_assert_str_eq(o.client.headers[2], "Accept:");
    ck_assert_ptr_null(o.client.headers[3]);
    REFUSED("-H", "no colon");
    REFUSED("-H", "X-A: 1\r\nX-B: 2");
    REFUSED("-H", ": x");
    forget();
}
END_TEST

START_TEST(names_of_hosts)
{
    PARSE("--resolve", "h:80:127.0.0.1", "--resolve", "h:443:[::1],127.0.0.1",
          "--resolve", "h:443:::1");
    ck_assert_ptr_nonnull(o.client.resolve[2]);
    REFUSED("--resolve", "h:80");
    REFUSED("--resolve", "h:80:");
    REFUSED("--resolve", "h:http:127.0.0.1");
    REFUSED("--resolve", "h:65536:127.0.0.1");
    REFUSED("--resolve", ":80:127.0.0.1");
    REFUSED("--resolve", "[::1:80:127.0.0.1");
    REFUSED("--resolve", "h:80:999.1.1.1");
    REFUSED("--resolve", "h:80:127.0.0.1,h");
    REFUSED("--resolve", "h:80:[127.0.0.1]");
    PARSE("--connect-to", "::h:8080", "--connect-to", "[::1]:80:[::2]:81",
          "--connect-to", "a:80:b:");
    ck_assert_ptr_nonnull(o.client.connect_to[2]);
    REFUSED("--connect-to", "a:80:b");
    REFUSED("--connect-to", "a:b:c:d");
    forget();
}
END_TEST

START_TEST(proxies)
{
    static const char *const good[] = {"",
                                       "h",
                                       "h:3128",
                                       "http://me:pw@h:1/",
                                       "SOCKS5h://[::1]:1080",
                                       "socks4://127.0.0.1",
                                       "https://h"};
    static const char *const bad[] = {
        "ht tp://", "file:///etc/passwd", "http://", "ftp://h",    "://h", "h:99999",
        "h x",      "socks5:h:p",         "h:port",  "http:///etc"};

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        PARSE("-x", good[i]);
        ck_assert_str_eq(o.client.proxy, good[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        REFUSED("--proxy", bad[i]);
    REFUSED("-x", "ftp://me:pw@h");
    ck_assert_ptr_null(strstr(why.data, "pw"));
    forget();
}
END_TEST

START_TEST(flags)
{
    PARSE("-4", "--http2", "-k", "--netrc", "--deny-private", "--retry-all-errors");
    ck_assert_int_eq(o.client.ip_version, 4);
    ck_assert_int_eq(o.client.http_version, HTTP_VERSION_2);
    ck_assert(o.client.insecure && o.client.netrc && o.client.deny_private &&
              o.client.retry.all_errors);
    PARSE("-64", "--http2", "--http1.1"); /* the last wins */
    ck_assert_int_eq(o.client.ip_version, 4);
    ck_assert_int_eq(o.client.http_version, HTTP_VERSION_1_1);
    ck_assert(!o.client.verbose);
    PARSE("-vv"); /* as often as one likes */
    ck_assert(o.client.verbose);
    forget();
}
END_TEST

START_TEST(together)
{
    REFUSED("--key", "/dev/null");
    REFUSED("--key", "/dev/null", "--cert", "/dev/null");
    ck_assert_str_eq(why.data, "option --cert: '/dev/null' cannot be shown to servers: "
                               "the file holds no certificate in PEM form");
    REFUSED("--cacert", "/nonexistent/ca");
    ck_assert_str_eq(why.data, "option --cacert: '/nonexistent/ca' cannot be read: "
                               "No such file or directory");
    REFUSED("-q", "-v");
    REFUSED("-u", "secret");
    ck_assert_ptr_null(strstr(why.data, "secret"));
    forget();
}
END_TEST

START_TEST(what_auto_means)
{
    unsetenv("NO_COLOR");
    PARSE("--format", "text", "--color", "always", "--progress", "always");
    ck_assert(!common_wants_json(&o) && common_wants_color(&o, 1) &&
              common_wants_progress(&o));
    PARSE("-o", "file");
    ck_assert(common_wants_json(&o) && !common_wants_color(&o, 1));
    PARSE("--color", "never", "--progress", "never");
    ck_assert(!common_wants_color(&o, 2) && !common_wants_progress(&o));
    setenv("NO_COLOR", "1", 1);
    PARSE(NULL);
    ck_assert(!common_wants_color(&o, 1) && !common_wants_color(&o, 2));
    PARSE("--color", "always"); /* said for this run: above the environment */
    ck_assert(common_wants_color(&o, 1));
    forget();
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("cli_common", defaults, statuses, rates, cookies, header_lines,
                       names_of_hosts, proxies, flags, together, what_auto_means);
}

int main(void)
{
    return check_main(make);
}
