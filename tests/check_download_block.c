#include "check_main.h"

#include "download/block.h"

enum { BLOCK = 16 * DIRECT_ALIGN };

static const struct download_options options = {.block = BLOCK};

/* What is to come has room to its end; and what lies in the file at a page's begin does
 * so in memory. */
START_TEST(as_large_as_what_is_to_come)
{
    static const struct {
        int64_t offset, end;
        size_t size;
    } cases[] = {
        {0, 1, DIRECT_ALIGN},
        {0, DIRECT_ALIGN, DIRECT_ALIGN},
        {0, DIRECT_ALIGN + 1, 2 * DIRECT_ALIGN},
        {DIRECT_ALIGN - 1, DIRECT_ALIGN + 1, 2 * DIRECT_ALIGN},
        {5LL << 40, (5LL << 40) + 1, DIRECT_ALIGN},
        {1, BLOCK, BLOCK},
        {1, BLOCK + 1, BLOCK},
        {0, INT64_MAX, BLOCK},
        {7, -1, BLOCK}, /* nobody knows */
        {7, 7, BLOCK},
    };
    struct download d = {.o = &options};
    struct block b;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        block_take(&d, &b, cases[i].offset, cases[i].end);
        ck_assert_uint_eq(b.size, cases[i].size);
        ck_assert_uint_eq(block_room(&b),
                          b.size - (size_t)(cases[i].offset % DIRECT_ALIGN));
        ck_assert_uint_eq((uintptr_t)b.data % DIRECT_ALIGN,
                          (uintptr_t)(cases[i].offset % DIRECT_ALIGN));
        for (size_t n = block_room(&b); n; n--)
            block_append(&b, "x", 1);
        ck_assert_uint_eq(block_room(&b), 0);
        block_free(&d, &b);
        ck_assert_ptr_null(b.memory);
    }
    block_clear_all(&d);
}
END_TEST

START_TEST(large_ones_are_kept)
{
    struct download d = {.o = &options};
    struct block large, small, next;
    char *memory;

    block_take(&d, &large, 0, -1);
    block_take(&d, &small, 0, 1);
    memory = large.memory;
    block_free(&d, &large);
    block_free(&d, &small);
    block_free(&d, &small); /* there is none */
    ck_assert_uint_eq(d.spare_count, 1);
    block_take(&d, &next, 0, -1);
    ck_assert_ptr_eq(next.memory, memory);
    block_free(&d, &next);
    block_clear_all(&d);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("block", as_large_as_what_is_to_come, large_ones_are_kept);
}

int main(void)
{
    return check_main(suite);
}
