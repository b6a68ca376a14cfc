#include "check_main.h"

#include "base/keyset.h"

/* Spread over all 16 bytes, as a digest is; the same for the same n. */
static const uint8_t *key(uint64_t n)
{
    static uint8_t bytes[16];
    uint64_t x = n * UINT64_C(0x9e3779b97f4a7c15) + 1;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        x ^= x >> 29;
        x *= UINT64_C(0xbf58476d1ce4e5b9);
        bytes[i] = (uint8_t)(x >> 56);
    }
    return bytes;
}

START_TEST(empty)
{
    struct keyset s = {0};

    ck_assert(!keyset_has(&s, key(1)));
    keyset_clear(&s);
    ck_assert_uint_eq(s.count, 0);
}
END_TEST

START_TEST(many)
{
    enum { N = 200000 };
    struct keyset s = {0};
    uint64_t i;

    for (i = 0; i < N; i++)
        if (keyset_has(&s, key(i)) || !keyset_add(&s, key(i)) ||
            keyset_add(&s, key(i)) || s.count != i + 1 ||
            (i > 100 && s.cap * sizeof(*s.slots) > 31 * i))
            break;
    ck_assert_uint_eq(i, N);
    for (i = 0; i < N; i++)
        if (!keyset_has(&s, key(i)) || keyset_has(&s, key(N + i)))
            break;
    ck_assert_uint_eq(i, N);
    keyset_clear(&s);
    ck_assert(!keyset_has(&s, key(0)));
    ck_assert(keyset_add(&s, key(0)));
    keyset_clear(&s);
}
END_TEST

/* A key of zeros looks like an empty slot. */
START_TEST(zero)
{
    struct keyset s = {0};
    uint8_t none[16] = {0};

    ck_assert(!keyset_has(&s, none));
    ck_assert(keyset_add(&s, key(1)));
    ck_assert(!keyset_has(&s, none));
    ck_assert(keyset_add(&s, none));
    ck_assert(!keyset_add(&s, none));
    ck_assert(keyset_has(&s, none));
    ck_assert_uint_eq(s.count, 2);
    keyset_clear(&s);
    ck_assert(!keyset_has(&s, none));
}
END_TEST

/* Keys that begin alike are searched from one slot on, over the table's end too. */
START_TEST(alike)
{
    struct keyset s = {0};
    uint8_t k[16];

    memset(k, 0xff, sizeof(k));
    for (unsigned i = 0; i < 255; i++) {
        k[15] = (uint8_t)i;
        ck_assert(keyset_add(&s, k));
    }
    for (unsigned i = 0; i < 256; i++) {
        k[15] = (uint8_t)i;
        ck_assert_int_eq(keyset_has(&s, k), i < 255);
    }
    keyset_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("keyset", empty, many, zero, alike);
}

int main(void)
{
    return check_main(suite);
}
