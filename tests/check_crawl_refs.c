#include "check_main.h"

#include <stdio.h>

#include "crawl/refs.h"

START_TEST(hashes)
{
    struct refs *a = refs_new(), *b = refs_new();
    uint64_t first = refs_hash(a, 1, SLICE("/some/where.html"));

    ck_assert_uint_eq(refs_hash(a, 1, SLICE("/some/where.html")), first);
    ck_assert_uint_ne(refs_hash(a, 2, SLICE("/some/where.html")), first);
    ck_assert_uint_ne(refs_hash(a, 1, SLICE("/some/where.htm")), first);
    ck_assert_uint_ne(refs_hash(a, 1, SLICE("/some/where.htmm")), first);
    ck_assert_uint_ne(refs_hash(a, 1, SLICE("/some/where.html\0")), first);
    ck_assert_uint_ne(refs_hash(b, 1, SLICE("/some/where.html")), first);
    ck_assert_uint_ne(refs_hash(a, 1, SLICE("")), 0);
    refs_free(a);
    refs_free(b);
}
END_TEST

/* It may forget, but never takes one for another. */
START_TEST(cache)
{
    enum { N = 200000 };
    struct refs *r = refs_new();
    unsigned kept = 0;
    uint64_t url;

    ck_assert(!refs_get(r, 77, &url));
    refs_put(r, 77, 78);
    ck_assert(refs_get(r, 77, &url));
    ck_assert_uint_eq(url, 78);
    for (unsigned i = 0; i < N; i++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "%u", i);
        uint64_t h = refs_hash(r, 0, (struct slice){text, (size_t)n});

        ck_assert(!refs_get(r, h, &url));
        refs_put(r, h, i + 1);
    }
    for (unsigned i = 0; i < N; i++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "%u", i);

        if (!refs_get(r, refs_hash(r, 0, (struct slice){text, (size_t)n}), &url))
            continue;
        ck_assert_uint_eq(url, i + 1);
        kept++;
    }
    ck_assert_uint_gt(kept, 10000);
    refs_free(r);
}
END_TEST

START_TEST(sets)
{
    struct urlset s = {0};

    ck_assert(!urlset_has(&s, 5));
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 1; i <= 5000; i++) {
            ck_assert(!urlset_has(&s, i << 20));
            ck_assert(urlset_add(&s, i << 20));
            ck_assert(!urlset_add(&s, i << 20));
            ck_assert(urlset_has(&s, i << 20));
        }
        ck_assert_uint_eq(s.count, 5000);
        urlset_reset(&s);
        ck_assert_uint_eq(s.count, 0);
    }
    urlset_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("crawl_refs", hashes, cache, sets);
}

int main(void)
{
    return check_main(suite);
}
