#include "http/headers.h"

#include <string.h>

void headers_clear(struct headers *h)
{
    buf_clear(&h->lines);
}

void headers_add_line(struct headers *h, const char *line, size_t n)
{
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
        n--;
    char *p = buf_reserve(&h->lines, n + 2);

    memcpy(p, line, n);
    p[n] = '\r';
    p[n + 1] = '\n';
    buf_commit(&h->lines, n + 2);
}

bool headers_next(const struct headers *h, size_t *pos, struct slice *name,
                  struct slice *value)
{
    while (*pos < h->lines.len) {
        const char *line = h->lines.data + *pos;
        const char *end = memchr(line, '\n', h->lines.len - *pos);
        size_t n = end ? (size_t)(end - line) : h->lines.len - *pos;
        const char *colon = memchr(line, ':', n);

        *pos += n + (end ? 1 : 0);
        if (!colon)
            continue;
        *name = slice_trim((struct slice){line, (size_t)(colon - line)});
        *value = slice_trim((struct slice){colon + 1, n - (size_t)(colon + 1 - line)});
        return true;
    }
    return false;
}

bool headers_get(const struct headers *h, const char *name, struct slice *value)
{
    struct slice key;
    size_t pos = 0;

    while (headers_next(h, &pos, &key, value))
        if (slice_eq_nocase(key, name))
            return true;
    *value = (struct slice){"", 0};
    return false;
}

static bool is_token_char(unsigned char c)
{
    return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

const char *headers_line_wrong(const char *line)
{
    size_t n = 0;

    while (line[n] && is_token_char((unsigned char)line[n]))
        n++;
    if (n == 0)
        return "a header begins with its name";
    if (line[n] != ':' && !(line[n] == ';' && line[n + 1] == '\0'))
        return "a colon must follow the header's name";
    if (strpbrk(line, "\r\n"))
        return "a header must not hold a line break";
    return NULL;
}
