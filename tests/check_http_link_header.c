#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/link_header.h"

static bool link_next(struct slice value, struct slice *target)
{
    struct link_header l;

    while (link_header_next(&value, &l))
        if (link_header_has(&l, "next")) {
            *target = l.target;
            return true;
        }
    return false;
}

static void check_link(const char *value, const char *wanted)
{
    struct slice target = {"", 0};
    bool found = link_next(slice_str(value), &target);

    ck_assert_msg(found == (wanted != NULL), "%s", value);
    ck_assert_msg(!wanted || slice_eq(target, wanted), "%s: %.*s", value,
                  (int)target.len, target.data);
}

START_TEST(found)
{
    static const char *const cases[][2] = {
        {"<http://h/2>; rel=\"next\"", "http://h/2"},
        {"</2>;rel=next", "/2"},
        {"< /2 > ; REL = NEXT", "/2"},
        {"</1>; rel=prev, </2>; rel=\"next last\"", "/2"},
        {"</1>; rel=\"a  b\", ,, </2>; rel=\"x next\"", "/2"},
        {"</a,b;c>; title=\"x,y; rel=\\\"next\\\"\"; rel=next", "/a,b;c"},
        {"<>; rel=next", ""},
        {"</1>; rel=next, </2>; rel=next", "/1"},
        {"</1>; foo; bar=; rel=next", "/1"},
        {"</1>; title*=UTF-8'en'x; rel=next; x=\"y\"", "/1"},
        {"</1>; rel=prev; rel=next, </2>; rel=next", "/2"}, /* the first rel counts */
        {"</1>; rel=next; anchor=\"#a\", </2>; rel=next", "/2"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check_link(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(none)
{
    static const char *const values[] = {
        "",
        "next",
        "</1>",
        "</1>; rel=nexts",
        "</1>; rel=\"nextx\"",
        "</1>; rev=next",
        "</1; rel=next",
        "/1; rel=next",
        "<</1>; rel",
        "</1>; rel=",
        "</1>; title=\"rel=next",
        "</1>; title=rel=next",
        ",,,,",
        "</1> </2>; rel=next",
        "</1>; rel=\"",
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        check_link(values[i], NULL);
}
END_TEST

/* Any bytes, cut anywhere: nothing is read behind the value. */
START_TEST(cut)
{
    static const char value[] =
        "</a>; rel=\"prev\\\" x\"; t=\"\\\\\", </b>; rel=\"next\"";
    struct slice target;

    for (size_t n = 0; n < sizeof(value); n++) {
        char *copy = mem_alloc(n ? n : 1);

        memcpy(copy, value, n);
        if (link_next((struct slice){copy, n}, &target))
            ck_assert(target.data >= copy && target.data + target.len <= copy + n);
        free(copy);
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("http_link_header", found, none, cut);
}

int main(void)
{
    return check_main(suite);
}
