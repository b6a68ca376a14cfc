#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "check_main.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "encode.h"
#include "http/decode.h"

/* A sink that keeps what it gets, and stops beyond a limit. */
struct kept {
    struct buf out;
    size_t limit; /* 0: none */
};

static int keep(void *arg, const char *data, size_t n)
{
    struct kept *k = arg;

    ck_assert_uint_gt(n, 0);
    buf_append(&k->out, data, n);
    return k->limit && k->out.len > k->limit ? -EFBIG : 0;
}

static struct decoder *decoder(const char *codings, struct kept *k)
{
    struct decoder *d;

    ck_assert_int_eq(decoder_new(&d, slice_str(codings), keep, k), 0);
    ck_assert_ptr_nonnull(d);
    return d;
}

/* Feeds the pieces [0, a), [a, b), [b, n) from memory of just their size, so that a
 * read beyond is seen. */
static int decode3(const char *codings, const char *data, size_t a, size_t b, size_t n,
                   struct kept *k)
{
    struct decoder *d = decoder(codings, k);
    const size_t cuts[] = {0, a, b, n};
    int r = 0, finished;

    buf_reset(&k->out);
    for (size_t i = 0; i < 3 && r == 0; i++) {
        size_t size = cuts[i + 1] - cuts[i];
        char *piece = mem_alloc(size + !size);

        memcpy(piece, data + cuts[i], size);
        r = decoder_feed(d, piece, size);
        free(piece);
    }
    finished = decoder_finish(d);
    ck_assert(r == 0 || finished == r); /* a failure stays */
    decoder_free(d);
    return finished;
}

static int decode(const char *codings, const struct buf *b, struct kept *k)
{
    return decode3(codings, b->data, b->len, b->len, b->len, k);
}

static void assert_kept(const struct kept *k, const char *data, size_t n)
{
    ck_assert_uint_eq(k->out.len, n);
    ck_assert(n == 0 || memcmp(k->out.data, data, n) == 0);
}

static const char text[] = "Hello, hello, hello, nets and trawls and hello again.\n";
#define TEXT_LEN (sizeof(text) - 1)

START_TEST(every_split)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        encode(*c, 9, text, TEXT_LEN, &b);
        for (size_t i = 0; i <= b.len; i++)
            for (size_t j = i; j <= b.len; j++) {
                ck_assert_int_eq(decode3(encoding_header(*c), b.data, i, j, b.len, &k),
                                 0);
                assert_kept(&k, text, TEXT_LEN);
            }
    }
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(every_truncation)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        encode(*c, 9, text, TEXT_LEN, &b);
        for (size_t n = 1; n < b.len; n++) {
            ck_assert_int_eq(decode3(encoding_header(*c), b.data, n / 2, n, n, &k),
                             -EBADMSG);
            ck_assert_uint_le(k.out.len, TEXT_LEN);
            ck_assert(k.out.len == 0 || memcmp(k.out.data, text, k.out.len) == 0);
        }
    }
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

/* Each byte in turn changed: a checksum finds it, where the coding has one. */
START_TEST(damage)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        encode(*c, 9, text, TEXT_LEN, &b);
        for (size_t i = 0; i < b.len; i++) {
            b.data[i] ^= 0x55;
            int r = decode(encoding_header(*c), &b, &k);
            ck_assert(r == 0 || r == -EBADMSG);
            /* The header's time, extra flags and system may be anything. */
            if (strcmp(*c, "gzip") == 0 && (i < 3 || i > 9))
                ck_assert_int_eq(r, -EBADMSG);
            b.data[i] ^= 0x55;
        }
    }
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(empty)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        const char *header = encoding_header(*c);

        ck_assert_int_eq(decode3(header, "", 0, 0, 0, &k), 0);
        encode(*c, 9, "", 0, &b);
        ck_assert_int_eq(decode(header, &b, &k), 0);
        ck_assert_uint_eq(k.out.len, 0);
    }
    ck_assert_int_eq(decode3("gzip, deflate", "", 0, 0, 0, &k), 0);
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(trailing)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        static const char *const tails[] = {"x", "\x1f", "\x28\xb5\x2f\xfd", "<html>"};

        for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
            encode(*c, 9, text, TEXT_LEN, &b);
            size_t n = b.len;

            buf_append_str(&b, tails[i]);
            ck_assert_int_eq(decode(encoding_header(*c), &b, &k), -EBADMSG);
            ck_assert_int_eq(decode3(encoding_header(*c), b.data, n, n + 1, b.len, &k),
                             -EBADMSG);
            assert_kept(&k, text, TEXT_LEN);
        }
    }
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(padding)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        bool gzip = strcmp(*c, "gzip") == 0;

        encode(*c, 9, text, TEXT_LEN, &b);
        buf_append(&b, (char[600]){0}, 600);
        for (size_t n = b.len - 599; n <= b.len; n += 37)
            ck_assert_int_eq(decode3(encoding_header(*c), b.data, n / 2, n - 1, n, &k),
                             gzip ? 0 : -EBADMSG);
        assert_kept(&k, text, TEXT_LEN);
        buf_append(&b, "\x1f", 1); /* nothing may follow zeros */
        ck_assert_int_eq(decode(encoding_header(*c), &b, &k), -EBADMSG);
    }
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

