#include "disk/digest.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

/* Small enough to stay in the cache while one algorithm after the other reads it. */
enum { BLOCK = 16384 };

struct digests {
    EVP_MD_CTX *context[DIGEST_KINDS]; /* NULL: not wanted */
    int64_t bytes;
};

const char *digest_name(enum digest_kind kind)
{
    static const char *const names[DIGEST_KINDS] = {"MD5", "SHA1", "SHA256", "SHA512"};

    return names[kind];
}

size_t digest_size(enum digest_kind kind)
{
    static const size_t sizes[DIGEST_KINDS] = {16, 20, 32, 64};

    return sizes[kind];
}

/* ---- hex ---- */

void digest_hex(const uint8_t *bytes, size_t n, char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

/* -1: no digit */
static int digit_value(char c)
{
    c = char_lower(c);
    if (char_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_parse(enum digest_kind kind, const char *hex, size_t n, uint8_t *bytes)
{
    if (n != 2 * digest_size(kind))
        return false;
    for (size_t i = 0; i < n; i += 2) {
        int high = digit_value(hex[i]), low = digit_value(hex[i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* ---- digests ---- */

/* OpenSSL fails for want of memory, or where its configuration forbids an algorithm
 * (MD5, in its FIPS mode): nothing can be checked then. */
static void require(int ok, enum digest_kind kind)
{
    if (ok == 1)
        return;
    log_error("OpenSSL gives no %s: %s", digest_name(kind),
              ERR_reason_error_string(ERR_peek_last_error()));
    mem_exhausted();
}

static void begin(struct digests *d, enum digest_kind kind)
{
    static const EVP_MD *(*const algorithms[DIGEST_KINDS])(void) = {
        EVP_md5, EVP_sha1, EVP_sha256, EVP_sha512};

    require(EVP_DigestInit_ex(d->context[kind], algorithms[kind](), NULL), kind);
}

struct digests *digests_new(unsigned wanted)
{
    struct digests *d = mem_zalloc(sizeof(*d));

    for (int kind = 0; kind < DIGEST_KINDS; kind++) {
        if (!(wanted & 1u << kind))
            continue;
        d->context[kind] = EVP_MD_CTX_new();
        if (!d->context[kind])
            mem_exhausted();
    }
    digests_reset(d);
    return d;
}

void digests_free(struct digests *d)
{
    if (!d)
        return;
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        EVP_MD_CTX_free(d->context[kind]);
    free(d);
}

void digests_reset(struct digests *d)
{
    d->bytes = 0;
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        if (d->context[kind])
            begin(d, (enum digest_kind)kind);
}

void digests_update(struct digests *d, const void *data, size_t n)
{
    const char *from = data;

    d->bytes += (int64_t)n;
    while (n) {
        size_t block = n < BLOCK ? n : BLOCK;

        for (int kind = 0; kind < DIGEST_KINDS; kind++)
            if (d->context[kind])
                require(EVP_DigestUpdate(d->context[kind], from, block),
                        (enum digest_kind)kind);
        from += block;
        n -= block;
    }
}

int64_t digests_bytes(const struct digests *d)
{
    return d->bytes;
}

void digests_final(struct digests *d, enum digest_kind kind, uint8_t *out)
{
    assert(d->context[kind]);
    require(EVP_DigestFinal_ex(d->context[kind], out, NULL), kind);
}
