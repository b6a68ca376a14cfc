#include "gather/fault.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fault_clear(struct fault *f)
{
    free(f->why);
    *f = (struct fault){0};
}

int fault_set(struct fault *f, const char *at, const char *format, ...)
{
    struct buf why = BUF_INIT;
    va_list ap;

    assert(!f->why);
    va_start(ap, format);
    buf_vappendf(&why, format, ap);
    va_end(ap);
    f->at = at;
    f->why = buf_take(&why);
    return -EINVAL;
}

/* Characters, of which each has one byte that continues no other. */
static size_t count_characters(const char *from, const char *to)
{
    size_t n = 0;

    for (; from < to; from++)
        n += (*from & 0xc0) != 0x80;
    return n;
}

void fault_append(struct buf *out, const struct fault *f, struct slice text)
{
    const char *line = text.data;
    size_t lines = 1;

    if (f->at && f->at >= text.data && f->at <= text.data + text.len) {
        for (const char *c = text.data; c < f->at; c++)
            if (*c == '\n') {
                lines++;
                line = c + 1;
            }
        buf_appendf(out, "%zu:%zu: ", lines, count_characters(line, f->at) + 1);
    }
    str_append_printable(out, f->why, strlen(f->why));
}
