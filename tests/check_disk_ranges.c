#include "check_main.h"

#include <stdlib.h>

#include "disk/ranges.h"

#define TERA (INT64_C(1) << 40)

static void expect(const struct ranges *r, size_t n, const struct range *items)
{
    ck_assert_uint_eq(r->n, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(r->items[i].first, items[i].first);
        ck_assert_int_eq(r->items[i].end, items[i].end);
    }
}

#define EXPECT(r, ...)                                                                 \
    expect(r, sizeof((const struct range[]){__VA_ARGS__}) / sizeof(struct range),      \
           (const struct range[]){__VA_ARGS__})

START_TEST(adds_and_joins)
{
    struct ranges r = {0};

    ranges_add(&r, 10, 20);
    ranges_add(&r, 40, 50);
    EXPECT(&r, {10, 20}, {40, 50});
    ranges_add(&r, 5, 5);
    ranges_add(&r, 7, 3);
    EXPECT(&r, {10, 20}, {40, 50});
    ranges_add(&r, 20, 30);
    EXPECT(&r, {10, 30}, {40, 50});
    ranges_add(&r, 0, 10);
    EXPECT(&r, {0, 30}, {40, 50});
    ranges_add(&r, 30, 40);
    EXPECT(&r, {0, 50});
    ranges_add(&r, 3 * TERA, 4 * TERA);
    ranges_add(&r, 60, TERA);
    EXPECT(&r, {0, 50}, {60, TERA}, {3 * TERA, 4 * TERA});
    ranges_add(&r, 55, 5 * TERA);
    EXPECT(&r, {0, 50}, {55, 5 * TERA});
    ranges_clear(&r);
    ck_assert(!r.items && !r.n && !r.cap);
}
END_TEST

START_TEST(removes_and_splits)
{
    struct ranges r = {0};

    ranges_remove(&r, 0, 100);
    ck_assert_uint_eq(r.n, 0);
    ranges_add(&r, 0, 100);
    ranges_remove(&r, 40, 40);
    ranges_remove(&r, 100, 200);
    EXPECT(&r, {0, 100});
    ranges_remove(&r, 40, 60);
    EXPECT(&r, {0, 40}, {60, 100});
    ranges_remove(&r, 40, 60);
    EXPECT(&r, {0, 40}, {60, 100});
    ranges_remove(&r, 30, 70);
    EXPECT(&r, {0, 30}, {70, 100});
    ranges_remove(&r, 70, 100);
    EXPECT(&r, {0, 30});
    ranges_remove(&r, 0, INT64_MAX);
    ck_assert_uint_eq(r.n, 0);
    ranges_clear(&r);
}
END_TEST

static void expect_gap(const struct ranges *r, int64_t from, int64_t size,
                       int64_t first, int64_t end)
{
    struct range gap;

    ck_assert(ranges_gap(r, from, size, &gap));
    ck_assert_int_eq(gap.first, first);
    ck_assert_int_eq(gap.end, end);
}

START_TEST(gaps)
{
    struct ranges r = {0};
    struct range gap;

    expect_gap(&r, 0, 10, 0, 10);
    expect_gap(&r, 3, -1, 3, -1);
    ck_assert(!ranges_gap(&r, 0, 0, &gap));
    ck_assert(!ranges_gap(&r, 10, 10, &gap));
    ranges_add(&r, 0, 10);
    ranges_add(&r, 20, 30);
    expect_gap(&r, 0, 100, 10, 20);
    expect_gap(&r, 10, 100, 10, 20);
    expect_gap(&r, 15, 100, 15, 20);
    expect_gap(&r, 20, 100, 30, 100);
    expect_gap(&r, 25, -1, 30, -1);
    expect_gap(&r, 40, -1, 40, -1);
    expect_gap(&r, 0, 15, 10, 15);
    ck_assert(!ranges_gap(&r, 0, 10, &gap));
    ck_assert(!ranges_gap(&r, 22, 30, &gap));
    ck_assert(!ranges_gap(&r, 22, 25, &gap));
    ranges_clear(&r);
}
END_TEST

START_TEST(sums)
{
    struct ranges r = {0}, copy = {0};

    ck_assert_int_eq(ranges_bytes(&r), 0);
    ck_assert_int_eq(ranges_prefix(&r), 0);
    ranges_add(&r, 5 * TERA, 6 * TERA);
    ck_assert_int_eq(ranges_prefix(&r), 0);
    ranges_add(&r, 0, 2 * TERA);
    ck_assert_int_eq(ranges_bytes(&r), 3 * TERA);
    ck_assert_int_eq(ranges_prefix(&r), 2 * TERA);
    ranges_add(&copy, 1, 2);
    ranges_copy(&copy, &r);
    ranges_clear(&r);
    EXPECT(&copy, {0, 2 * TERA}, {5 * TERA, 6 * TERA});
    ranges_copy(&copy, &r);
    ck_assert_uint_eq(copy.n, 0);
    ranges_add(&copy, 1, 2);
    EXPECT(&copy, {1, 2});
    ranges_clear(&copy);
}
END_TEST

/* ---- against a map of 64 bytes ---- */

enum { BYTES = 64, OPERATIONS = 20000 };

static void expect_map(const struct ranges *r, const bool map[BYTES])
{
    bool told[BYTES] = {false};
    int64_t bytes = 0, prefix = 0;

    for (size_t i = 0; i < r->n; i++) {
        ck_assert_int_lt(r->items[i].first, r->items[i].end);
        ck_assert(!i || r->items[i - 1].end < r->items[i].first);
        for (int64_t at = r->items[i].first; at < r->items[i].end; at++)
            told[at] = true;
    }
    ck_assert_mem_eq(told, map, sizeof(told));
    for (int i = 0; i < BYTES; i++)
        bytes += map[i];
    while (prefix < BYTES && map[prefix])
        prefix++;
    ck_assert_int_eq(ranges_bytes(r), bytes);
    ck_assert_int_eq(ranges_prefix(r), prefix);
}

static void expect_map_gap(const struct ranges *r, const bool map[BYTES])
{
    int64_t from = rand() % BYTES, size = rand() % (BYTES + 1), first = from, end;
    struct range gap = {0, 0};
    bool open = rand() % 4 == 0, found = ranges_gap(r, from, open ? -1 : size, &gap);

    size = open ? BYTES : size;
    while (first < size && map[first])
        first++;
    for (end = first; end < size && !map[end];)
        end++;
    ck_assert_int_eq(found, open || first < size);
    if (!found)
        return;
    ck_assert_int_eq(gap.first, first);
    ck_assert_int_eq(gap.end, open && end == BYTES ? -1 : end);
}

START_TEST(like_a_map)
{
    struct ranges r = {0};
    bool map[BYTES] = {false};

    srand(1);
    for (int i = 0; i < OPERATIONS; i++) {
        int first = rand() % BYTES, end = first + rand() % (BYTES - first + 1);
        bool add = rand() % 2;

        if (rand() % 2 && end > first + 3)
            end = first + 3; /* small pieces, so that there are many */
        (add ? ranges_add : ranges_remove)(&r, first, end);
        for (int at = first; at < end; at++)
            map[at] = add;
        expect_map(&r, map);
        expect_map_gap(&r, map);
    }
    ranges_clear(&r);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("ranges", adds_and_joins, removes_and_splits, gaps, sums,
                       like_a_map);
}

int main(void)
{
    return check_main(suite);
}
