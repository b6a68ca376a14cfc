/* encode.h - content codings applied, for tests of what undoes them. */
#ifndef TRAWL_TESTS_ENCODE_H
#define TRAWL_TESTS_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The codings that this build can apply and undo, NULL-terminated: "gzip", "deflate",
 * "raw" (deflate without its wrapping), "br", "zstd". */
extern const char *const encodings[];

/* The name in Content-Encoding. */
const char *encoding_header(const char *coding);

/* Replaces what is in *out by data in that coding; `level` 0 to 9. */
void encode(const char *coding, int level, const void *data, size_t n, struct buf *out);

/* Bytes that compress a little, the same for the same seed. */
void fill(char *data, size_t n, unsigned seed);

#endif
