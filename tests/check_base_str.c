#include "check_main.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

START_TEST(slices)
{
    struct slice s = slice_trim(slice_str(" \t a b\r\n"));
    char *copy = slice_dup(s);

    ck_assert_str_eq(copy, "a b");
    free(copy);
    ck_assert(slice_eq(s, "a b") && !slice_eq(s, "a ") && !slice_eq(s, "a bc"));
    ck_assert(slice_eq_nocase(s, "A B") && !slice_eq_nocase(s, "A C"));
    ck_assert_uint_eq(slice_trim(SLICE(" \n")).len, 0);
    ck_assert(slice_eq((struct slice){0}, ""));
    ck_assert(!slice_eq(SLICE("a\0"), "a"));
    ck_assert(slice_same((struct slice){0}, SLICE("")));
    ck_assert(slice_same(SLICE("a\0b"), SLICE("a\0b")));
    ck_assert(!slice_same(SLICE("a\0b"), SLICE("a\0c")) && !slice_same(SLICE("a"), s));
}
END_TEST

START_TEST(cutting)
{
    static const char *const expected[] = {"a", "", "b"};
    struct slice rest = SLICE("a,,b,"), part;

    for (size_t i = 0; i < 3; i++) {
        ck_assert(slice_next(&rest, ',', &part));
        ck_assert(slice_eq(part, expected[i]));
    }
    ck_assert(!slice_next(&rest, ',', &part));
}
END_TEST

START_TEST(prefixes)
{
    ck_assert(str_starts("http://x", "http:") && str_starts("x", ""));
    ck_assert(!str_starts("htt", "http") && !str_starts("HTTP", "http"));
    ck_assert(str_starts_nocase("HtTp:", "http") && !str_starts_nocase("htt", "http"));
    ck_assert(!str_starts_nocase("@", "`")); /* 0x40, 0x60: no letters */
}
END_TEST

START_TEST(characters)
{
    ck_assert(char_is_space(' ') && char_is_space('\v') && !char_is_space('\0'));
    ck_assert(!char_is_space('\xa0'));
    ck_assert(char_is_digit('0') && char_is_digit('9') && !char_is_digit(':'));
    ck_assert_int_eq(char_lower('Z'), 'z');
    ck_assert_int_eq(char_lower('['), '[');
    ck_assert_int_eq(char_lower('\xc4'), '\xc4');
}
END_TEST

