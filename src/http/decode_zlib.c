#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "http/decode_internal.h"

enum where {
    START,   /* deflate alone: which of its two forms is not known yet */
    INSIDE,  /* a gzip member, or the deflate stream */
    BETWEEN, /* behind a gzip member: another may follow */
    PADDING, /* zeros behind the last member */
    END,     /* of deflate: nothing may follow */
};

struct zlib {
    z_stream stream; /* set up unless START */
    enum where where;
    unsigned char first; /* START: the first byte, when it has come */
    bool have_first;
    bool gzip;
};

#define BITS_GZIP (16 + MAX_WBITS)
#define BITS_ZLIB MAX_WBITS
#define BITS_RAW  (-MAX_WBITS)

static void set_up(struct zlib *z, int bits)
{
    if (inflateInit2(&z->stream, bits) != Z_OK)
        mem_exhausted();
    z->where = INSIDE;
}

static void *gzip_open(void)
{
    struct zlib *z = mem_zalloc(sizeof(*z));

    z->gzip = true;
    set_up(z, BITS_GZIP);
    return z;
}

static void *deflate_open(void)
{
    return mem_zalloc(sizeof(struct zlib));
}

static void zlib_close(void *state)
{
    struct zlib *z = state;

    if (z->where != START)
        inflateEnd(&z->stream);
    free(z);
}

/* Inflates what it can; *data and *n move on past what was read. */
static int inflate_some(struct zlib *z, const char **data, size_t *n, decode_sink *sink,
                        void *arg)
{
    char block[DECODE_BLOCK];
    uInt given = *n < UINT_MAX ? (uInt)*n : UINT_MAX;
    int result, r = 0;

    z->stream.next_in = (z_const Bytef *)*data;
    z->stream.avail_in = given;
    do {
        z->stream.next_out = (Bytef *)block;
        z->stream.avail_out = sizeof(block);
        result = inflate(&z->stream, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR)
            mem_exhausted();
        if (z->stream.avail_out < sizeof(block))
            r = sink(arg, block, sizeof(block) - z->stream.avail_out);
    } while (r == 0 && result == Z_OK &&
             (z->stream.avail_in > 0 || z->stream.avail_out == 0));

    *data += given - z->stream.avail_in;
    *n -= given - z->stream.avail_in;
    if (r < 0)
        return r;
    if (result == Z_STREAM_END)
        z->where = z->gzip ? BETWEEN : END;
    /* Z_BUF_ERROR: it wanted to go on, and there was no more. */
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return -EBADMSG;
    return 0;
}

/* Some servers send deflate without the zlib wrapping that RFC 9110, 8.4.1.2 asks
 * for. A zlib header (RFC 1950, 2.2) read as raw deflate would be a stored block with
 * set bits where encoders write zeros, so its two bytes decide. */
static int choose_form(struct zlib *z, const char **data, size_t *n, decode_sink *sink,
                       void *arg)
{
    unsigned char second;
    const char *first = (const char *)&z->first;
    size_t one = 1;

    if (!z->have_first) {
        z->first = (unsigned char)*(*data)++;
        z->have_first = true;
        --*n;
    }
    if (*n == 0)
        return 0;
    second = (unsigned char)**data;
    bool wrapped = (z->first & 0x0f) == Z_DEFLATED && z->first >> 4 <= 7 &&
                   (z->first << 8 | second) % 31 == 0;
    set_up(z, wrapped ? BITS_ZLIB : BITS_RAW);
    return inflate_some(z, &first, &one, sink, arg);
}

/* A member may follow a member (RFC 1952, 2.2); tapes and some servers pad with
 * zeros instead. */
static int next_member(struct zlib *z, char c)
{
    if (c == '\0') {
        z->where = PADDING;
        return 0;
    }
    if (c != '\x1f')
        return -EBADMSG;
    inflateReset(&z->stream);
    z->where = INSIDE;
    return 0;
}

static int padding(const char **data, size_t *n)
{
    for (; *n > 0; ++*data, --*n)
        if (**data != '\0')
            return -EBADMSG;
    return 0;
}

static int zlib_feed(void *state, const char *data, size_t n, decode_sink *sink,
                     void *arg)
{
    struct zlib *z = state;
    int r = 0;

    while (n > 0 && r == 0) {
        switch (z->where) {
        case START:
            r = choose_form(z, &data, &n, sink, arg);
            break;
        case INSIDE:
            r = inflate_some(z, &data, &n, sink, arg);
            break;
        case BETWEEN:
            r = next_member(z, *data);
            break;
        case PADDING:
            r = padding(&data, &n);
            break;
        case END:
            r = -EBADMSG;
            break;
        }
    }
    return r;
}

static bool zlib_complete(const void *state)
{
    const struct zlib *z = state;

    return z->where >= BETWEEN;
}

const struct coding coding_gzip = {gzip_open, zlib_close, zlib_feed, zlib_complete};
const struct coding coding_deflate = {deflate_open, zlib_close, zlib_feed,
                                      zlib_complete};
