#include "check_main.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/parse.h"

struct values {
    bool flag, other;
    int number, fixed, how;
    double seconds;
    int64_t bytes;
    const char *text;
    const char *const *list;
};

#define AT(field) .offset = offsetof(struct values, field)

static const char *const hows[] = {"fast", "slow", NULL};

/* clang-format off */
static const struct option first[] = {
    {"flag", 'f', NULL, 0, "a flag", option_true, AT(flag)},
    {"number", 'n', "N", 0, "a number", option_int, AT(number), .min = -1, .max = 9},
    {"per-host", 0, "N", 0, "one more", option_int, AT(number), .min = 1, .max = 100},
    {"list", 'l', "X", 0, "a list", option_list, AT(list), .list = true},
    {0},
};
static const struct option second[] = {
    {"other", 'o', NULL, 0, "a flag", option_true, AT(other)},
    {"four", '4', NULL, 0, "sets 4", option_value, AT(fixed), .value = 4},
    {"how", 0, "HOW", 0, "one of", option_enum, AT(how), .names = hows},
    {"seconds", 's', "S", 0, "a time", option_seconds, AT(seconds)},
    {"bytes", 'b', "B", 0, "a size", option_bytes, AT(bytes)},
    {"text", 't', "T", 0, "a text", option_string, AT(text)},
    {"file", 0, "F", 0, "a file", option_string, AT(text), .min = 1},
    {0},
};
/* clang-format on */

static option_tables tables = (const struct option *const[]){first, second, NULL};

static struct values v;
static const char *const *words;
static struct buf why;

static void forget(void)
{
    option_free(tables, &v);
    free((void *)words);
    buf_clear(&why);
    v = (struct values){0};
    words = NULL;
}