/* gzip members (RFC 1952, 2.2) and zstd frames (RFC 8878, 3) may follow each other. */
START_TEST(members)
{
    struct buf one = BUF_INIT, all = BUF_INIT;
    struct kept k = {0};

    for (const char *const *c = encodings; *c; c++) {
        bool several = strcmp(*c, "gzip") == 0 || strcmp(*c, "zstd") == 0;

        buf_reset(&all);
        for (int i = 0; i < 3; i++) {
            encode(*c, 9, text + i, i == 1 ? 0 : 5, &one);
            buf_append(&all, one.data, one.len);
        }
        if (!several) {
            ck_assert_int_eq(decode(encoding_header(*c), &all, &k), -EBADMSG);
            continue;
        }
        for (size_t i = 0; i <= all.len; i++) {
            ck_assert_int_eq(decode3(*c, all.data, i, all.len, all.len, &k), 0);
            assert_kept(&k, "Hellollo, ", 10);
        }
        ck_assert_int_eq(decode3(*c, all.data, 7, all.len - 1, all.len - 1, &k),
                         -EBADMSG);
    }
    buf_clear(&one);
    buf_clear(&all);
    buf_clear(&k.out);
}
END_TEST

START_TEST(chains)
{
    struct buf a = BUF_INIT, b = BUF_INIT;
    struct kept k = {0};

    for (const char *const *inner = encodings; *inner; inner++)
        for (const char *const *outer = encodings; *outer; outer++) {
            char header[64];

            snprintf(header, sizeof(header), " %s,, Identity ,\t%s",
                     encoding_header(*inner), encoding_header(*outer));
            encode(*inner, 6, text, TEXT_LEN, &a);
            encode(*outer, 6, a.data, a.len, &b);
            for (size_t i = 0; i <= b.len; i++) {
                ck_assert_int_eq(decode3(header, b.data, i, b.len, b.len, &k), 0);
                assert_kept(&k, text, TEXT_LEN);
            }
            /* The inner one cut short, inside an outer one that is whole. */
            encode(*outer, 6, a.data, a.len - 1, &b);
            ck_assert_int_eq(decode(header, &b, &k), -EBADMSG);
        }
    buf_clear(&a);
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(names)
{
    static const struct {
        const char *codings;
        int result;
        bool decodes;
    } cases[] = {
        {"", 0, false},
        {"identity", 0, false},
        {" , IDENTITY,", 0, false},
        {"GZip", 0, true},
        {"x-gzip", 0, true},
        {"gzip,gzip,gzip,gzip", 0, true},
        {"gzip,gzip,gzip,gzip,gzip", -ENOTSUP, false},
        {"compress", -ENOTSUP, false},
        {"gzip, nonsense", -ENOTSUP, false},
        {"gzip deflate", -ENOTSUP, false},
        {"gzip;q=1", -ENOTSUP, false},
    };
    struct decoder *d;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ck_assert_int_eq(decoder_new(&d, slice_str(cases[i].codings), keep, NULL),
                         cases[i].result);
        ck_assert_int_eq(d != NULL, cases[i].decodes);
        decoder_free(d);
    }
    struct slice offered = slice_str(decode_accepted()), name;
    while (slice_next(&offered, ',', &name)) {
        ck_assert_int_eq(decoder_new(&d, name, keep, NULL), 0);
        decoder_free(d);
    }
}
END_TEST

