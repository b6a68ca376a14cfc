#include "check_main.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/random.h"
#include "http/retry.h"

static const struct retry standard = RETRY_DEFAULT;

START_TEST(errors)
{
    for (enum http_error e = HTTP_OK + 1; e < HTTP_ERRORS; e++) {
        struct response rs = {.error = e, .status = 200};
        /* what the user ended, and what another one knows how to ask for again */
        bool wanted = http_error_retriable(e) && e != HTTP_CANCELLED &&
                      e != HTTP_RANGE && e != HTTP_CHANGED;

        ck_assert_msg(retry_wanted(&standard, 1, 0, "GET", &rs) == wanted, "%s",
                      http_error_name(e));
    }
}
END_TEST

START_TEST(statuses)
{
    for (int status = 100; status < 600; status++) {
        struct response rs = {.status = status};
        struct response refused = {.status = status, .error = HTTP_STATUS};
        bool wanted = http_status_retriable(status);

        ck_assert_int_eq(retry_wanted(&standard, 1, 0, "GET", &rs), wanted);
        ck_assert_int_eq(retry_wanted(&standard, 1, 0, "GET", &refused), wanted);
    }
}
END_TEST

START_TEST(bounds)
{
    struct retry rt = RETRY_DEFAULT;
    struct response rs = {.error = HTTP_RESET};

    ck_assert(retry_wanted(&rt, 1, 1e9, "GET", &rs));
    ck_assert(retry_wanted(&rt, 2, 0, "GET", &rs));
    ck_assert(!retry_wanted(&rt, 3, 0, "GET", &rs));
    rt.max_time = 10;
    ck_assert(retry_wanted(&rt, 1, 9.9, "GET", &rs));
    ck_assert(!retry_wanted(&rt, 1, 10, "GET", &rs));
    rt.retries = 0;
    ck_assert(!retry_wanted(&rt, 1, 0, "GET", &rs));
}
END_TEST

START_TEST(methods)
{
    static const char *const safe[] = {"GET",    "HEAD",    "PUT",
                                       "DELETE", "OPTIONS", "TRACE"};
    static const char *const unsafe[] = {"POST", "PATCH", "get", "X"};
    struct retry all = RETRY_DEFAULT;
    struct response rs = {.error = HTTP_TIMEOUT};

    all.all_errors = true;
    for (size_t i = 0; i < ARRAY_LEN(safe); i++)
        ck_assert(retry_wanted(&standard, 1, 0, safe[i], &rs));
    for (size_t i = 0; i < ARRAY_LEN(unsafe); i++) {
        ck_assert(!retry_wanted(&standard, 1, 0, unsafe[i], &rs));
        ck_assert(retry_wanted(&all, 1, 0, unsafe[i], &rs));
    }
}
END_TEST

START_TEST(all_errors)
{
    static const enum http_error never[] = {HTTP_URL_MALFORMED, HTTP_UNSUPPORTED_SCHEME,
                                            HTTP_CANCELLED,     HTTP_LOCAL_IO,
                                            HTTP_BAD_INPUT,     HTTP_CHECKSUM,
                                            HTTP_NO_CHECKSUM,   HTTP_FILE_EXISTS,
                                            HTTP_RANGE,         HTTP_CHANGED};
    struct retry all = RETRY_DEFAULT;
    struct response tls = {.error = HTTP_TLS_VERIFY}, missing = {.status = 404},
                    fine = {.status = 200};

    all.all_errors = true;
    ck_assert(retry_wanted(&all, 1, 0, "GET", &tls));
    ck_assert(retry_wanted(&all, 1, 0, "GET", &missing));
    ck_assert(!retry_wanted(&all, 1, 0, "GET", &fine));
    ck_assert(!retry_wanted(&all, 3, 0, "GET", &tls));
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        struct response rs = {.error = never[i]};

        ck_assert(!retry_wanted(&all, 1, 0, "GET", &rs));
    }
}
END_TEST

