/* utf8.h - UTF-8 (RFC 3629). */
#ifndef TRAWL_BASE_UTF8_H
#define TRAWL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* U+FFFD, which stands for each byte that is no part of a well-formed sequence. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Length in bytes of the well-formed sequence at s (n bytes there), with its code
 * point in *cp; 0 when the sequence is ill-formed or cut short. Overlong forms,
 * surrogates and values over U+10FFFF are ill-formed. */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Writes the UTF-8 of cp (a Unicode scalar value) into out; returns its length. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* Whether all of the n bytes are well-formed. Fast on ASCII. */
bool utf8_valid(const char *s, size_t n);

#endif
