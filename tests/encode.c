#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "encode.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#if defined(HAVE_BROTLI) && defined(HAVE_BROTLIENC)
#include <brotli/encode.h>
#define WITH_BROTLI
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

const char *const encodings[] = {
    "gzip", "deflate", "raw",
#ifdef WITH_BROTLI
    "br",
#endif
#ifdef HAVE_ZSTD
    "zstd",
#endif
    NULL,
};

const char *encoding_header(const char *coding)
{
    return strcmp(coding, "raw") == 0 ? "deflate" : coding;
}

static void encode_zlib(int bits, int level, const void *data, size_t n,
                        struct buf *out)
{
    z_stream z = {0};

    if (deflateInit2(&z, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    /* The wrappings of zlib and gzip are counted in since they were set up. */
    size_t room = deflateBound(&z, n) + 32;
    z.next_in = (z_const Bytef *)data;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)buf_reserve(out, room);
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    buf_commit(out, z.total_out);
    deflateEnd(&z);
}

#ifdef WITH_BROTLI
static void encode_brotli(int level, const void *data, size_t n, struct buf *out)
{
    size_t size = BrotliEncoderMaxCompressedSize(n) + 64;
    char *to = buf_reserve(out, size);

    if (!BrotliEncoderCompress(level, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, n,
                               data, &size, (uint8_t *)to))
        abort();
    buf_commit(out, size);
}
#endif

#ifdef HAVE_ZSTD
static void encode_zstd(int level, const void *data, size_t n, struct buf *out)
{
    size_t room = ZSTD_compressBound(n), size;

    size = ZSTD_compress(buf_reserve(out, room), room, data, n, level);
    if (ZSTD_isError(size))
        abort();
    buf_commit(out, size);
}
#endif

void encode(const char *coding, int level, const void *data, size_t n, struct buf *out)
{
    buf_reset(out);
    if (strcmp(coding, "gzip") == 0)
        encode_zlib(16 + MAX_WBITS, level, data, n, out);
    else if (strcmp(coding, "deflate") == 0)
        encode_zlib(MAX_WBITS, level, data, n, out);
    else if (strcmp(coding, "raw") == 0)
        encode_zlib(-MAX_WBITS, level, data, n, out);
#ifdef WITH_BROTLI
    else if (strcmp(coding, "br") == 0)
        encode_brotli(level, data, n, out);
#endif
#ifdef HAVE_ZSTD
    else if (strcmp(coding, "zstd") == 0)
        encode_zstd(level, data, n, out);
#endif
    else
        abort();
}

void fill(char *data, size_t n, unsigned seed)
{
    unsigned x = seed * 2654435761u + 1;

    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        /* Runs of a letter, and now and then any byte. */
        if (i > 0 && x >> 30 != 0)
            data[i] = data[i - 1];
        else
            data[i] = (char)(x >> 20);
    }
}
