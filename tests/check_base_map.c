#include "check_main.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

START_TEST(empty)
{
    struct map m;
    size_t pos = 0;

    map_init(&m);
    ck_assert_ptr_null(map_get(&m, "x"));
    ck_assert_ptr_null(map_remove(&m, "x"));
    ck_assert_ptr_null(map_next(&m, &pos));
    map_clear(&m);
}
END_TEST

START_TEST(set_get_replace_remove)
{
    struct map m;
    int one, two;

    map_init(&m);
    ck_assert_ptr_null(map_set(&m, "", &one));
    ck_assert_ptr_null(map_set(&m, "key", &one));
    ck_assert_ptr_eq(map_set(&m, "key", &two), &one);
    ck_assert_ptr_eq(map_get(&m, "key"), &two);
    ck_assert_ptr_eq(map_get(&m, ""), &one);
    ck_assert_uint_eq(m.count, 2);
    ck_assert_ptr_eq(map_remove(&m, "key"), &two);
    ck_assert_ptr_null(map_get(&m, "key"));
    ck_assert_ptr_null(map_remove(&m, "key"));
    ck_assert_uint_eq(m.count, 1);
    map_clear(&m);
}
END_TEST

/* Replacing must drop the borrowed key of before. */
START_TEST(replace_takes_the_new_key)
{
    struct map m;
    char *before = mem_strdup("key");
    int one, two;

    map_init(&m);
    map_set(&m, before, &one);
    map_set(&m, "key", &two);
    free(before);
    ck_assert_ptr_eq(map_get(&m, "key"), &two);
    map_clear(&m);
}
END_TEST

enum { MANY = 20000 };
static char keys[MANY][16];

static void fill(struct map *m)
{
    map_init(m);
    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof(keys[i]), "key%d", i);
        ck_assert_ptr_null(map_set(m, keys[i], keys[i]));
    }
}

START_TEST(many)
{
    struct map m;

    fill(&m);
    ck_assert_uint_eq(m.count, MANY);
    for (int i = 0; i < MANY; i += 2)
        ck_assert_ptr_eq(map_remove(&m, keys[i]), keys[i]);
    for (int i = 0; i < MANY; i++)
        ck_assert_ptr_eq(map_get(&m, keys[i]), i % 2 ? keys[i] : NULL);
    map_clear(&m);
}
END_TEST

START_TEST(walk_may_remove)
{
    struct map m;
    size_t pos = 0, n = 0;
    char *key;

    fill(&m);
    for (; (key = map_next(&m, &pos)); n++)
        ck_assert_ptr_eq(map_remove(&m, key), key);
    ck_assert_uint_eq(n, MANY);
    ck_assert_uint_eq(m.count, 0);
    map_clear(&m);
}
END_TEST

START_TEST(graves_do_not_pile_up)
{
    struct map m;

    map_init(&m);
    for (int i = 0; i < 100000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "%d", i);
        map_set(&m, key, &m);
        ck_assert_ptr_eq(map_remove(&m, key), &m);
    }
    ck_assert_uint_le(m.cap, 64);
    ck_assert_uint_le(m.used, m.cap);
    map_clear(&m);
}
END_TEST

START_TEST(hash_depends_on_seed_and_every_byte)
{
    char key[25] = "abcdefghijklmnopqrstuvwx";
    uint64_t h = map_hash(1, key);

    ck_assert_uint_eq(h, map_hash(1, "abcdefghijklmnopqrstuvwx"));
    ck_assert_uint_ne(h, map_hash(2, key));
    for (int i = 0; i < 24; i++) {
        key[i] ^= 1;
        ck_assert_uint_ne(h, map_hash(1, key));
        key[i] ^= 1;
    }
}
END_TEST

START_TEST(maps_differ_in_seed)
{
    struct map a, b;

    map_init(&a);
    map_init(&b);
    map_set(&a, "x", &a);
    map_set(&b, "x", &b);
    ck_assert_uint_ne(a.seed, b.seed);
    map_clear(&a);
    map_clear(&b);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("map", empty, set_get_replace_remove, replace_takes_the_new_key,
                       many, walk_may_remove, graves_do_not_pile_up,
                       hash_depends_on_seed_and_every_byte, maps_differ_in_seed);
}

int main(void)
{
    return check_main(suite);
}
