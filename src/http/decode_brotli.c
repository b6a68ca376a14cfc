#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http/decode_internal.h"

#ifdef HAVE_BROTLI

#include <errno.h>

#include <brotli/decode.h>

#include "base/mem.h"

static void *brotli_open(void)
{
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);

    if (!state)
        mem_exhausted();
    return state;
}

static void brotli_close(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

static int failure(const BrotliDecoderState *state)
{
    int e = (int)BrotliDecoderGetErrorCode(state);

    if (e <= (int)BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
        e >= (int)BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
        mem_exhausted();
    return -EBADMSG;
}

static int brotli_feed(void *state, const char *data, size_t n, decode_sink *sink,
                       void *arg)
{
    const uint8_t *next = (const uint8_t *)data;
    BrotliDecoderResult result;
    int r = 0;

    do {
        char block[DECODE_BLOCK];
        uint8_t *out = (uint8_t *)block;
        size_t room = sizeof(block);

        result = BrotliDecoderDecompressStream(state, &n, &next, &room, &out, NULL);
        if (result == BROTLI_DECODER_RESULT_ERROR)
            return failure(state);
        if (room < sizeof(block))
            r = sink(arg, block, sizeof(block) - room);
    } while (r == 0 && result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);

    /* Bytes left are bytes behind the end. */
    return r == 0 && n > 0 ? -EBADMSG : r;
}

static bool brotli_complete(const void *state)
{
    return BrotliDecoderIsFinished(state);
}

const struct coding coding_brotli = {brotli_open, brotli_close, brotli_feed,
                                     brotli_complete};

#endif
