#include "check_main.h"

#include "base/base64.h"

/* RFC 4648, 10 */
START_TEST(vectors)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfd", "//79"},
        {"\xfb\xff", "+/8="},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b = BUF_INIT;

        base64_append(&b, cases[i][0], strlen(cases[i][0]));
        ck_assert_str_eq(b.data, cases[i][1]);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(appends)
{
    struct buf b = BUF_INIT;

    buf_append_str(&b, "data:");
    base64_append(&b, "\0\0\0", 3);
    ck_assert_str_eq(b.data, "data:AAAA");
    buf_clear(&b);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("base64", vectors, appends);
}

int main(void)
{
    return check_main(suite);
}
