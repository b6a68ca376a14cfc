#include "check_main.h"

#include "base/mem.h"
#include "base/percent.h"

START_TEST(bytes)
{
    ck_assert_int_eq(percent_byte(SLICE("%00")), 0);
    ck_assert_int_eq(percent_byte(SLICE("%2f/")), '/');
    ck_assert_int_eq(percent_byte(SLICE("%fF")), 255);
    ck_assert_int_eq(percent_byte(SLICE("")), -1);
    ck_assert_int_eq(percent_byte(SLICE("%")), -1);
    ck_assert_int_eq(percent_byte(SLICE("%2")), -1);
    ck_assert_int_eq(percent_byte((struct slice){"%20", 2}), -1);
    ck_assert_int_eq(percent_byte(SLICE("%g0")), -1);
    ck_assert_int_eq(percent_byte(SLICE("%0g")), -1);
    ck_assert_int_eq(percent_byte(SLICE("%-1")), -1);
    ck_assert_int_eq(percent_byte(SLICE("x20")), -1);
}
END_TEST

START_TEST(decoded)
{
    static const char *const cases[][2] = {
        {"abc", "abc"},       {"%41%62", "Ab"}, {"a%20b+c", "a b+c"},
        {"%25%34%31", "%41"}, {"100%", "100%"}, {"%4", "%4"},
        {"%zz%41", "%zzA"},   {"%%41", "%A"},   {"%c3%A9", "\xc3\xa9"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out = BUF_INIT;

        buf_append_str(&out, "=");
        percent_decode(&out, slice_str(cases[i][0]));
        ck_assert_str_eq(out.data + 1, cases[i][1]);
        buf_clear(&out);
    }
}
END_TEST

START_TEST(any_byte)
{
    struct buf out = BUF_INIT;

    percent_decode(&out, SLICE("a%00\0%ff"));
    ck_assert_uint_eq(out.len, 4);
    ck_assert_mem_eq(out.data, "a\0\0\xff", 4);
    buf_clear(&out);
}
END_TEST

START_TEST(encoded)
{
    struct buf out = BUF_INIT, back = BUF_INIT;
    char all[256];

    percent_encode(&out, SLICE("aZ09-._~ /?#%&=+:@[]\"\\\r\n\0\xc3\xa9"));
    ck_assert_str_eq(out.data,
                     "aZ09-._~%20%2F%3F%23%25%26%3D%2B%3A%40%5B%5D%22%5C%0D%0A%00"
                     "%C3%A9");
    buf_reset(&out);
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)i;
    percent_encode(&out, (struct slice){all, sizeof(all)});
    percent_decode(&back, (struct slice){out.data, out.len});
    ck_assert_uint_eq(back.len, sizeof(all));
    ck_assert_mem_eq(back.data, all, sizeof(all));
    buf_clear(&out);
    buf_clear(&back);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("percent", bytes, decoded, any_byte, encoded);
}

int main(void)
{
    return check_main(suite);
}
