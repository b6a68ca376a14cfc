/* buf.h - growable byte buffer.
 *
 * `data` is NUL-terminated after every call that writes, so a buffer of text is
 * a C string too; `len` does not count that NUL. A buffer that was never written to,
 * or was cleared, owns nothing and has `data` NULL. Pointers into it end with the next
 * call that writes. */
#ifndef TRAWL_BASE_BUF_H
#define TRAWL_BASE_BUF_H

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;
    size_t len, cap;
};

#define BUF_INIT                                                                       \
    {                                                                                  \
        0, 0, 0                                                                        \
    }

void buf_init(struct buf *b);

/* Frees the bytes; the buffer is empty and usable again. */
void buf_clear(struct buf *b);

/* Empties the buffer and keeps its memory for what comes next. */
void buf_reset(struct buf *b);

/* Makes room for `extra` bytes behind `len` and returns where they begin. Write
 * there, then call buf_commit. */
static inline char *buf_reserve(struct buf *b, size_t extra);
static inline void buf_commit(struct buf *b, size_t written);

static inline void buf_append(struct buf *b, const void *data, size_t n);
void buf_append_str(struct buf *b, const char *s);
static inline void buf_append_char(struct buf *b, char c);
void buf_appendf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vappendf(struct buf *b, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Decimal numbers without printf: they stand in every record. */
void buf_append_uint(struct buf *b, uint64_t n);
void buf_append_int(struct buf *b, int64_t n);

/* Microseconds as seconds with six decimals: 1234567 gives 1.234567. */
void buf_append_seconds(struct buf *b, int64_t microseconds);

/* Drops the first n bytes (n <= len). */
void buf_consume(struct buf *b, size_t n);

/* Hands the bytes over: the caller frees them with free(); never NULL (an empty
 * buffer gives ""). The buffer is empty afterwards. */
char *buf_take(struct buf *b);

/* ---- what is called for every few bytes is inline ---- */

/* Makes room for `extra` bytes and a NUL; buf_reserve's slow part. */
void buf_grow(struct buf *b, size_t extra);

static inline char *buf_reserve(struct buf *b, size_t extra)
{
    if (extra >= b->cap - b->len) /* the NUL needs one, too */
        buf_grow(b, extra);
    return b->data + b->len;
}

static inline void buf_commit(struct buf *b, size_t written)
{
    assert(written < b->cap - b->len);
    b->len += written;
    b->data[b->len] = '\0';
}

static inline void buf_append(struct buf *b, const void *data, size_t n)
{
    char *end = buf_reserve(b, n);

    if (n)
        memcpy(end, data, n);
    buf_commit(b, n);
}

static inline void buf_append_char(struct buf *b, char c)
{
    *buf_reserve(b, 1) = c;
    buf_commit(b, 1);
}

#endif
