#include "check_main.h"

#include <stdio.h>
#include <stdlib.h>

#include "crawl/known.h"

static const char *url(unsigned n)
{
    static char text[64];

    snprintf(text, sizeof(text), "http://h/%u", n);
    return text;
}

START_TEST(told)
{
    struct known k;

    known_init(&k);
    ck_assert(!known_has(&k, "http://h/"));
    ck_assert(!known_take(&k, "http://h/", 0, 0));
    ck_assert_int_eq(known_tell(&k, "http://h/", 3, 0), KNOWN_NEW);
    ck_assert_int_eq(known_tell(&k, "http://h/", 3, 0), KNOWN_OLD);
    ck_assert_int_eq(known_tell(&k, "http://h/", 4, 0), KNOWN_OLD);
    ck_assert(known_has(&k, "http://h/"));
    ck_assert(known_waits(&k, "http://h/", 3, 0) &&
              !known_waits(&k, "http://h/", 4, 0));
    ck_assert_int_eq(known_tell(&k, "http://h/", 2, 0), KNOWN_NEARER);
    ck_assert(!known_take(&k, "http://h/", 3, 0));
    ck_assert(known_take(&k, "http://h/", 2, 0));
    ck_assert(!known_take(&k, "http://h/", 2, 0));
    ck_assert_int_eq(known_tell(&k, "http://h/", 1, 0), KNOWN_OLD);
    ck_assert_uint_eq(k.count, 1);
    known_clear(&k);
    known_clear(&k);
}
END_TEST

START_TEST(settled)
{
    struct known k;

    known_init(&k);
    known_settle(&k, "http://h/a", 0);
    ck_assert_int_eq(known_tell(&k, "http://h/a", 0, 0), KNOWN_OLD);
    known_tell(&k, "http://h/b", 0, 0);
    known_settle(&k, "http://h/b", 0);
    ck_assert(!known_waits(&k, "http://h/b", 0, 0));
    ck_assert(known_has(&k, "http://h/b"));
    ck_assert_uint_eq(k.count, 2);
    known_clear(&k);
}
END_TEST

/* From some level on they are one: no nearer, and taken as what they were. */
START_TEST(deep)
{
    struct known k;

    known_init(&k);
    ck_assert_int_eq(known_tell(&k, "http://h/", 4000000000u, 0), KNOWN_NEW);
    ck_assert_int_eq(known_tell(&k, "http://h/", 300, 0), KNOWN_OLD);
    ck_assert_int_eq(known_tell(&k, "http://h/", 254, 0), KNOWN_NEARER);
    ck_assert(!known_take(&k, "http://h/", 4000000000u, 0));
    ck_assert(known_take(&k, "http://h/", 254, 0));
    known_tell(&k, "http://h/x", 70000, 0);
    ck_assert(known_take(&k, "http://h/x", 70000, 0));
    known_clear(&k);
}
END_TEST

START_TEST(many)
{
    enum { N = 200000 };
    struct known k;

    known_init(&k);
    for (unsigned i = 0; i < N; i++)
        ck_assert_int_eq(known_tell(&k, url(i), i % 7, 0), KNOWN_NEW);
    ck_assert_uint_eq(k.count, N);
    for (unsigned i = 0; i < N; i++) {
        ck_assert(known_waits(&k, url(i), i % 7, 0));
        ck_assert(!known_has(&k, url(N + i)));
    }
    for (unsigned i = 0; i < N; i++)
        ck_assert(known_take(&k, url(i), i % 7, 0));
    ck_assert_uint_eq(k.count, N);
    known_clear(&k);
}
END_TEST

/* One that was to be had in a lesser way waits again when more is wanted. */
START_TEST(lesser)
{
    struct known k;

    known_init(&k);
    ck_assert_int_eq(known_tell(&k, "http://h/", 1, 2), KNOWN_NEW);
    ck_assert(known_covers(&k, "http://h/", 2) && !known_covers(&k, "http://h/", 1));
    ck_assert_int_eq(known_tell(&k, "http://h/", 5, 1), KNOWN_NEARER);
    ck_assert_int_eq(known_tell(&k, "http://h/", 1, 2), KNOWN_OLD);
    ck_assert(!known_take(&k, "http://h/", 1, 2));
    ck_assert(!known_waits(&k, "http://h/", 5, 2) &&
              known_waits(&k, "http://h/", 5, 1));
    ck_assert(known_take(&k, "http://h/", 5, 1));
    ck_assert_int_eq(known_tell(&k, "http://h/", 1, 1), KNOWN_OLD);
    ck_assert_int_eq(known_tell(&k, "http://h/", 9, 0), KNOWN_NEW);
    known_settle(&k, "http://h/", 1);
    ck_assert(known_waits(&k, "http://h/", 9, 0));
    ck_assert(known_covers(&k, "http://h/", 0));
    known_settle(&k, "http://h/", 0);
    ck_assert(!known_waits(&k, "http://h/", 9, 0));
    known_settle(&k, "http://h/", 2);
    ck_assert_int_eq(known_tell(&k, "http://h/", 0, 1), KNOWN_OLD);
    ck_assert_uint_eq(k.count, 1);
    ck_assert(!known_covers(&k, "http://i/", 3));
    known_clear(&k);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("known", told, lesser, settled, deep, many);
}

int main(void)
{
    return check_main(make);
}