/* The least and the most of many delays. */
static void delays(const struct retry *rt, int attempt, double *least, double *most)
{
    struct response rs = {.status = 500};

    *least = INFINITY;
    *most = 0;
    for (int i = 0; i < 1000; i++) {
        double d = retry_delay(rt, attempt, &rs);

        *least = fmin(*least, d);
        *most = fmax(*most, d);
    }
}

START_TEST(full_jitter)
{
    double least, most;

    for (int attempt = 1; attempt < 2000; attempt += attempt < 12 ? 1 : 397) {
        double top = attempt > 30 ? 60 : fmin(60, 0.5 * (double)(1u << (attempt - 1)));

        delays(&standard, attempt, &least, &most);
        ck_assert_double_ge(least, 0);
        ck_assert_double_lt(least, 0.05 * top);
        ck_assert_double_le(most, top);
        ck_assert_double_gt(most, 0.95 * top);
    }
}
END_TEST

START_TEST(other_backoffs)
{
    struct retry rt = {.retries = 9, .delay = 2, .max_delay = 5};
    double least, most;

    rt.backoff = BACKOFF_CONSTANT;
    delays(&rt, 7, &least, &most);
    ck_assert(least == 2 && most == 2);
    rt.backoff = BACKOFF_LINEAR;
    delays(&rt, 2, &least, &most);
    ck_assert(least == 4 && most == 4);
    delays(&rt, 3, &least, &most);
    ck_assert(least == 5 && most == 5);
}
END_TEST

/* What retry_after makes of these lines, capped at 1000 s. */
static double after(int status, const char *lines)
{
    struct response rs = {.status = status};
    struct slice rest = slice_str(lines), line;

    while (slice_next(&rest, '\n', &line))
        headers_add_line(&rs.headers, line.data, line.len);
    double seconds = retry_after(&rs, 1000);
    response_clear(&rs);
    return seconds;
}

