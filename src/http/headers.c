#include "http/headers.h"

#include <string.h>
#include <strings.h>

void headers_clear(struct headers *h)
{
    buf_clear(&h->lines);
    h->initials = 0;
}

void headers_reset(struct headers *h)
{
    buf_reset(&h->lines);
    h->initials = 0;
}

/* In either case. Characters that are no letters share its bits: then a line is looked
 * for in vain. */
static uint32_t initial(const char *name)
{
    return UINT32_C(1) << (*name & 31);
}

/* Takes the end of the last line back, for what continues it. */
static void unfold(struct buf *lines)
{
    lines->len -= 2; /* CRLF */
    buf_append_char(lines, ' ');
}

void headers_add_line(struct headers *h, const char *line, size_t n)
{
    bool folded = n > 0 && (line[0] == ' ' || line[0] == '\t');
    struct slice rest = slice_trim((struct slice){line, n});

    /* Indented, a line goes on with the last (RFC 9112, 5.2); or with nothing (2.2). */
    if (rest.len == 0 || (folded && h->lines.len == 0))
        return;
    if (folded)
        unfold(&h->lines);
    else
        h->initials |= initial(rest.data);
    buf_append(&h->lines, rest.data, rest.len);
    buf_append(&h->lines, "\r\n", 2);
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
        if (!colon || colon == line)
            continue;
        *name = slice_trim((struct slice){line, (size_t)(colon - line)});
        *value = slice_trim((struct slice){colon + 1, n - (size_t)(colon + 1 - line)});
        return true;
    }
    return false;
}

/* Asked for several names of each response, most of which are not there. */
bool headers_get(const struct headers *h, const char *name, struct slice *value)
{
    const char *line = h->lines.data;
    const char *end = h->initials & initial(name) ? line + h->lines.len : line;
    size_t n = strlen(name);

    while (line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *stop = next ? next : end;
        const char *colon = line + n;

        if (stop > colon && !strncasecmp(line, name, n)) {
            while (colon < stop && char_is_space(*colon))
                colon++;
            if (colon < stop && *colon == ':') {
                *value =
                    slice_trim((struct slice){colon + 1, (size_t)(stop - colon) - 1});
                return true;
            }
        }
        line = stop + 1;
    }
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
    if (slice_eq_nocase((struct slice){line, n}, "Content-Length") ||
        slice_eq_nocase((struct slice){line, n}, "Transfer-Encoding"))
        return "Content-Length and Transfer-Encoding follow from the body";
    return NULL;
}
