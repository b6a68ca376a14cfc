#include "check_main.h"

#include <stdio.h>

#include "base/mem.h"
#include "http/validator.h"

#define SECOND_37 "Sun, 06 Nov 1994 08:49:37 GMT"
#define SECOND_38 "Sun, 06 Nov 1994 08:49:38 GMT"

static struct headers headers_of(const char *lines)
{
    struct headers h = HEADERS_INIT;
    struct slice rest = slice_str(lines), line;

    while (slice_next(&rest, '\n', &line))
        headers_add_line(&h, line.data, line.len);
    return h;
}

/* NULL: none. */
static void expect_strong(const char *lines, const char *expected)
{
    struct headers h = headers_of(lines);
    struct slice value = SLICE("as before");
    bool strong = validator_strong(&h, &value);

    ck_assert_msg(strong == (expected != NULL), "%s", lines);
    ck_assert_msg(slice_eq(value, expected ? expected : "as before"), "%s: %.*s", lines,
                  (int)value.len, value.data);
    headers_clear(&h);
}

START_TEST(etags)
{
    static const char *const strong[] = {"\"x\"",        "\"5e2-1f\"", "\"!#~\"",
                                         "\"\xe9\xff\"", "\"W/\"",     "\"a\\\"",
                                         "\"-gzip,'\""};
    static const char *const no_validators[] = {
        "",          "\"",        "\"\"",     "x",           "\"x",
        "x\"",       "'x'",       "\"x\"y\"", "\"a b\"",     "\"a\tb\"",
        "\"a\x01\"", "\"a\x7f\"", "W/",       "W/x",         "W/\"\"",
        "W/\"",      "w/\"x\"",   "W/ \"x\"", "\"x\",\"y\"", "\"x\" ; y",
        "X/\"x\""};
    char lines[100];

    for (size_t i = 0; i < ARRAY_LEN(strong); i++) {
        snprintf(lines, sizeof(lines), "ETag: %s", strong[i]);
        expect_strong(lines, strong[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(no_validators); i++) {
        snprintf(lines, sizeof(lines), "ETag: %s", no_validators[i]);
        expect_strong(lines, NULL);
    }
    expect_strong("ETag: W/\"x\"", NULL);
    expect_strong("", NULL);
}
END_TEST

START_TEST(dates)
{
    static const struct {
        const char *lines;
        const char *value;
    } cases[] = {
        {"Last-Modified: " SECOND_37 "\nDate: " SECOND_38, SECOND_37},
        {"Last-Modified: " SECOND_37 "\nDate: Monday, 07-Nov-94 08:49:37 GMT",
         SECOND_37},
        {"Last-Modified: " SECOND_37 "\nDate: " SECOND_37, NULL},
        {"Last-Modified: " SECOND_38 "\nDate: " SECOND_37, NULL},
        {"Last-Modified: " SECOND_37, NULL},
        {"Last-Modified: " SECOND_37 "\nDate: soon", NULL},
        {"Last-Modified: long ago\nDate: " SECOND_38, NULL},
        {"Last-Modified:\nDate: " SECOND_38, NULL},
        {"Date: " SECOND_38, NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_strong(cases[i].lines, cases[i].value);
}
END_TEST

/* A strong ETag goes before; a weak one forbids the date (13.1.5); what is no ETag is
 * as good as none. */
START_TEST(etags_and_dates)
{
    static const char dated[] = "\nLast-Modified: " SECOND_37 "\nDate: " SECOND_38;
    static const char *const cases[][2] = {
        {"\"x\"", "\"x\""}, {"W/\"x\"", NULL},   {"", SECOND_37},
        {"x", SECOND_37},   {"\"\"", SECOND_37}, {"W/\"\"", SECOND_37},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char lines[200];

        snprintf(lines, sizeof(lines), "ETag: %s%s", cases[i][0], dated);
        expect_strong(lines, cases[i][1]);
    }
}
END_TEST

START_TEST(same)
{
    static const struct {
        const char *etag, *modified; /* of the 206; NULL: it has none */
        const char *known_etag, *known_modified;
        bool same;
    } cases[] = {
        {"\"x\"", NULL, "\"x\"", NULL, true},
        {"\"x\"", NULL, "\"y\"", NULL, false},
        {"\"x\"", NULL, "\"X\"", NULL, false},
        {"\"x\"", NULL, "\"xy\"", NULL, false},
        {"\"x\"", "A", "\"x\"", "A", true},
        {"\"x\"", "A", "\"x\"", "B", false},
        {"\"x\"", "A", "\"y\"", "A", false},
        {"\"x\"", "A", "\"x\"", NULL, true},
        {"\"x\"", "A", NULL, "A", true},
        {"\"x\"", "A", NULL, "B", false},
        {"\"x\"", NULL, "\"x\"", "A", true},
        {NULL, "A", "\"x\"", "A", true},
        {NULL, "A", "\"x\"", "B", false},
        {"\"x\"", NULL, NULL, "A", false},
        {NULL, "A", "\"x\"", NULL, false},
        {NULL, NULL, "\"x\"", "A", false},
        {"\"x\"", "A", NULL, NULL, false},
        {NULL, NULL, NULL, NULL, false},
        {"W/\"x\"", NULL, "W/\"x\"", NULL, false},
        {"W/\"x\"", "A", "W/\"x\"", "A", true},
        {"W/\"x\"", "A", "W/\"y\"", "A", false},
        {"W/\"x\"", "A", "\"x\"", "A", false},
        {"\"x\"", "A", "W/\"x\"", "A", false},
        {"x", NULL, "x", NULL, false},
        {"x", "A", "x", "A", true},
        {"x", "A", "y", "A", false},
        {"\"\"", NULL, "\"\"", NULL, false},
        {"", NULL, "", NULL, false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct headers h = HEADERS_INIT;
        char line[50];

        if (cases[i].etag)
            headers_add_line(&h, line,
                             (size_t)snprintf(line, 50, "ETag: %s", cases[i].etag));
        if (cases[i].modified)
            headers_add_line(
                &h, line,
                (size_t)snprintf(line, 50, "Last-Modified: %s", cases[i].modified));
        ck_assert_msg(validator_same(&h, cases[i].known_etag,
                                     cases[i].known_modified) == cases[i].same,
                      "%zu", i);
        headers_clear(&h);
    }
}
END_TEST

static bool mtime_of(const char *lines, time_t *t)
{
    struct headers h = headers_of(lines);
    bool there = validator_mtime(&h, t);

    headers_clear(&h);
    return there;
}

START_TEST(mtimes)
{
    char line[100];
    time_t t = 0, then = time(NULL) + 100;

    ck_assert(mtime_of("Last-Modified: " SECOND_37, &t) && t == 784111777);
    ck_assert(mtime_of("Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT", &t) && t == 0);
    t = 5;
    strftime(line, sizeof(line), "Last-Modified: %a, %d %b %Y %H:%M:%S GMT",
             gmtime(&then));
    ck_assert(!mtime_of(line, &t) && !mtime_of("", &t));
    ck_assert(!mtime_of("Last-Modified: yesterday", &t));
    ck_assert(!mtime_of("Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT", &t));
    ck_assert_int_eq(t, 5);
    then -= 200;
    strftime(line, sizeof(line), "Last-Modified: %a, %d %b %Y %H:%M:%S GMT",
             gmtime(&then));
    ck_assert(mtime_of(line, &t) && t == then);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("validator", etags, dates, etags_and_dates, same, mtimes);
}

int main(void)
{
    return check_main(suite);
}
