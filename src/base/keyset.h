/* keyset.h - a set of 16-byte keys (digests), about 24 bytes each: for millions. */
#ifndef TRAWL_BASE_KEYSET_H
#define TRAWL_BASE_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyset {
    uint8_t (*slots)[16]; /* open addressing; a key of zeros is kept beside them */
    size_t count, cap;
    bool has_zero;
};

/* All zero is the empty set. Keys are evenly spread, as digests are. */
void keyset_clear(struct keyset *s);
bool keyset_add(struct keyset *s, const uint8_t key[16]); /* false: was there */
bool keyset_has(const struct keyset *s, const uint8_t key[16]);

#endif
