#include "check_main.h"

#include <stdio.h>
#include <stdlib.h>

#include "download/names.h"

static struct map names;

static void expect_taken(const char *wanted, const char *taken)
{
    char *name = names_take(&names, wanted);

    ck_assert_str_eq(name, taken);
    free(name);
}

START_TEST(the_first_free_one)
{
    map_init(&names);
    expect_taken("a.txt", "a.txt");
    expect_taken("a.txt", "a.2.txt");
    expect_taken("b/a.txt", "b/a.txt");
    expect_taken("a.3.txt", "a.3.txt");
    expect_taken("a.txt", "a.4.txt");
    expect_taken("a.2.txt", "a.2.2.txt");
    expect_taken("a.txt", "a.5.txt");
    names_clear(&names);
}
END_TEST

/* Which takes minutes where each looks at those before it. */
START_TEST(all_of_one_name)
{
    char last[32];

    map_init(&names);
    expect_taken("x", "x");
    for (int n = 2; n <= 20000; n++) {
        snprintf(last, sizeof(last), "x.%d", n);
        expect_taken("x", last);
    }
    names_clear(&names);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("names", the_first_free_one, all_of_one_name);
}

int main(void)
{
    return check_main(suite);
}
