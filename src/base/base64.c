#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four characters for n bytes, of which there are one to three. */
static void encode_group(char *out, const unsigned char *in, size_t n)
{
    unsigned bits = (unsigned)in[0] << 16;

    if (n > 1)
        bits |= (unsigned)in[1] << 8;
    if (n > 2)
        bits |= in[2];
    out[0] = alphabet[bits >> 18];
    out[1] = alphabet[bits >> 12 & 63];
    out[2] = n > 1 ? alphabet[bits >> 6 & 63] : '=';
    out[3] = n > 2 ? alphabet[bits & 63] : '=';
}

void base64_append(struct buf *out, const void *data, size_t n)
{
    const unsigned char *in = data;
    char *to = buf_reserve(out, (n / 3 + 1) * 4);
    size_t written = 0;

    for (; n; written += 4) {
        size_t group = n < 3 ? n : 3;

        encode_group(to + written, in, group);
        in += group;
        n -= group;
    }
    buf_commit(out, written);
}
