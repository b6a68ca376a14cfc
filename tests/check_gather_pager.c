#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gather/pager.h"

static void check_parameter(const char *url, const char *name, const char *value,
                            const char *wanted)
{
    char *got = pager_set_parameter(url, name, slice_str(value));

    ck_assert_str_eq(got, wanted);
    free(got);
}

START_TEST(parameters)
{
    check_parameter("http://h/", "p", "1", "http://h/?p=1");
    check_parameter("http://h/?", "p", "1", "http://h/?p=1");
    check_parameter("http://h/?a=b", "p", "1", "http://h/?a=b&p=1");
    check_parameter("http://h/?p=0&a=b", "p", "1", "http://h/?p=1&a=b");
    check_parameter("http://h/?a&p&p=2&b", "p", "1", "http://h/?a&p=1&b");
    check_parameter("http://h/?%70=2", "p", "1", "http://h/?p=1");
    check_parameter("http://h/?pp=2&xp=3", "p", "1", "http://h/?pp=2&xp=3&p=1");
    check_parameter("http://h/x#p=1", "p", "1", "http://h/x?p=1#p=1");
    check_parameter("http://h/?a=b#f?p=1", "p", "1", "http://h/?a=b&p=1#f?p=1");
    check_parameter("http://h/", "a b", "x&y=z#\xe2\x82\xac",
                    "http://h/?a%20b=x%26y%3Dz%23%E2%82%AC");
}
END_TEST

/* ---- pages ---- */

static struct response page;

static struct pages rule(enum paging kind, const char *pointer, const char *parameter)
{
    return (struct pages){.kind = kind,
                          .pointer = pointer ? slice_str(pointer) : (struct slice){0},
                          .parameter = (char *)parameter,
                          .start = kind == PAGING_PAGE,
                          .max = 5};
}

/* Takes a page whose value is also its elements, or has them at /l. */
static enum pager_next take(struct pager *p, const char *value, const char *elements,
                            const char *base, char **next)
{
    struct failure f = {0};
    enum pager_next r =
        pager_take(p, &page, slice_str(value), slice_str(elements), base, next, &f);

    ck_assert_int_eq(r == PAGER_FAILED, f.error != HTTP_OK);
    ck_assert_int_eq(r == PAGER_MORE, *next != NULL);
    failure_clear(&f);
    return r;
}

static void check_joined(const struct pager *p, const char *wanted)
{
    struct buf out = BUF_INIT;

    pager_append(p, &out);
    ck_assert_str_eq(out.data, wanted);
    buf_clear(&out);
}

START_TEST(pointer)
{
    struct pages r = rule(PAGING_POINTER, "/n", NULL);
    struct pager p;
    char *next, *first = pager_begin(&p, &r, "http://h/a/b");

    ck_assert_str_eq(first, "http://h/a/b");
    ck_assert_int_eq(take(&p, "{\"n\":\"c?d\"}", "[1,2]", "http://h/a/b", &next),
                     PAGER_MORE);
    ck_assert_str_eq(next, "http://h/a/c?d");
    free(next);
    ck_assert_int_eq(take(&p, "{\"n\":\"//g/x\"}", "[]", "http://h/a/c", &next),
                     PAGER_MORE);
    ck_assert_str_eq(next, "http://g/x");
    free(next);
    ck_assert_int_eq(take(&p, "{\"n\":null}", "[\"[,]\"]", "http://g/x", &next),
                     PAGER_END);
    check_joined(&p, "[1,2,\"[,]\"]");
    pager_clear(&p);
    free(first);
}
END_TEST

START_TEST(cursor)
{
    struct pages r = rule(PAGING_CURSOR, "/c", "cur");
    struct pager p;
    char *next;

    free(pager_begin(&p, &r, "http://h/?x=1"));
    ck_assert_int_eq(take(&p, "{\"c\":\"a/b\"}", "[1]", "http://h/", &next),
                     PAGER_MORE);
    ck_assert_str_eq(next, "http://h/?x=1&cur=a%2Fb");
    free(next);
    ck_assert_int_eq(take(&p, "{\"c\":9007199254740993}", "[]", "http://h/", &next),
                     PAGER_MORE);
    ck_assert_str_eq(next, "http://h/?x=1&cur=9007199254740993");
    free(next);
    ck_assert_int_eq(take(&p, "{\"c\":9007199254740993}", "[]", "http://h/", &next),
                     PAGER_FAILED);
    pager_clear(&p);
}
END_TEST

START_TEST(numbers)
{
    struct pages r = rule(PAGING_OFFSET, NULL, "o");
    struct pager p;
    char *next, *first = pager_begin(&p, &r, "http://h/");

    ck_assert_str_eq(first, "http://h/?o=0");
    ck_assert_int_eq(take(&p, "", "[1,[2,3]]", "http://h/", &next), PAGER_MORE);
    ck_assert_str_eq(next, "http://h/?o=2");
    free(next);
    ck_assert_int_eq(take(&p, "", "[4]", "http://h/", &next), PAGER_MORE);
    ck_assert_str_eq(next, "http://h/?o=3");
    free(next);
    ck_assert_int_eq(take(&p, "", "[]", "http://h/", &next), PAGER_END);
    check_joined(&p, "[1,[2,3],4]");
    pager_clear(&p);
    free(first);
}
END_TEST

START_TEST(most)
{
    struct pages r = rule(PAGING_PAGE, NULL, "p");
    struct pager p;
    char *next;

    r.max = 2;
    r.max_given = true;
    free(pager_begin(&p, &r, "http://h/"));
    ck_assert_int_eq(take(&p, "", "[1]", "http://h/", &next), PAGER_MORE);
    free(next);
    ck_assert_int_eq(take(&p, "", "[2]", "http://h/", &next), PAGER_END);
    ck_assert(p.cut);
    check_joined(&p, "[1,2]");
    pager_clear(&p);
    r.max_given = false;
    free(pager_begin(&p, &r, "http://h/"));
    ck_assert_int_eq(take(&p, "", "[1]", "http://h/", &next), PAGER_MORE);
    free(next);
    ck_assert_int_eq(take(&p, "", "[2]", "http://h/", &next), PAGER_FAILED);
    pager_clear(&p);
}
END_TEST

START_TEST(wrong)
{
    static const char *const values[] = {"{\"n\":5}",
                                         "{\"n\":[]}",
                                         "{\"n\":\"ftp://h/\"}",
                                         "{\"n\":\"a\\u0000\"}",
                                         "{\"n\":\"http://[\"}",
                                         "{\"n\":\"http://h/\"}"};
    struct pages r = rule(PAGING_POINTER, "/n", NULL);
    struct pager p;
    char *next;

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        free(pager_begin(&p, &r, "http://h/"));
        ck_assert_msg(take(&p, values[i], "[]", "http://h/", &next) == PAGER_FAILED,
                      "%s", values[i]);
        pager_clear(&p);
    }
    free(pager_begin(&p, &r, "http://h/"));
    ck_assert_int_eq(take(&p, "{}", "{}", "http://h/", &next), PAGER_FAILED);
    pager_clear(&p);
    pager_clear(&(struct pager){0}); /* one that was never begun */
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("gather_pager", parameters, pointer, cursor, numbers, most,
                       wrong);
}

int main(void)
{
    return check_main(suite);
}
