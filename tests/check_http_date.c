#include "check_main.h"

#include "base/mem.h"
#include "http/date.h"

START_TEST(forms)
{
    static const char *const dates[] = {
        "Sun, 06 Nov 1994 08:49:37 GMT", /* RFC 9110, 5.6.7 */
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    };

    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        time_t t = 0;

        ck_assert_msg(date_parse(slice_str(dates[i]), &t), "%s", dates[i]);
        ck_assert_int_eq(t, 784111777);
    }
}
END_TEST

START_TEST(bounds)
{
    time_t t = 1;

    ck_assert(date_parse(SLICE("Thu, 01 Jan 1970 00:00:00 GMT"), &t) && t == 0);
    ck_assert(date_parse(SLICE("Fri, 31 Dec 9999 23:59:59 GMT"), &t));
    ck_assert_int_eq(t, 253402300799);
}
END_TEST

START_TEST(no_dates)
{
    static const char *const cases[] = {
        "",
        "0",
        "784111777",
        "now",
        "19941106 08:49:37 some day",
        "06 Nov 1994 08:49:37 GMT",
        "Nov 06 08:49:37 1994 GMT",
        "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
        "W/\"Sun, 06 Nov 1994 08:49:37 GMT\"",
        "1994-11-06T08:49:37.000000Z",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1960 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT and on and on and on and on and on and on",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        time_t t = 5;

        ck_assert_msg(!date_parse(slice_str(cases[i]), &t), "%s", cases[i]);
        ck_assert_int_eq(t, 5);
    }
}
END_TEST

/* A slice ends where it says. */
START_TEST(length)
{
    time_t t;

    ck_assert(
        date_parse((struct slice){"Sun, 06 Nov 1994 08:49:37 GMT nonsense", 29}, &t));
    ck_assert(!date_parse((struct slice){"Sun, 06 Nov 1994 08:49:37 GMT", 23}, &t));
    ck_assert(!date_parse(SLICE("Sun, 06 Nov 1994 08:49:37 GMT\0nonsense"), &t));
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("date", forms, bounds, no_dates, length);
}

int main(void)
{
    return check_main(suite);
}
