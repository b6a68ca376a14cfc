#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http/decode_internal.h"

#ifdef HAVE_ZSTD

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"

#define WINDOW_LOG_MAX 23 /* 8 MB, the most a sender may ask for (RFC 9659, 3) */

struct zstd {
    ZSTD_DStream *stream;
    bool between;   /* frames: the body may end here */
    uint32_t magic; /* the first bytes of this frame, little endian */
    unsigned seen;  /* how many of its four */
};

static void *zstd_open(void)
{
    struct zstd *z = mem_zalloc(sizeof(*z));

    z->stream = ZSTD_createDStream();
    if (!z->stream)
        mem_exhausted();
    ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    return z;
}

static void zstd_close(void *state)
{
    struct zstd *z = state;

    ZSTD_freeDStream(z->stream);
    free(z);
}

/* libzstd may also read the formats from before 1.0, whose decoders nobody looks
 * after; here a frame is one of RFC 8878 (3.1.1) or a skippable one (3.1.2). */
static bool frame_known(struct zstd *z, const ZSTD_inBuffer *in)
{
    const unsigned char *bytes = in->src;

    for (size_t i = in->pos; z->seen < 4 && i < in->size; i++)
        z->magic |= (uint32_t)bytes[i] << 8 * z->seen++;
    return z->seen < 4 || z->magic == ZSTD_MAGICNUMBER ||
           (z->magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

static int zstd_feed(void *state, const char *data, size_t n, decode_sink *sink,
                     void *arg)
{
    struct zstd *z = state;
    ZSTD_inBuffer in = {data, n, 0};
    ZSTD_outBuffer out;

    do {
        char block[DECODE_BLOCK];
        size_t result;
        int r;

        out = (ZSTD_outBuffer){block, sizeof(block), 0};
        if (!frame_known(z, &in))
            return -EBADMSG;
        result = ZSTD_decompressStream(z->stream, &out, &in);
        if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
            mem_exhausted();
        if (ZSTD_isError(result))
            return -EBADMSG;
        z->between = result == 0;
        if (z->between)
            z->magic = z->seen = 0;
        if (out.pos > 0 && (r = sink(arg, block, out.pos)) < 0)
            return r;
    } while (in.pos < in.size || (!z->between && out.pos == out.size));
    return 0;
}

static bool zstd_complete(const void *state)
{
    return ((const struct zstd *)state)->between;
}

const struct coding coding_zstd = {zstd_open, zstd_close, zstd_feed, zstd_complete};

#endif
