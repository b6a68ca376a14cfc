#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_SIZE = 64 };

void buf_init(struct buf *b)
{
    *b = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *b)
{
    free(b->data);
    buf_init(b);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

/* Doubling keeps the cost of appending constant per byte. */
void buf_grow(struct buf *b, size_t extra)
{
    size_t cap = b->cap ? b->cap : FIRST_SIZE, need;

    if (extra >= SIZE_MAX - b->len)
        mem_exhausted();
    need = b->len + extra + 1;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    b->data = mem_realloc(b->data, cap);
    b->cap = cap;
}

void buf_append_str(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

void buf_appendf(struct buf *b, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    buf_vappendf(b, format, ap);
    va_end(ap);
}

void buf_vappendf(struct buf *b, const char *format, va_list ap)
{
    char *end = buf_reserve(b, FIRST_SIZE);
    size_t room = b->cap - b->len;
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(end, room, format, ap);
    if (n >= 0 && (size_t)n >= room) {
        end = buf_reserve(b, (size_t)n);
        vsnprintf(end, (size_t)n + 1, format, again);
    }
    va_end(again);
    buf_commit(b, n < 0 ? 0 : (size_t)n);
}

void buf_append_uint(struct buf *b, uint64_t n)
{
    char digits[20], *end = digits + sizeof(digits), *p = end;

    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    buf_append(b, p, (size_t)(end - p));
}

/* The sign goes to the buffer, the magnitude to the caller: -INT64_MIN overflows. */
static uint64_t append_sign(struct buf *b, int64_t n)
{
    if (n >= 0)
        return (uint64_t)n;
    buf_append_char(b, '-');
    return 0 - (uint64_t)n;
}

void buf_append_int(struct buf *b, int64_t n)
{
    buf_append_uint(b, append_sign(b, n));
}

void buf_append_seconds(struct buf *b, int64_t microseconds)
{
    uint64_t us = append_sign(b, microseconds);
    uint64_t fraction = us % 1000000;
    char text[7];

    text[0] = '.';
    for (int i = 6; i > 0; i--) {
        text[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    buf_append_uint(b, us / 1000000);
    buf_append(b, text, sizeof(text));
}

void buf_consume(struct buf *b, size_t n)
{
    assert(n <= b->len);
    if (!n)
        return;
    b->len -= n;
    memmove(b->data, b->data + n, b->len + 1);
}

char *buf_take(struct buf *b)
{
    char *data = b->data ? b->data : mem_strdup("");

    buf_init(b);
    return data;
}
