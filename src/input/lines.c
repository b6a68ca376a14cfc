#include "input/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/io.h"
#include "async/task.h"
#include "base/mem.h"

enum { BLOCK = 64 << 10 };

struct lines {
    char *data;
    size_t cap;
    size_t start, end; /* what was read and not handed out */
    size_t searched;   /* no LF in data[start, searched) */
    int fd;
    bool own;
    bool waits;    /* a read may have to wait: no regular file */
    bool ended;    /* a read found the end */
    bool begun;    /* the first line was handed out */
    bool skipping; /* in the rest of a line that is too long */
};

struct lines *lines_new(int fd, bool own)
{
    struct lines *l = mem_zalloc(sizeof(*l));
    struct stat st;

    l->fd = fd;
    l->own = own;
    l->cap = 2 * BLOCK;
    l->data = mem_alloc(l->cap);
    l->waits = fstat(fd, &st) < 0 || !S_ISREG(st.st_mode);
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    if (l->own)
        close(l->fd);
    free(l->data);
    free(l);
}

/* Room for another block. The memory that one long line took is given back. */
static void make_room(struct lines *l)
{
    size_t left = l->end - l->start, cap = l->cap;

    if (left && l->start)
        memmove(l->data, l->data + l->start, left);
    l->searched -= l->start;
    l->start = 0;
    l->end = left;
    if (left < BLOCK)
        cap = 2 * BLOCK;
    else if (cap - left < BLOCK)
        cap *= 2;
    if (cap != l->cap)
        l->data = mem_realloc(l->data, cap);
    l->cap = cap;
}

/* A file is always ready; others get their turn all the same, between two blocks. */
static async int wait_readable(const struct lines *l)
{
    return l->waits ? io_wait(l->fd, IO_READ) : task_yield();
}

/* Reads once more. 1, 0 at the end, or -errno. */
static async int fill(struct lines *l)
{
    ssize_t n;

    make_room(l);
    do {
        int r = wait_readable(l);

        if (r < 0)
            return r;
        n = read(l->fd, l->data + l->end, l->cap - l->end);
    } while (n < 0 && (errno == EINTR || (errno == EAGAIN && l->waits)));
    if (n < 0)
        return -errno;
    l->end += (size_t)n;
    l->ended = n == 0;
    return n > 0;
}

/* Hands out n bytes, of which `line` are the line. */
static struct slice take(struct lines *l, size_t line, size_t n)
{
    struct slice s = {l->data + l->start, line};

    l->start += n;
    l->searched = l->start;
    if (s.len && s.data[s.len - 1] == '\r' && n > line)
        s.len--;
    if (!l->begun && s.len >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0)
        s = (struct slice){s.data + 3, s.len - 3};
    l->begun = true;
    return s;
}

/* Cuts off the next line, if it is there whole. */
static bool cut(struct lines *l, struct slice *line)
{
    const char *from = l->data + l->searched;
    const char *lf =
        l->end > l->searched ? memchr(from, '\n', l->end - l->searched) : NULL;
    size_t n;

    l->searched = l->end;
    if (!lf && !(l->ended && l->end > l->start))
        return false;
    n = lf ? (size_t)(lf - (l->data + l->start)) : l->end - l->start;
    *line = take(l, n, lf ? n + 1 : n);
    return true;
}

/* Lets go what has been read of a line that is too long, and that line's end if it is
 * there. */
static void skip(struct lines *l)
{
    struct slice rest;

    if (cut(l, &rest))
        l->skipping = false;
    else
        l->start = l->searched = l->end;
}

static int line_or_too_long(struct slice *line)
{
    if (line->len <= LINES_LONGEST)
        return LINES_LINE;
    line->len = LINES_LONGEST;
    return LINES_TOO_LONG;
}

int lines_next(struct lines *l, struct slice *line)
{
    for (;;) {
        if (l->skipping)
            skip(l);
        if (!l->skipping && cut(l, line))
            return line_or_too_long(line);
        if (l->ended)
            return LINES_END;
        if (!l->skipping && l->end - l->start > LINES_LONGEST + 1) {
            *line = take(l, LINES_LONGEST, l->end - l->start);
            l->skipping = true;
            return LINES_TOO_LONG;
        }
        int r = fill(l);

        if (r < 0)
            return r;
    }
}