START_TEST(after_seconds)
{
    static const struct {
        const char *lines;
        double seconds;
    } cases[] = {
        {"Retry-After: 7", 7},
        {"retry-after:  007 ", 7},
        {"Retry-After: 0", 0},
        {"Retry-After: 1001", 1000},
        {"Retry-After: 99999999999999999999999999", 1000},
        {"Retry-After:", 0},
        {"Retry-After: -5", 0},
        {"Retry-After: +5", 0},
        {"Retry-After: 1.5", 0},
        {"Retry-After: 5 seconds", 0},
        {"Retry-After: soon", 0},
        {"Retry-After: soon, but not before the moon has risen again", 0},
        {"Retry-After: 0x10", 0},
        {"Retry-After: Mon", 0},
        {"Retry-After: \x01\xff", 0},
        {"Retry-Before: 7", 0},
        {"", 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_msg(after(503, cases[i].lines) == cases[i].seconds, "%s",
                      cases[i].lines);
}
END_TEST

START_TEST(after_status)
{
    ck_assert_double_eq(after(429, "Retry-After: 7"), 7);
    ck_assert_double_eq(after(403, "Retry-After: 7"), 7);
    ck_assert_double_eq(after(302, "Retry-After: 7"), 7);
    ck_assert_double_eq(after(202, "Retry-After: 7"), 0); /* come back for the result */
}
END_TEST

/* "Retry-After: " and a date so many seconds from now, in strftime's format. */
static double after_date(int seconds, const char *format)
{
    char date[100], line[120];
    time_t then = time(NULL) + seconds;

    strftime(date, sizeof(date), format, gmtime(&then));
    snprintf(line, sizeof(line), "Retry-After: %s", date);
    return after(503, line);
}

START_TEST(after_dates)
{
    /* RFC 9110, 5.6.7 */
    static const char *const formats[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    };

    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        ck_assert_double_eq_tol(after_date(100, formats[i]), 100, 3);
        ck_assert_double_eq(after_date(-100, formats[i]), 0);
        ck_assert_double_eq(after_date(0, formats[i]), 0);
        ck_assert_double_eq(after_date(86400 * 300, formats[i]), 1000);
    }
    ck_assert_double_eq(after(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"), 0);
    ck_assert_double_eq(after(503, "Retry-After: Sun, 99 Nov 2094 08:49:37 GMT"), 0);
    ck_assert_double_eq(after(503, "Retry-After: Sun, 06 Foo 2094 08:49:37 GMT"), 0);
    ck_assert_double_eq(after(503, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"), 1000);
    ck_assert_double_eq(after_date(100, "%a, %d %b %Y %H:%M:%S GMT and then some more "
                                        "words that no date should have"),
                        0);
}
END_TEST

START_TEST(rate_limit)
{
    static const struct {
        const char *lines;
        double seconds;
    } cases[] = {
        {"RateLimit: \"default\";r=0;t=30", 30},
        {"RateLimit: \"default\" ; t=30 ; r=0", 30},
        {"RateLimit: default;r=0;t=30", 30},
        {"RateLimit: \"default\";r=1;t=30", 0},
        {"RateLimit: \"default\";t=30", 0},
        {"RateLimit: \"default\";r=0", 0},
        {"RateLimit: \"default\";r=0;t=-30", 0},
        {"RateLimit: \"default\";r=0;t=99999999999999999999", 1000},
        {"RateLimit: \"a\";r=0;t=3, \"b\";r=5;t=60, \"c\";r=0;t=7", 7},
        {"RateLimit: \"a\";r=0;t=3\nRateLimit: \"b\";r=0;t=9", 9},
        {"RateLimit: \"a;r=0;t=30, b\";r=1;t=5", 0},
        {"RateLimit: \"a\\\";r=0;t=30\";r=1;t=5", 0},
        {"RateLimit: \"a;r=0;t=30", 0},
        {"RateLimit: \"a\";;=;r;r=;rr=0;r=0;pk=:AA==:;t=4", 4},
        {"RateLimit: ,;,", 0},
        {"RateLimit: \"a\\", 0},
        {"RateLimit-Remaining: 0\nRateLimit-Reset: 12", 12},
        {"RateLimit-Remaining: 1\nRateLimit-Reset: 12", 0},
        {"RateLimit-Reset: 12", 0},
        {"RateLimit-Remaining: 0", 0},
        {"RateLimit-Remaining: none\nRateLimit-Reset: 12", 0},
        {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 12", 12},
        {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1000000001", 0}, /* in 2001 */
        {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1000000001000", 0},
        {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: tomorrow", 0},
        {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 99999999999999999999", 1000},
        {"Retry-After: 3\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 5", 5},
        {"Retry-After: 6\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 5", 6},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (int status = 200; status < 600; status += 229)
            if (status > 200 || !strstr(cases[i].lines, "Retry-After"))
                ck_assert_msg(after(status, cases[i].lines) == cases[i].seconds, "%s",
                              cases[i].lines);
}
END_TEST

START_TEST(rate_limit_epoch)
{
    char lines[100];

    for (int milli = 1; milli <= 1000; milli *= 1000) {
        snprintf(lines, sizeof(lines),
                 "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: %lld",
                 (long long)(time(NULL) + 100) * milli);
        ck_assert_double_eq_tol(after(429, lines), 100, 3);
    }
}
END_TEST

START_TEST(delay_heeds_server)
{
    struct response rs = {.status = 503};

    headers_add_line(&rs.headers, "Retry-After: 40", 15);
    ck_assert_double_eq(retry_delay(&standard, 1, &rs), 40);
    headers_clear(&rs.headers);
    headers_add_line(&rs.headers, "Retry-After: 4000", 17);
    ck_assert_double_eq(retry_delay(&standard, 1, &rs), 60);
    ck_assert_double_eq(retry_after(&rs, 0), 4000);
    response_clear(&rs);
}
END_TEST

START_TEST(chance)
{
    double sum = 0, last = -1;

    for (int i = 0; i < 100000; i++) {
        double x = random_unit();

        ck_assert(x >= 0 && x < 1 && x != last);
        sum += last = x;
    }
    ck_assert_double_eq_tol(sum / 100000, 0.5, 0.01);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("retry", errors, statuses, bounds, methods, all_errors,
                       full_jitter, other_backoffs, after_seconds, after_status,
                       after_dates, rate_limit, rate_limit_epoch, delay_heeds_server,
                       chance);
}

int main(void)
{
    return check_main(suite);
}
