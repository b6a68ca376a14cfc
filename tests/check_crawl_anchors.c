#include "check_main.h"

#include <stdlib.h>

#include "crawl/anchors.h"
#include "crawl/marks.h"

static bool has(const char *ids, const char *fragment)
{
    struct refs *refs = refs_new();
    struct buf gathered = BUF_INIT;
    struct slice rest = slice_str(ids), id;
    struct anchors *a, *copy;
    bool found;

    while (slice_next(&rest, ' ', &id))
        anchors_add(&gathered, refs, id);
    a = anchors_new(&gathered);
    copy = anchors_copy(a);
    ck_assert_uint_eq(gathered.len, 0);
    found = anchors_has(a, refs, slice_str(fragment));
    ck_assert_int_eq(anchors_has(copy, refs, slice_str(fragment)), found);
    free(a);
    free(copy);
    buf_clear(&gathered);
    refs_free(refs);
    return found;
}

START_TEST(names)
{
    ck_assert(has("a b c", "a") && has("a b c", "b") && has("a b c", "c"));
    ck_assert(!has("a b c", "d") && !has("a b c", "A") && !has("a b c", "ab"));
    ck_assert(!has("", "a"));
    ck_assert(has("a%20b", "a%20b") && !has("a%20b", "a b"));
    ck_assert(has("a+b", "a%2Bb") && has("a+b", "a+b") && !has("a+b", "a%2bB"));
    ck_assert(has("gr\xc3\xb6\xc3\x9f"
                  "e",
                  "gr%C3%b6%C3%9Fe"));
    ck_assert(has("100%", "100%"));
}
END_TEST

START_TEST(everywhere)
{
    static const char *const fragments[] = {
        "", "top", "TOP", ":~:text=x", "top:~:text=x", "!/x", "/x"};

    for (size_t i = 0; i < sizeof(fragments) / sizeof(*fragments); i++) {
        ck_assert(has("", fragments[i]));
        ck_assert(anchors_needless(slice_str(fragments[i])));
    }
    ck_assert(!anchors_needless(SLICE("x")) && !anchors_needless(SLICE("topx")));
    ck_assert(has("a", "a:~:text=x") && !has("a", "b:~:text=x"));
    ck_assert(!has("a", "a:~") && has("a:~", "a:~"));
}
END_TEST

START_TEST(marks)
{
    enum { N = 300000 };
    struct refs *refs = refs_new();
    struct marks m = {0};
    size_t slots = 0;

    ck_assert_uint_eq(marks_get(&m, 1), 0);
    for (uint64_t i = 0; i < N; i++)
        marks_set(&m, refs_hash(refs, i, SLICE("x")), (uint32_t)i + 1);
    for (uint64_t i = 0; i < N; i += 3)
        marks_set(&m, refs_hash(refs, i, SLICE("x")), (uint32_t)i + 7);
    for (uint64_t i = 0; i < 2 * N; i++)
        ck_assert_uint_eq(marks_get(&m, refs_hash(refs, i, SLICE("x"))), i >= N ? 0
                                                                         : i % 3
                                                                             ? i + 1
                                                                             : i + 7);
    for (size_t i = 0; i < MARKS_PARTS; i++)
        slots += m.parts[i].cap;
    ck_assert_uint_lt(slots * 12, (size_t)N * 19);
    marks_clear(&m);
    marks_clear(&m);
    refs_free(refs);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("anchors", names, everywhere, marks);
}

int main(void)
{
    return check_main(make);
}
