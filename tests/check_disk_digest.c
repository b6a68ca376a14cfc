#include "check_main.h"

#include <stdlib.h>

#include "base/mem.h"
#include "disk/digest.h"

enum { ALL = (1u << DIGEST_KINDS) - 1 };

static void expect_final(struct digests *d, enum digest_kind kind, const char *expected)
{
    uint8_t bytes[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    digests_final(d, kind, bytes);
    digest_hex(bytes, digest_size(kind), hex);
    ck_assert_str_eq(hex, expected);
}

/* "abc" and a million times "a": RFC 1321, FIPS 180-4's examples */
START_TEST(vectors)
{
    static const struct {
        enum digest_kind kind;
        const char *abc, *million;
    } cases[] = {
        {DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72",
         "7707d6ae4e027c70eea2a935c2296f21"},
        {DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d",
         "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
        {DIGEST_SHA256,
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
        {DIGEST_SHA512,
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
         "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
         "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
    };
    struct digests *d = digests_new(ALL);
    char *million = mem_alloc(1000000);

    memset(million, 'a', 1000000);
    digests_update(d, "ab", 2);
    digests_update(d, NULL, 0);
    digests_update(d, "c", 1);
    ck_assert_int_eq(digests_bytes(d), 3);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_final(d, cases[i].kind, cases[i].abc);
    digests_reset(d);
    ck_assert_int_eq(digests_bytes(d), 0);
    digests_update(d, million, 333333);
    digests_update(d, million, 666667);
    ck_assert_int_eq(digests_bytes(d), 1000000);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_final(d, cases[i].kind, cases[i].million);
    digests_free(d);
    free(million);
}
END_TEST

START_TEST(large_pieces_and_small_ones)
{
    enum { N = 100003 };
    struct digests *whole = digests_new(ALL), *pieces = digests_new(ALL);
    char *data = mem_alloc(N);

    for (size_t i = 0; i < N; i++)
        data[i] = (char)((uint32_t)i * 2654435761u >> 24);
    digests_update(whole, data, N);
    for (size_t i = 0, n; i < N; i += n) {
        n = i % 1000 + 1 < N - i ? i % 1000 + 1 : N - i;
        digests_update(pieces, data + i, n);
    }
    ck_assert_int_eq(digests_bytes(pieces), N);
    for (int kind = 0; kind < DIGEST_KINDS; kind++) {
        uint8_t bytes[2][DIGEST_BYTES_MAX] = {{0}};

        digests_final(whole, (enum digest_kind)kind, bytes[0]);
        digests_final(pieces, (enum digest_kind)kind, bytes[1]);
        ck_assert_mem_eq(bytes[0], bytes[1], DIGEST_BYTES_MAX);
    }
    digests_free(whole);
    digests_free(pieces);
    free(data);
}
END_TEST

START_TEST(only_what_is_wanted)
{
    struct digests *none = digests_new(0);
    struct digests *one = digests_new(1u << DIGEST_SHA1);

    digests_update(none, "abc", 3);
    ck_assert_int_eq(digests_bytes(none), 3);
    expect_final(one, DIGEST_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    digests_free(none);
    digests_free(one);
    digests_free(NULL);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(digest_name(DIGEST_MD5), "MD5");
    ck_assert_str_eq(digest_name(DIGEST_SHA1), "SHA1");
    ck_assert_str_eq(digest_name(DIGEST_SHA256), "SHA256");
    ck_assert_str_eq(digest_name(DIGEST_SHA512), "SHA512");
}
END_TEST

START_TEST(parses_hex)
{
    static const char hex[] = "00fF1032547698BadcFe0123456789AB";
    static const uint8_t expected[16] = {0x00, 0xff, 0x10, 0x32, 0x54, 0x76,
                                         0x98, 0xba, 0xdc, 0xfe, 0x01, 0x23,
                                         0x45, 0x67, 0x89, 0xab};
    uint8_t bytes[DIGEST_BYTES_MAX];
    char text[sizeof(hex)];

    ck_assert(digest_parse(DIGEST_MD5, hex, 32, bytes));
    ck_assert_mem_eq(bytes, expected, sizeof(expected));
    ck_assert(!digest_parse(DIGEST_MD5, hex, 31, bytes));
    ck_assert(!digest_parse(DIGEST_MD5, hex, 33, bytes));
    ck_assert(!digest_parse(DIGEST_SHA1, hex, 32, bytes));
    ck_assert(!digest_parse(DIGEST_MD5, hex, 0, bytes));
    for (size_t i = 0; i < 32; i++) {
        static const char wrong[] = "gG/:@`x \xc3";

        for (size_t k = 0; k < sizeof(wrong); k++) { /* the NUL, too */
            memcpy(text, hex, sizeof(text));
            text[i] = wrong[k];
            ck_assert(!digest_parse(DIGEST_MD5, text, 32, bytes));
        }
    }
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("digest", vectors, large_pieces_and_small_ones,
                       only_what_is_wanted, names, parses_hex);
}

int main(void)
{
    return check_main(suite);
}
