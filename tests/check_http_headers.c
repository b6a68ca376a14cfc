#include <stdlib.h>

#include "check_main.h"

#include "base/mem.h"
#include "http/headers.h"

static struct headers headers_of(const char *lines)
{
    struct headers h = HEADERS_INIT;
    struct slice rest = slice_str(lines), line;

    while (slice_next(&rest, '\n', &line))
        headers_add_line(&h, line.data, line.len);
    return h;
}

static void assert_get(const struct headers *h, const char *name, const char *expected)
{
    struct slice value = SLICE("?");

    ck_assert_msg(headers_get(h, name, &value) == (expected != NULL), "%s", name);
    ck_assert_msg(slice_eq(value, expected ? expected : ""), "%s", name);
}

START_TEST(looking_up)
{
    struct headers h = headers_of("Content-Type: text/html\r\n"
                                  "ETAG:\"a:b\"\n"
                                  "Set-Cookie: first\r\n"
                                  "Empty:\r\n"
                                  "Set-Cookie: second\r\n"
                                  "Spaced :\t x y \t\r\n"
                                  "no colon here\r\n"
                                  ": no name\r\n");

    assert_get(&h, "content-type", "text/html");
    assert_get(&h, "etag", "\"a:b\"");
    assert_get(&h, "SET-COOKIE", "first");
    assert_get(&h, "Empty", "");
    assert_get(&h, "Spaced", "x y");
    assert_get(&h, "Content", NULL);
    assert_get(&h, "Content-Type:", NULL);
    assert_get(&h, "no colon here", NULL);
    headers_clear(&h);
    assert_get(&h, "Content-Type", NULL);
}
END_TEST

START_TEST(walking)
{
    static const char *const expected[][2] = {{"A", "1"}, {"b", ""}, {"A", "2"}};
    struct headers h = headers_of("A: 1\r\nnothing\r\nb:\r\n\r\nA: 2");
    struct slice name, value;
    size_t pos = 0;

    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        ck_assert(headers_next(&h, &pos, &name, &value));
        ck_assert(slice_eq(name, expected[i][0]) && slice_eq(value, expected[i][1]));
    }
    ck_assert(!headers_next(&h, &pos, &name, &value));
    ck_assert(!headers_next(&h, &pos, &name, &value));
    headers_clear(&h);
}
END_TEST

START_TEST(line_ends)
{
    struct headers h = HEADERS_INIT;

    headers_add_line(&h, "A: 1", 4);
    headers_add_line(&h, "B: 2\n", 5);
    headers_add_line(&h, "C: 3\r\n", 6);
    headers_add_line(&h, "\r\n", 2);
    headers_add_line(&h, "", 0);
    ck_assert_str_eq(h.lines.data, "A: 1\r\nB: 2\r\nC: 3\r\n");
    headers_clear(&h);
}
END_TEST

/* obs-fold (RFC 9112, 5.2): what stands on an indented line is no field of its own. */
START_TEST(folding)
{
    struct headers h = headers_of(" Location: evil\r\nX-Long: one \r\n\ttwo\r\n"
                                  "  Location: three\r\n \r\nNext: n\r\n");

    ck_assert_str_eq(h.lines.data, "X-Long: one two Location: three\r\nNext: n\r\n");
    assert_get(&h, "Location", NULL);
    headers_clear(&h);
}
END_TEST

START_TEST(lines_of_users)
{
    static const struct {
        const char *line;
        bool fine;
    } cases[] = {
        {"A: b", true},
        {"A:", true},
        {"A;", true},
        {"X-Key:v:w", true},
        {"!#$%&'*+-.^_`|~09azAZ: all of a token", true},
        {"A: \xc3\xa9\t", true},
        {"A;b", false},
        {"A", false},
        {"", false},
        {": b", false},
        {" A: b", false},
        {"A : b", false},
        {"A b: c", false},
        {"A(: c", false},
        {"A\x7f: c", false},
        {"\xc3\xa9: c", false},
        {"A: b\r\nEvil: c", false},
        {"A: b\nEvil: c", false},
        {"A: b\r", false},
        {"A\n: b", false},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        ck_assert_msg((headers_line_wrong(cases[i].line) == NULL) == cases[i].fine,
                      "%s", cases[i].line);
}
END_TEST

/* What walking finds, looking up finds too, however odd the white space. */
START_TEST(odd_white_space)
{
    struct headers h = HEADERS_INIT;
    struct slice name, value, found;
    size_t pos = 0, lines = 0;

    headers_add_line(&h, "A\r: 1", 5);
    headers_add_line(&h, "\v", 1);
    headers_add_line(&h, " B: 2", 5);
    headers_add_line(&h, "C \t: 3", 6);
    while (headers_next(&h, &pos, &name, &value)) {
        char *key = slice_dup(name);

        ck_assert_msg(headers_get(&h, key, &found), "%s", key);
        free(key);
        lines++;
    }
    ck_assert_uint_eq(lines, 3);
    headers_clear(&h);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("headers", looking_up, walking, line_ends, folding,
                       lines_of_users, odd_white_space);
}

int main(void)
{
    return check_main(suite);
}
