/* However a body is cut into pieces, the same comes out of it. The first byte names
 * the coding, the second where to cut. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MOST (1 << 20)

static void require(int holds)
{
    if (!holds)
        abort();
}

static int keep(void *arg, const char *data, size_t n)
{
    struct buf *out = arg;

    require(n > 0);
    buf_append(out, data, n);
    return out->len > MOST ? -EFBIG : 0;
}

static int decode(const char *codings, const char *data, size_t n, size_t step,
                  struct buf *out)
{
    struct decoder *d;
    int r = decoder_new(&d, slice_str(codings), keep, out);

    if (r < 0)
        return r;
    for (size_t at = 0; at < n && r == 0; at += step) {
        size_t size = step < n - at ? step : n - at;
        char *piece = mem_alloc(size);

        memcpy(piece, data + at, size);
        r = decoder_feed(d, piece, size);
        free(piece);
    }
    int finished = decoder_finish(d);
    require(r == 0 || finished == r);
    decoder_free(d);
    return finished;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const codings[] = {"gzip", "deflate",    "br",
                                          "zstd", "gzip, gzip", "zstd, gzip"};
    struct buf whole = BUF_INIT, pieces = BUF_INIT;

    if (n < 2)
        return 0;
    const char *coding = codings[data[0] % ARRAY_LEN(codings)];
    const char *body = (const char *)data + 2;
    int a = decode(coding, body, n - 2, n, &whole);
    int b = decode(coding, body, n - 2, 1u + data[1], &pieces);

    /* Where it stops depends on the pieces, whether it does not. */
    require((a == 0) == (b == 0));
    if (a == 0)
        require(whole.len == pieces.len &&
                (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0));
    buf_clear(&whole);
    buf_clear(&pieces);
    return 0;
}
