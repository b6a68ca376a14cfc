/* str.h - text: comparing, trimming, numbers with units, clean terminal text. */
#ifndef TRAWL_BASE_STR_H
#define TRAWL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Borrowed bytes, not NUL-terminated. */
struct slice {
    const char *data;
    size_t len;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

struct slice slice_str(const char *s);
struct slice slice_trim(struct slice s); /* SP, HT, CR, LF on both sides */
bool slice_same(struct slice a, struct slice b);
bool slice_eq(struct slice a, const char *b);
bool slice_eq_nocase(struct slice a, const char *b); /* ASCII */
char *slice_dup(struct slice s);                     /* caller frees */

/* Cuts the part before the first `sep` off `*rest` and returns it; false when
 * nothing is left. "a,,b" gives "a", "", "b"; "" gives nothing. */
bool slice_next(struct slice *rest, char sep, struct slice *part);

bool str_starts(const char *s, const char *prefix);
bool str_starts_nocase(const char *s, const char *prefix);

/* ASCII, locale-free. */
bool char_is_space(char c);
bool char_is_digit(char c);
char char_lower(char c);

/* Whole-string numbers. Each returns 0 and sets *out, or -EINVAL (not such a
 * number) or -ERANGE (outside the bounds or the type).
 * seconds: decimal fraction, as in "0.5"; also "100ms", "2s", "3m", "1h"; a century
 * at most, so that microseconds always fit.
 * bytes: with an optional suffix k, M, G, T (1024 each), as curl's --limit-rate. */
int str_parse_int(const char *s, int64_t min, int64_t max, int64_t *out);
int str_parse_seconds(const char *s, double *out);
int str_parse_bytes(const char *s, int64_t *out);

/* Digits only, as in Content-Length (RFC 9110, 8.6): -EINVAL for anything else,
 * -ERANGE beyond INT64_MAX. */
int slice_parse_digits(struct slice s, int64_t *out);

/* Writes text from elsewhere so that a terminal shows it and obeys none of it:
 * C0, C1, DEL become `\xnn`, the bidirectional controls and U+2028, U+2029 `\u{nnnn}`,
 * each byte that is not UTF-8 U+FFFD. */
void str_append_printable(struct buf *out, const char *s, size_t n);

/* Whether the code point is none of those. */
bool char_is_printable(uint32_t cp);

/* Edit distance (Damerau-Levenshtein, adjacent swaps count one), for "did you
 * mean"; strings over 63 bytes compare as far apart as they are long. */
size_t str_distance(const char *a, const char *b);

/* "1.2 kB", "17 MB": three digits at most, powers of 1000. */
void str_append_size(struct buf *out, int64_t bytes);

/* "0.4 ms", "850 ms", "12.3 s", "4 m 05 s", "2 h 03 m". */
void str_append_duration(struct buf *out, double seconds);

#endif
