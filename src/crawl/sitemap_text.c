/* A list of URLs, one a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "crawl/sitemap_internal.h"

struct text {
    struct sitemap *s;
    struct buf line; /* as far as it came, up to a byte beyond what a URL may have */
    bool any;        /* a line that is not empty came */
};

static void *text_open(struct sitemap *s)
{
    struct text *t = mem_zalloc(sizeof(*t));

    t->s = s;
    return t;
}

static void text_close(void *state)
{
    struct text *t = state;

    buf_clear(&t->line);
    free(t);
}

static bool is_url(struct slice line)
{
    struct slice scheme = {line.data, 0};

    while (scheme.len < line.len && line.data[scheme.len] != ':')
        scheme.len++;
    if (!slice_eq_nocase(scheme, "http") && !slice_eq_nocase(scheme, "https"))
        return false;
    return line.len - scheme.len > 3 && !memcmp(line.data + scheme.len, "://", 3) &&
           utf8_valid(line.data, line.len);
}

/* What is no URL is passed over: a comment, a heading. */
static int end_line(struct text *t)
{
    struct slice line = slice_trim((struct slice){t->line.data, t->line.len});
    int r = 0;

    t->any |= line.len > 0;
    if (is_url(line))
        r = sitemap_tell(t->s, line, (struct slice){"", 0}, false);
    buf_reset(&t->line);
    return r;
}

static bool ends_line(char c)
{
    return c == '\r' || c == '\n';
}

/* Up to a line's end, or a control character: the number of bytes. */
static size_t plain_length(const char *data, size_t n)
{
    size_t length = 0;

    while (length < n && ((unsigned char)data[length] >= ' ' || data[length] == '\t') &&
           data[length] != 0x7f)
        length++;
    return length;
}

static void add(struct text *t, const char *data, size_t n)
{
    size_t room = SITEMAP_LOC_MAX + 1 - t->line.len;

    buf_append(&t->line, data, n < room ? n : room);
}

static int text_feed(void *state, const char *data, size_t n)
{
    struct text *t = state;

    while (n) {
        size_t length = plain_length(data, n);

        add(t, data, length);
        if (length == n)
            break;
        if (!ends_line(data[length]))
            return sitemap_fail(t->s, -EINVAL, "a control character in a list of URLs");
        if (end_line(t))
            return sitemap_failed(t->s);
        data += length + 1;
        n -= length + 1;
    }
    return 0;
}

static int text_finish(void *state)
{
    struct text *t = state;

    if (end_line(t))
        return sitemap_failed(t->s);
    if (t->any && !sitemap_entries(t->s))
        return sitemap_fail(t->s, -EINVAL, "neither XML nor a list of URLs");
    return 0;
}

const struct sitemap_reader sitemap_text = {text_open, text_close, text_feed,
                                            text_finish};
