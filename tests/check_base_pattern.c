#include "check_main.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/pattern.h"

static struct pattern *must_add(struct pattern *p, const char *regex)
{
    struct buf why = BUF_INIT;

    ck_assert_msg(pattern_add(&p, regex, &why) == 0, "%s: %s", regex, why.data);
    ck_assert_uint_eq(why.len, 0);
    buf_clear(&why);
    return p;
}

static bool matches(const char *regex, const char *text)
{
    struct pattern *p = must_add(NULL, regex);
    bool found = pattern_matches(p, text, strlen(text));

    pattern_free(p);
    return found;
}

START_TEST(found)
{
    ck_assert(matches("b", "abc"));
    ck_assert(!matches("^b", "abc"));
    ck_assert(matches("\\.html?$", "http://h/a.htm"));
    ck_assert(!matches("A", "abc"));
    ck_assert(matches("(?i)A", "abc"));
    ck_assert(matches("", ""));
    ck_assert(matches("^$", ""));
    ck_assert(matches("(a)(b)(c)\\3", "abcc"));
    ck_assert(matches("(?<=x)y(?!z)", "xyzxy"));
    ck_assert(matches("\xc3\xa9", "caf\xc3\xa9"));
    ck_assert(matches("\\d{4}", "/2026/"));
}
END_TEST

START_TEST(lists)
{
    struct pattern *p = NULL;

    ck_assert(!pattern_matches(NULL, "a", 1));
    p = must_add(p, "^a");
    p = must_add(p, "z$");
    ck_assert(pattern_matches(p, "ab", 2));
    ck_assert(pattern_matches(p, "bz", 2));
    ck_assert(!pattern_matches(p, "ba", 2));
    ck_assert(pattern_matches(p, "bz!", 2)); /* up to n */
    ck_assert(!pattern_matches(p, NULL, 0));
    pattern_free(p);
    pattern_free(NULL);
}
END_TEST

/* A refused one leaves the list as it was. */
START_TEST(refused)
{
    static const char *const cases[][2] = {
        {"(", "missing closing parenthesis, at character 2"},
        {"a[b", "missing terminating ] for character class, at character 4"},
        {"*", "quantifier does not follow a repeatable item, at character 1"},
        {"(*UTF)a", "using UTF is disabled by the application, at character 7"},
    };
    struct pattern *p = must_add(NULL, "x");

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf why = BUF_INIT;

        ck_assert_int_eq(pattern_add(&p, cases[i][0], &why), -EINVAL);
        ck_assert_str_eq(why.data, cases[i][1]);
        buf_clear(&why);
    }
    ck_assert(pattern_matches(p, "x", 1) && !pattern_matches(p, "a", 1));
    pattern_free(p);
}
END_TEST

/* Steps without end for a search that goes back: it is given up, with and without
 * machine code, and the next one works. */
START_TEST(bounded)
{
    static const char *const regexes[] = {"(a+)+$", "(*NO_JIT)(a+)+$",
                                          "(?:a?){64}a{64}$", "^(?R)?a+b"};
    static char text[4096];
    const size_t n = sizeof(text) - 1;

    log_set_level(LOG_ERROR);
    memset(text, 'a', n);
    text[n - 1] = '!';
    for (size_t i = 0; i < ARRAY_LEN(regexes); i++) {
        struct pattern *p = must_add(NULL, regexes[i]);

        for (int j = 0; j < 20; j++)
            ck_assert(!pattern_matches(p, text, n));
        pattern_free(p);
    }
    ck_assert(matches("(a+)+$", "!aaaa"));
}
END_TEST

/* In a long text each place costs little, and all of them much: minutes, here. */
START_TEST(bounded_for_long_texts)
{
    static const char *const regexes[] = {"a*a*[bc]", "(*NO_JIT)a*a*[bc]",
                                          "(a|aa)+[bc]", "a.*a.*[bc]"};
    const size_t n = 200000;
    char *text = mem_alloc(n);

    log_set_level(LOG_ERROR);
    memset(text, 'a', n);
    for (size_t i = 0; i < ARRAY_LEN(regexes); i++) {
        struct pattern *p = must_add(NULL, regexes[i]);

        text[n - 1] = 'a';
        ck_assert(!pattern_matches(p, text, n));
        text[n - 1] = 'b';
        ck_assert(pattern_matches(p, text + n - 10, 10));
        pattern_free(p);
    }
    free(text);
}
END_TEST

/* What nobody would call slow is found, also behind much that is nearly it. */
START_TEST(found_in_long_texts)
{
    static const char row[] = "{\"name\":\"value\",\"ok\":false},";
    struct buf text = BUF_INIT;
    struct pattern *p = must_add(NULL, "\"ok\"\\s*:\\s*true");

    while (text.len < 300000)
        buf_append_str(&text, row);
    ck_assert(!pattern_matches(p, text.data, text.len));
    buf_append_str(&text, "{\"ok\": true}");
    ck_assert(pattern_matches(p, text.data, text.len));
    pattern_free(p);
    p = must_add(NULL, "[a-z]+\": tr");
    ck_assert(pattern_matches(p, text.data, text.len));
    pattern_free(p);
    buf_clear(&text);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("pattern", found, lists, refused, bounded,
                       bounded_for_long_texts, found_in_long_texts);
}

int main(void)
{
    return check_main(make);
}
