#include "check_main.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/mem.h"

/* The first expansions, at most `most`, with a space between them. */
static char *expand(const char *pattern, int most)
{
    struct buf out = BUF_INIT;
    const char *why;
    size_t column;
    struct glob *g = glob_new(pattern, &why, &column);
    char *s;

    ck_assert_msg(g != NULL, "%s", pattern);
    while (most-- > 0 && (s = glob_next(g))) {
        buf_append_str(&out, out.len ? " " : "");
        buf_append_str(&out, s);
        free(s);
    }
    glob_free(g);
    return buf_take(&out);
}

START_TEST(expansions)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"http://h/", "http://h/"},
        {"{a,b}", "a b"},
        {"x{,a}y", "xy xay"},
        {"{a}", "a"},
        {"[1-3]", "1 2 3"},
        {"[8-11]", "8 9 10 11"},
        {"[008-011]", "008 009 010 011"},
        {"[0-10:5]", "0 5 10"},
        {"[0-9:4]", "0 4 8"},
        {"[5-5]", "5"},
        {"[a-e:2]", "a c e"},
        {"[X-Z]", "X Y Z"},
        {"{a,b}[1-2]{x,y}", "a1x a1y a2x a2y b1x b1y b2x b2y"},
        {"\\{a\\}\\[1-2\\]", "{a}[1-2]"},
        {"{a\\,b,c\\}}", "a,b c}"},
        {"end\\", "end\\"},
        {"http://[::1]:80/[1-2]", "http://[::1]:80/1 http://[::1]:80/2"},
        {"http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"},
        {"?a[]=1&b[]={x,y}", "?a[]=1&b[]=x ?a[]=1&b[]=y"},
        {"[18446744073709551614-18446744073709551615]",
         "18446744073709551614 18446744073709551615"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *all = expand(cases[i][0], 100);

        ck_assert_str_eq(all, cases[i][1]);
        free(all);
    }
}
END_TEST

START_TEST(billions_are_lazy)
{
    char *few = expand("[1-999999999][1-999999999]", 2);

    ck_assert_str_eq(few, "11 12");
    free(few);
}
END_TEST

START_TEST(errors)
{
    static const struct {
        const char *pattern;
        size_t column;
    } cases[] = {
        {"ab{c", 3},    {"{}", 3},      {"{a{b}}", 3}, {"a}", 2},
        {"a]", 2},      {"[1-", 4},     {"[1", 3},     {"[3-1]", 1},
        {"[1-3:0]", 1}, {"[1-3:]", 6},  {"[a-Z]", 2},  {"[a-1]", 2},
        {"[abc]", 2},   {"[z-a]", 1},   {"[-1]", 2},   {"[1-2", 5},
        {"[", 2},       {"x[1-2]{", 7}, {"[:::1]", 2}, {"[1-99999999999999999999]", 4},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *why = NULL;
        size_t column = 0;

        ck_assert_ptr_null(glob_new(cases[i].pattern, &why, &column));
        ck_assert_ptr_nonnull(why);
        ck_assert_msg(column == cases[i].column, "%s: %s at %zu", cases[i].pattern, why,
                      column);
    }
}
END_TEST

START_TEST(stays_at_its_end)
{
    const char *why;
    size_t column;
    struct glob *g = glob_new("x", &why, &column);

    free(glob_next(g));
    ck_assert_ptr_null(glob_next(g));
    ck_assert_ptr_null(glob_next(g));
    glob_free(g);
    glob_free(NULL);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("glob", expansions, billions_are_lazy, errors, stays_at_its_end);
}

int main(void)
{
    return check_main(suite);
}
