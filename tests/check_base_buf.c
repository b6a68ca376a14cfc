#include "check_main.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"

START_TEST(empty_owns_nothing)
{
    struct buf b = BUF_INIT;

    ck_assert_ptr_null(b.data);
    buf_reset(&b);
    buf_consume(&b, 0);
    buf_append(&b, NULL, 0);
    ck_assert_str_eq(b.data, "");
    buf_clear(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(append_keeps_nul)
{
    struct buf b = BUF_INIT;

    buf_append(&b, "ab\0c", 4);
    buf_append_char(&b, 'd');
    buf_append_str(&b, "ef");
    ck_assert_uint_eq(b.len, 7);
    ck_assert_mem_eq(b.data, "ab\0cdef", 8);
    buf_reset(&b);
    ck_assert_str_eq(b.data, "");
    buf_clear(&b);
}
END_TEST

START_TEST(grows_by_steps)
{
    struct buf b = BUF_INIT;

    for (int i = 0; i < 100000; i++)
        buf_append_char(&b, (char)('a' + i % 26));
    ck_assert_uint_eq(b.len, 100000);
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(b.data[i], 'a' + i % 26);
    buf_clear(&b);
}
END_TEST

START_TEST(reserve_and_commit)
{
    struct buf b = BUF_INIT;

    memcpy(buf_reserve(&b, 1000), "some", 4);
    buf_commit(&b, 4);
    ck_assert_str_eq(b.data, "some");
    ck_assert_uint_ge(b.cap, 1001);
    buf_clear(&b);
}
END_TEST

START_TEST(formats_of_any_length)
{
    for (int n = 0; n < 300; n++) {
        struct buf b = BUF_INIT;

        buf_append_char(&b, '<');
        buf_appendf(&b, "%*d|", n, 7);
        ck_assert_uint_eq(b.len, (size_t)(n ? n : 1) + 2);
        ck_assert_int_eq(b.data[b.len - 2], '7');
        ck_assert_int_eq(b.data[b.len], '\0');
        buf_clear(&b);
    }
}
END_TEST

START_TEST(numbers)
{
    struct buf b = BUF_INIT;

    buf_append_uint(&b, 0);
    buf_append_char(&b, ' ');
    buf_append_uint(&b, UINT64_MAX);
    buf_append_char(&b, ' ');
    buf_append_int(&b, INT64_MIN);
    buf_append_char(&b, ' ');
    buf_append_int(&b, 1200);
    ck_assert_str_eq(b.data, "0 18446744073709551615 -9223372036854775808 1200");
    buf_clear(&b);
}
END_TEST

START_TEST(seconds)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0.000000"},         {1, "0.000001"},
        {1234567, "1.234567"},   {-1, "-0.000001"},
        {60000000, "60.000000"}, {INT64_MIN, "-9223372036854.775808"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b = BUF_INIT;

        buf_append_seconds(&b, cases[i].us);
        ck_assert_str_eq(b.data, cases[i].text);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(consume)
{
    struct buf b = BUF_INIT;

    buf_append_str(&b, "first second");
    buf_consume(&b, 6);
    ck_assert_str_eq(b.data, "second");
    buf_consume(&b, 6);
    ck_assert_str_eq(b.data, "");
    buf_clear(&b);
}
END_TEST

START_TEST(take_empties)
{
    struct buf b = BUF_INIT;
    char *s = buf_take(&b);

    ck_assert_str_eq(s, "");
    free(s);
    buf_append_str(&b, "text");
    s = buf_take(&b);
    ck_assert_str_eq(s, "text");
    ck_assert_ptr_null(b.data);
    free(s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("buf", empty_owns_nothing, append_keeps_nul, grows_by_steps,
                       reserve_and_commit, formats_of_any_length, numbers, seconds,
                       consume, take_empties);
}

int main(void)
{
    return check_main(suite);
}