static int parse(const char *const *args)
{
    forget();
    return options_parse(tables, &v, args, &words, &why);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

#define REFUSED(text, ...)                                                             \
    do {                                                                               \
        ck_assert_int_eq(PARSE(__VA_ARGS__), -EINVAL);                                 \
        ck_assert_str_eq(why.data, text);                                              \
    } while (0)

static size_t length(const char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

START_TEST(spellings)
{
    ck_assert_int_eq(PARSE("--number", "1"), 2);
    ck_assert_int_eq(v.number, 1);
    ck_assert_int_eq(PARSE("--number=2"), 1);
    ck_assert_int_eq(v.number, 2);
    ck_assert_int_eq(PARSE("-n", "3"), 2);
    ck_assert_int_eq(v.number, 3);
    ck_assert_int_eq(PARSE("-n4"), 1);
    ck_assert_int_eq(v.number, 4);
    ck_assert_int_eq(PARSE("-n-1"), 1);
    ck_assert_int_eq(v.number, -1);
    ck_assert_int_eq(PARSE("--text="), 1);
    ck_assert_str_eq(v.text, "");
    ck_assert_int_eq(PARSE("--text=a=b"), 1);
    ck_assert_str_eq(v.text, "a=b");
    ck_assert_int_eq(PARSE("-t", "--flag"),
                     2); /* an argument may look like an option */
    ck_assert_str_eq(v.text, "--flag");
    ck_assert(!v.flag);
    forget();
}
END_TEST

START_TEST(bundles)
{
    ck_assert_int_eq(PARSE("-foon7"), 1);
    ck_assert(v.flag && v.other && v.number == 7);
    ck_assert_int_eq(PARSE("-fn", "8", "-4"), 3);
    ck_assert(v.flag && v.number == 8 && v.fixed == 4);
    ck_assert_int_eq(PARSE("-lfo"), 1); /* fo is the argument of -l */
    ck_assert_str_eq(v.list[0], "fo");
    ck_assert(!v.flag && !v.other);
    forget();
}
END_TEST

START_TEST(order)
{
    ck_assert_int_eq(PARSE("a", "-f", "-", "--", "-o", "--", "--flag"), 7);
    ck_assert_uint_eq(length(words), 5);
    ck_assert_str_eq(words[0], "a");
    ck_assert_str_eq(words[1], "-");
    ck_assert_str_eq(words[2], "-o");
    ck_assert_str_eq(words[3], "--");
    ck_assert_str_eq(words[4], "--flag");
    ck_assert(v.flag && !v.other);
    ck_assert_int_eq(PARSE(NULL), 0);
    ck_assert_ptr_null(words);
    forget();
}
END_TEST

START_TEST(stops_at_the_first_word)
{
    const char *const args[] = {"-f", "--how=slow", "word", "-x", NULL};

    forget();
    ck_assert_int_eq(options_parse(tables, &v, args, NULL, &why), 2);
    ck_assert(v.flag && v.how == 1);
    forget();
}
END_TEST

START_TEST(repeated)
{
    ck_assert_int_eq(PARSE("-n1", "--number", "2", "-la", "--list=b", "-l", "c"),
                     6 + 1);
    ck_assert_int_eq(v.number, 2);
    ck_assert_uint_eq(length(v.list), 3);
    ck_assert_str_eq(v.list[0], "a");
    ck_assert_str_eq(v.list[2], "c");
    forget();
}
END_TEST

START_TEST(types)
{
    ck_assert_int_eq(PARSE("-s", "200ms", "-b4k", "--how", "slow"), 5);
    ck_assert(v.seconds > 0.1999 && v.seconds < 0.2001);
    ck_assert_int_eq(v.bytes, 4096);
    ck_assert_int_eq(v.how, 1);
    ck_assert_int_eq(PARSE("--how", "slow", "--how=fast"), 3);
    ck_assert_int_eq(v.how, 0);
    forget();
}
END_TEST

START_TEST(unknown)
{
    REFUSED("unknown option --per-hots; did you mean --per-host?", "--per-hots=3");
    REFUSED("unknown option --numb; did you mean --number?", "--numb", "3");
    REFUSED("unknown option --nothing-like-it", "--nothing-like-it");
    REFUSED("unknown option -Z", "-fZ");
    REFUSED("unknown option -\xc3\xa9", "-\xc3\xa9");
    REFUSED("unknown option -p; did you mean --per-host?", "-per-host");
    REFUSED("unknown option --\\x1b[31m", "--\x1b[31m");
    forget();
}
END_TEST

START_TEST(wrong_values)
{
    REFUSED("option --per-host: '0' is not a whole number from 1 to 100",
            "--per-host=0");
    REFUSED("option --per-host: '101' is not a whole number from 1 to 100",
            "--per-host", "101");
    REFUSED("option -n: 'x' is not a whole number from -1 to 9", "-nx");
    REFUSED("option --number: '' is not a whole number from -1 to 9", "--number=");
    REFUSED("option --how: 'fat' is not fast or slow", "--how", "fat");
    REFUSED("option -s: '1x' is not a time such as 30, 0.5, 200ms, 2m or 1h", "-s1x");
    REFUSED("option -b: '-1' is not a size such as 500, 64k, 10M or 2G", "-b-1");
    REFUSED("option --file: it must not be empty", "--file=");
    REFUSED("option -n: '\\x1b' is not a whole number from -1 to 9", "-n\x1b");
    forget();
}
END_TEST

START_TEST(wrong_counts)
{
    REFUSED("option --flag takes no argument", "--flag=1");
    REFUSED("option --number: an argument is missing: --number N", "--number");
    REFUSED("option -n: an argument is missing: -n N", "-fn");
    forget();
}
END_TEST

/* As many as a shell may give: their number is not squared. */
START_TEST(many_words)
{
    enum { MANY = 300000 };
    const char **args = mem_reallocarray(NULL, MANY + 1, sizeof(*args));

    for (size_t i = 0; i < MANY; i++)
        args[i] = i % 3 ? "word" : "-f";
    args[MANY] = NULL;
    ck_assert_int_eq(parse(args), MANY);
    ck_assert(v.flag);
    ck_assert_str_eq(words[MANY / 3 * 2 - 1], "word");
    ck_assert_ptr_null(words[MANY / 3 * 2]);
    free(args);
    forget();
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("cli_parse", spellings, bundles, order, stops_at_the_first_word,
                       repeated, types, unknown, wrong_values, wrong_counts,
                       many_words);
}

int main(void)
{
    return check_main(make);
}