START_TEST(integers)
{
    static const struct {
        const char *text;
        int result;
        int64_t n;
    } cases[] = {
        {"0", 0, 0},         {"-7", 0, -7},       {"+7", 0, 7},
        {"007", 0, 7},       {"100", 0, 100},     {"101", -ERANGE, 0},
        {"-11", -ERANGE, 0}, {"", -EINVAL, 0},    {"-", -EINVAL, 0},
        {" 1", -EINVAL, 0},  {"1 ", -EINVAL, 0},  {"1x", -EINVAL, 0},
        {"0x1", -EINVAL, 0}, {"--1", -EINVAL, 0}, {"99999999999999999999", -ERANGE, 0},
        {"1e1", -EINVAL, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t n = 0;

        ck_assert_int_eq(str_parse_int(cases[i].text, -10, 100, &n), cases[i].result);
        ck_assert_int_eq(n, cases[i].n);
    }
}
END_TEST

START_TEST(seconds)
{
    static const struct {
        const char *text;
        int result;
        double n;
    } cases[] = {
        {"0.5", 0, 0.5},          {"100ms", 0, 0.1},     {"2s", 0, 2},
        {"3m", 0, 180},           {"1h", 0, 3600},       {"1.5h", 0, 5400},
        {".5", 0, 0.5},           {"0", 0, 0},           {"", -EINVAL, 0},
        {".", -EINVAL, 0},        {"1.2.3", -EINVAL, 0}, {"1e3", -EINVAL, 0},
        {"0x10", -EINVAL, 0},     {"-1", -EINVAL, 0},    {"+1", -EINVAL, 0},
        {"inf", -EINVAL, 0},      {"nan", -EINVAL, 0},   {" 1", -EINVAL, 0},
        {"1 s", -EINVAL, 0},      {"1sec", -EINVAL, 0},  {"ms", -EINVAL, 0},
        {"1e3ms", -EINVAL, 0},    {"1d", -EINVAL, 0},    {"99999999999", -ERANGE, 0},
        {"9999999h", -ERANGE, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double n = 0;

        ck_assert_msg(str_parse_seconds(cases[i].text, &n) == cases[i].result, "%s",
                      cases[i].text);
        ck_assert_double_eq_tol(n, cases[i].n, 1e-12);
    }
}
END_TEST

START_TEST(bytes)
{
    static const struct {
        const char *text;
        int result;
        int64_t n;
    } cases[] = {
        {"0", 0, 0},
        {"100", 0, 100},
        {"1k", 0, 1024},
        {"2K", 0, 2048},
        {"3M", 0, 3 << 20},
        {"4g", 0, INT64_C(4) << 30},
        {"5T", 0, INT64_C(5) << 40},
        {"9223372036854775807", 0, INT64_MAX},
        {"9223372036854775808", -ERANGE, 0},
        {"8388608T", -ERANGE, 0},
        {"99999999999999999999x", -EINVAL, 0},
        {"k", -EINVAL, 0},
        {"", -EINVAL, 0},
        {"-1", -EINVAL, 0},
        {"1kB", -EINVAL, 0},
        {"1.5k", -EINVAL, 0},
        {"1x", -EINVAL, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t n = 0;

        ck_assert_msg(str_parse_bytes(cases[i].text, &n) == cases[i].result, "%s",
                      cases[i].text);
        ck_assert_int_eq(n, cases[i].n);
    }
}
END_TEST

START_TEST(content_length)
{
    int64_t n = -1;

    ck_assert_int_eq(slice_parse_digits(SLICE("0042"), &n), 0);
    ck_assert_int_eq(n, 42);
    ck_assert_int_eq(slice_parse_digits(SLICE("9223372036854775807"), &n), 0);
    ck_assert_int_eq(n, INT64_MAX);
    ck_assert_int_eq(slice_parse_digits(SLICE("9223372036854775808"), &n), -ERANGE);
    ck_assert_int_eq(slice_parse_digits(SLICE(""), &n), -EINVAL);
    ck_assert_int_eq(slice_parse_digits(SLICE("+1"), &n), -EINVAL);
    ck_assert_int_eq(slice_parse_digits(SLICE("1,1"), &n), -EINVAL);
    ck_assert_int_eq(slice_parse_digits(SLICE("99999999999999999999,1"), &n), -EINVAL);
    ck_assert_int_eq(n, INT64_MAX);
}
END_TEST

START_TEST(printable)
{
    static const char *const cases[][2] = {
        {"plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f", NULL},
        {"\x1b[31m\x07\x7f\t", "\\x1b[31m\\x07\\x7f\\x09"},
        {"\xc2\x9b"
         "31m",
         "\\x9b31m"},
        {"a\xe2\x80\xae"
         "b\xd8\x9c\xe2\x81\xa6",
         "a\\u{202e}b\\u{061c}\\u{2066}"},
        {"\xe2\x80\xa8", "\\u{2028}"},
        {"\x9b\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        str_append_printable(&b, cases[i][0], strlen(cases[i][0]));
        ck_assert_str_eq(b.data, cases[i][1] ? cases[i][1] : cases[i][0]);
        str_append_printable(&b, NULL, 0);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(distance)
{
    char longer[70];

    ck_assert_uint_eq(str_distance("", ""), 0);
    ck_assert_uint_eq(str_distance("", "abc"), 3);
    ck_assert_uint_eq(str_distance("retry", "retry"), 0);
    ck_assert_uint_eq(str_distance("rerty", "retry"), 1);
    ck_assert_uint_eq(str_distance("retr", "retry"), 1);
    ck_assert_uint_eq(str_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(str_distance("ca", "abc"), 3);
    memset(longer, 'x', sizeof(longer) - 1);
    longer[69] = '\0';
    ck_assert_uint_eq(str_distance(longer, longer), 69);
    longer[63] = '\0';
    ck_assert_uint_eq(str_distance(longer, longer), 0);
    ck_assert_uint_eq(str_distance(longer, ""), 63);
}
END_TEST

START_TEST(sizes)
{
    static const struct {
        int64_t n;
        const char *text;
    } cases[] = {
        {0, "0 B"},          {999, "999 B"},
        {1000, "1.0 kB"},    {1234, "1.2 kB"},
        {9949, "9.9 kB"},    {9950, "10 kB"},
        {999499, "999 kB"},  {999500, "1.0 MB"},
        {17000000, "17 MB"}, {INT64_MAX, "9.2 EB"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        str_append_size(&b, cases[i].n);
        ck_assert_str_eq(b.data, cases[i].text);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(durations)
{
    static const struct {
        double n;
        const char *text;
    } cases[] = {
        {0, "0.0 ms"},        {-1, "0.0 ms"},     {0.0004, "0.4 ms"},
        {0.00996, "10 ms"},   {0.85, "850 ms"},   {0.9994, "999 ms"},
        {0.9996, "1.0 s"},    {12.34, "12.3 s"},  {59.94, "59.9 s"},
        {59.96, "1 m 00 s"},  {245, "4 m 05 s"},  {3599.4, "59 m 59 s"},
        {3599.6, "1 h 00 m"}, {7380, "2 h 03 m"}, {NAN, "0.0 ms"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b = BUF_INIT;

        str_append_duration(&b, cases[i].n);

        ck_assert_str_eq(b.data, cases[i].text);
        buf_clear(&b);
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("str", slices, cutting, prefixes, characters, integers, seconds,
                       bytes, content_length, printable, distance, sizes, durations);
}

int main(void)
{
    return check_main(suite);
}
