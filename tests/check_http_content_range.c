#include "check_main.h"

#include "base/mem.h"
#include "http/content_range.h"

START_TEST(well_formed)
{
    static const struct {
        const char *value;
        struct content_range range;
    } cases[] = {
        {"bytes 0-499/1234", {0, 499, 1234}},
        {"bytes 500-1233/1234", {500, 1233, 1234}},
        {"bytes 0-0/1", {0, 0, 1}},
        {"bytes 0-499/*", {0, 499, -1}},
        {"bytes */1234", {-1, -1, 1234}},
        {"bytes */0", {-1, -1, 0}},
        {"Bytes 0-499/1234", {0, 499, 1234}},
        {"BYTES 007-009/010", {7, 9, 10}},
        {"bytes 4294967296-6442450943/6442450944",
         {4294967296, 6442450943, 6442450944}},
        {"bytes 0-9223372036854775806/9223372036854775807",
         {0, INT64_MAX - 1, INT64_MAX}},
        {"bytes 0-9223372036854775806/*", {0, INT64_MAX - 1, -1}},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct content_range r = {7, 7, 7};

        ck_assert_msg(content_range_parse(slice_str(cases[i].value), &r), "%s",
                      cases[i].value);
        ck_assert_int_eq(r.first, cases[i].range.first);
        ck_assert_int_eq(r.last, cases[i].range.last);
        ck_assert_int_eq(r.size, cases[i].range.size);
    }
}
END_TEST

START_TEST(refused)
{
    static const char *const cases[] = {
        "",
        "bytes",
        "bytes ",
        "bytes /",
        "bytes -",
        "bytes 0-499",
        "bytes 0-499/",
        "bytes 0-/1234",
        "bytes -499/1234",
        "bytes 0/1234",
        "bytes 0-1-2/1234",
        "bytes 0-499/1234/5",
        "bytes */*",
        "bytes */",
        "bytes *-*/5",
        "bytes 0-*/5",
        "bytes **/5",
        "bytes 5-4/10",
        "bytes 0-10/10",
        "bytes 10-10/10",
        "bytes 0-0/0",
        "bytes +0-499/1234",
        "bytes 0-+499/1234",
        "bytes 0-499/-1",
        "bytes 0-499/+1234",
        "bytes 0-499/1234 ",
        "bytes 0 - 499/1234",
        "bytes 0-499 /1234",
        "bytes  0-499/1234",
        " bytes 0-499/1234",
        "bytes=0-499/1234",
        "bytes: 0-499/1234",
        "bytes\t0-499/1234",
        "0-499/1234",
        "items 0-499/1234",
        "byte 0-499/1234",
        "bytesx 0-499/1234",
        "bytes 0x0-0x9/0x10",
        "bytes 0-499/1234, bytes 500-501/1234",
        "bytes 0-4.5/10",
        "bytes 0-9223372036854775807/*",
        "bytes 0-9223372036854775808/*",
        "bytes 0-1/9223372036854775808",
        "bytes 18446744073709551616-18446744073709551617/18446744073709551618",
        "bytes 99999999999999999999999999-5/10",
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct content_range r = {7, 8, 9};

        ck_assert_msg(!content_range_parse(slice_str(cases[i]), &r), "%s", cases[i]);
        ck_assert(r.first == 7 && r.last == 8 && r.size == 9);
    }
    ck_assert(!content_range_parse(SLICE("bytes 0-4\0/9"), &(struct content_range){0}));
}
END_TEST

/* A slice ends where it says. */
START_TEST(length)
{
    struct content_range r;

    ck_assert(content_range_parse((struct slice){"bytes 0-4/1234", 12}, &r));
    ck_assert_int_eq(r.size, 12);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("content_range", well_formed, refused, length);
}

int main(void)
{
    return check_main(suite);
}
