#include "markup/recode.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { BLOCK = 4096, REST_MAX = 16 };

struct recoder {
    const struct charset *charset;
    iconv_t cd; /* CHARSET_STATEFUL */
    /* The bytes of a character that has not come whole; of UTF-16, at most three. */
    char rest[REST_MAX];
    size_t rest_len;
};

/* UTF-8 on its way to the sink. */
struct block {
    recode_sink *sink;
    void *arg;
    size_t len;
    char data[BLOCK];
};

struct recoder *recoder_new(const struct charset *charset)
{
    struct recoder *r = mem_zalloc(sizeof(*r));

    r->charset = charset;
    if (charset->kind == CHARSET_STATEFUL) {
        r->cd = iconv_open("UTF-8", charset->iconv);
        if (r->cd == (iconv_t)-1) /* charset_find has opened it before */
            mem_exhausted();
    }
    return r;
}

void recoder_free(struct recoder *r)
{
    if (!r)
        return;
    if (r->charset->kind == CHARSET_STATEFUL)
        iconv_close(r->cd);
    free(r);
}

static void flush(struct block *b)
{
    if (b->len)
        b->sink(b->arg, b->data, b->len);
    b->len = 0;
}

static void put(struct block *b, uint32_t cp)
{
    if (b->len > BLOCK - 4)
        flush(b);
    b->len += utf8_encode(cp, b->data + b->len);
}

/* ---- UTF-16 ---- */

static uint32_t unit(const struct recoder *r, const char *p)
{
    bool big = r->charset->kind == CHARSET_UTF16BE;

    return (uint32_t)((unsigned char)p[!big] << 8 | (unsigned char)p[big]);
}

/* The character at p: how many of the n bytes it takes; 0: more are needed. */
static size_t utf16_decode(const struct recoder *r, const char *p, size_t n,
                           uint32_t *cp)
{
    uint32_t low;

    if (n < 2)
        return 0;
    *cp = unit(r, p);
    if (*cp < 0xd800 || *cp >= 0xe000)
        return 2;
    if (*cp < 0xdc00 && n < 4)
        return 0;
    low = *cp < 0xdc00 ? unit(r, p + 2) : 0;
    if (low < 0xdc00 || low >= 0xe000) {
        *cp = 0xfffd;
        return 2;
    }
    *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

/* How many of the bytes were read. */
static size_t utf16_some(struct recoder *r, const char *data, size_t n, struct block *b)
{
    size_t at = 0, len;
    uint32_t cp;

    while ((len = utf16_decode(r, data + at, n - at, &cp))) {
        put(b, cp);
        at += len;
    }
    return at;
}

/* ---- iconv ---- */

static size_t iconv_some(struct recoder *r, const char *data, size_t n, struct block *b)
{
    char *from = (char *)data; /* which iconv(3) does not write to */
    size_t left = n;

    while (left) {
        char *to = b->data + b->len;
        size_t room = BLOCK - b->len;
        size_t done = iconv(r->cd, &from, &left, &to, &room);

        b->len = BLOCK - room;
        if (done != (size_t)-1 || errno == EINVAL)
            break;
        if (errno == E2BIG) {
            flush(b);
            continue;
        }
        put(b, 0xfffd);
        from++;
        left--;
    }
    return n - left;
}

/* ---- both ---- */

static size_t some(struct recoder *r, const char *data, size_t n, struct block *b)
{
    if (r->charset->kind == CHARSET_STATEFUL)
        return iconv_some(r, data, n, b);
    return utf16_some(r, data, n, b);
}

/* Bytes are added to the rest one by one until it is read. */
static void finish_rest(struct recoder *r, const char **data, size_t *n,
                        struct block *b)
{
    while (r->rest_len && *n) {
        size_t taken;

        r->rest[r->rest_len++] = *(*data)++;
        --*n;
        taken = some(r, r->rest, r->rest_len, b);
        if (!taken && r->rest_len == REST_MAX) {
            put(b, 0xfffd);
            taken = 1;
        }
        r->rest_len -= taken;
        memmove(r->rest, r->rest + taken, r->rest_len);
    }
}

void recoder_feed(struct recoder *r, const char *data, size_t n, recode_sink *sink,
                  void *arg)
{
    struct block b;
    size_t taken;

    b.sink = sink;
    b.arg = arg;
    b.len = 0;
    finish_rest(r, &data, &n, &b);
    while (n) {
        taken = some(r, data, n, &b);
        data += taken;
        n -= taken;
        if (n <= REST_MAX / 2) {
            memcpy(r->rest, data, n);
            r->rest_len = n;
            break;
        }
        put(&b, 0xfffd); /* no character waits for so much more */
        data++;
        n--;
    }
    flush(&b);
}

void recoder_finish(struct recoder *r, recode_sink *sink, void *arg)
{
    if (r->rest_len)
        sink(arg, UTF8_REPLACEMENT, sizeof(UTF8_REPLACEMENT) - 1);
    r->rest_len = 0;
}