START_TEST(round_trips)
{
    struct buf b = BUF_INIT;
    struct kept k = {0};
    size_t size = 300000;
    char *data = mem_alloc(size);

    srand(1);
    for (const char *const *c = encodings; *c; c++)
        for (unsigned round = 0; round < 20; round++) {
            size_t n = (size_t)rand() % (round % 4 ? 1000 : size);
            struct decoder *d = decoder(encoding_header(*c), &k);

            buf_reset(&k.out);
            fill(data, n, round);
            encode(*c, (int)(round % 8) + (strcmp(*c, "zstd") == 0), data, n, &b);
            for (size_t at = 0, step; at < b.len; at += step) {
                step = 1 + (size_t)rand() % (round % 2 ? 50 : 70000);
                step = step < b.len - at ? step : b.len - at;
                ck_assert_int_eq(decoder_feed(d, b.data + at, step), 0);
            }
            ck_assert_int_eq(decoder_finish(d), 0);
            assert_kept(&k, data, n);
            decoder_free(d);
        }
    free(data);
    buf_clear(&b);
    buf_clear(&k.out);
}
END_TEST

START_TEST(bombs)
{
    size_t size = 64 << 20;
    char *zeros = mem_zalloc(size);
    struct buf b = BUF_INIT;

    for (const char *const *c = encodings; *c; c++) {
        struct kept k = {.limit = 100000};

        encode(*c, 1, zeros, size, &b);
        ck_assert_int_eq(decode(encoding_header(*c), &b, &k), -EFBIG);
        ck_assert_uint_le(k.out.len, k.limit + 65536);
        buf_clear(&k.out);
    }
    free(zeros);
    buf_clear(&b);
}
END_TEST

/* A frame header: no content size, a window of 2^log; then an empty last block. */
static int zstd_window(unsigned log, struct kept *k)
{
    const char frame[] = {'\x28', '\xb5', '\x2f', '\xfd', 0, (char)((log - 10) << 3),
                          1,      0,      0};

    return decode3("zstd", frame, 2, 5, sizeof(frame), k);
}

START_TEST(zstd_limits)
{
#ifdef HAVE_ZSTD
    /* A whole, empty frame of the format 0.7, which RFC 8878 does not have. */
    static const char old[] = "\x27\xb5\x2f\xfd\0\x50\xc0\0\0";
    static const char skip[] = "\x5f\x2a\x4d\x18\x03\0\0\0abc";
    struct kept k = {0};

    ck_assert_int_eq(zstd_window(20, &k), 0);
    ck_assert_int_eq(zstd_window(23, &k), 0); /* RFC 9659: 8 MB */
    ck_assert_int_eq(zstd_window(24, &k), -EBADMSG);
    ck_assert_int_eq(zstd_window(31, &k), -EBADMSG);
    for (size_t i = 0; i < sizeof(skip) - 1; i++)
        ck_assert_int_eq(decode3("zstd", skip, i, 11, 11, &k), 0);
    ck_assert_int_eq(decode3("zstd", skip, 2, 9, 10, &k), -EBADMSG);
    ck_assert_int_eq(decode3("zstd", old, 9, 9, 9, &k), -EBADMSG);
    ck_assert_int_eq(decode3("zstd", old, 3, 9, 9, &k), -EBADMSG);
    buf_clear(&k.out);
#else
    (void)zstd_window;
#endif
}
END_TEST

/* Both forms of deflate: each window size, and stored, fixed and dynamic blocks. */
START_TEST(deflate_forms)
{
    struct kept k = {0};

    ck_assert_int_eq(decode3("deflate", "\x01\x02\x00\xfd\xffhi", 1, 2, 7, &k), 0);
    assert_kept(&k, "hi", 2);
    ck_assert_int_eq(decode3("deflate", "\x03\x00", 1, 1, 2, &k), 0);
    ck_assert_uint_eq(k.out.len, 0);
    ck_assert_int_eq(
        decode3("deflate", "\x28\x15\x01\x00\x00\xff\xff\0\0\0\1", 1, 1, 11, &k), 0);
    ck_assert_uint_eq(k.out.len, 0);
    /* A preset dictionary, which HTTP has no way to agree on. */
    ck_assert_int_eq(decode3("deflate", "\x78\xbb\0\0\0\1\x03\0", 1, 2, 8, &k),
                     -EBADMSG);
    ck_assert_int_eq(decode3("deflate", "<html>", 1, 2, 6, &k), -EBADMSG);
    buf_clear(&k.out);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("decode", every_split, every_truncation, damage, empty, trailing,
                       padding, members, chains, names, round_trips, bombs, zstd_limits,
                       deflate_forms);
}

int main(void)
{
    return check_main(suite);
}
