/* digest.h - checksums of bytes: one pass, several algorithms. By OpenSSL. */
#ifndef TRAWL_DISK_DIGEST_H
#define TRAWL_DISK_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum digest_kind {
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA512,
    DIGEST_KINDS
};

#define DIGEST_BYTES_MAX 64
#define DIGEST_HEX_MAX   (2 * DIGEST_BYTES_MAX + 1)

const char *digest_name(enum digest_kind kind); /* "SHA256" */
size_t digest_size(enum digest_kind kind);      /* bytes */

/* Lower-case hex with a NUL; `hex` has room for DIGEST_HEX_MAX. */
void digest_hex(const uint8_t *bytes, size_t n, char *hex);

/* Hex of either case of exactly that kind's length; false for anything else. */
bool digest_parse(enum digest_kind kind, const char *hex, size_t n, uint8_t *bytes);

/* Several at once over the same bytes. */
struct digests;

/* `wanted`: a bit 1u << kind for each. May end the program as out of memory does; not
 * used by two threads at once. */
struct digests *digests_new(unsigned wanted);
void digests_free(struct digests *d); /* NULL is allowed */
void digests_reset(struct digests *d);
void digests_update(struct digests *d, const void *data, size_t n);

/* How many bytes went in since the last reset. */
int64_t digests_bytes(const struct digests *d);

/* The end of one kind, which was wanted: digest_size bytes. Once for each kind. */
void digests_final(struct digests *d, enum digest_kind kind, uint8_t *out);

#endif
