#include "crawl/convert.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- relative references ---------------------------------------------------------- */

static bool is_unreserved(char c)
{
    char lower = char_lower(c);

    return (lower >= 'a' && lower <= 'z') || char_is_digit(c) ||
           (c && strchr("-._~", c));
}

static void append_percent(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    buf_append(out, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
}

/* Length of the folders that both begin with. */
static size_t shared(const char *a, const char *b)
{
    size_t length = 0;

    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            length = i + 1;
    return length;
}

/* Nothing of a name needs to be escaped further: it has no ":" that would make a scheme
 * of it, nor "?" or "#", nor what means something to HTML or CSS. */
void convert_relative(struct buf *out, const char *from, const char *to)
{
    size_t n = shared(from, to);

    for (const char *up = strchr(from + n, '/'); up; up = strchr(up + 1, '/'))
        buf_append_str(out, "../");
    for (to += n; *to; to++)
        if (*to == '/' || is_unreserved(*to))
            buf_append_char(out, *to);
        else
            append_percent(out, (unsigned char)*to);
}

/* --- escaping --------------------------------------------------------------------- */

/* What may not stand in a URL, or would end it: no server tells those from encoded
 * ones. */
static bool must_be_encoded(char c)
{
    return c <= ' ' || c >= 0x7f || strchr("\"'<>`\\", c);
}

/* In six digits, as a seventh would be of the next character. */
static void append_css_escape(struct buf *out, char c)
{
    buf_appendf(out, "\\%06x", (unsigned char)c);
}

static void append_char(struct buf *out, char c, enum convert_place place)
{
    if (must_be_encoded(c))
        append_percent(out, (unsigned char)c);
    else if (c == '&' && place != CONVERT_CSS)
        buf_append_str(out, "&amp;");
    else if (place != CONVERT_ATTRIBUTE && strchr("()", c))
        append_css_escape(out, c);
    else
        buf_append_char(out, c);
}

/* A comma at the end would not be of the URL in a srcset. */
static void append_escaped(struct buf *out, struct slice s, enum convert_place place)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] == ',' && i + 1 == s.len)
            append_percent(out, ',');
        else
            append_char(out, s.data[i], place);
}

/* --- pages ------------------------------------------------------------------------ */

/* Of a sheet that is imported, the kind is that of a <link>. */
enum convert_place convert_place(const struct link *l)
{
    if (!l->in_markup)
        return CONVERT_CSS;
    return l->kind == LINK_CSS_URL ? CONVERT_STYLE_ATTRIBUTE : CONVERT_ATTRIBUTE;
}

static void append_link(struct buf *out, const struct convert_page *page,
                        const struct convert_link *link)
{
    const char *path;

    if (!link->url) {
        buf_append_char(out, '.');
        return;
    }
    if ((path = page->saved(link->url, page->arg)))
        convert_relative(out, page->path, path);
    else
        append_escaped(out, slice_str(link->url), link->place);
    if (link->fragment.len) {
        buf_append_char(out, '#');
        append_escaped(out, link->fragment, link->place);
    }
}

static int compare(const void *a, const void *b)
{
    const struct convert_link *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->length > y->length) - (x->length < y->length);
}

static bool has_base(const struct convert_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        if (!page->links[i].url)
            return true;
    return false;
}

static bool stays(const struct convert_page *page, const struct convert_link *link,
                  size_t done, bool base)
{
    if (link->offset < done || link->offset > page->bytes.len ||
        link->length > page->bytes.len - link->offset)
        return true;
    return !base && link->length && page->bytes.data[link->offset] == '#';
}

static bool differs(const struct buf *out, size_t at, struct slice was)
{
    return out->len - at != was.len || memcmp(out->data + at, was.data, was.len);
}

size_t convert_links(struct buf *out, const struct convert_page *page)
{
    size_t done = 0, changed = 0, size = page->count * sizeof(*page->links);
    struct convert_link *links = mem_alloc(size + 1);
    const char *bytes = page->bytes.data;
    bool base = has_base(page);

    if (page->count)
        memcpy(links, page->links, size);
    qsort(links, page->count, sizeof(*links), compare);
    for (size_t i = 0; i < page->count; i++) {
        const struct convert_link *link = &links[i];
        size_t at;

        if (stays(page, link, done, base) || (i && links[i - 1].offset == link->offset))
            continue;
        buf_append(out, bytes + done, link->offset - done);
        at = out->len;
        append_link(out, page, link);
        changed += differs(out, at, (struct slice){bytes + link->offset, link->length});
        done = link->offset + link->length;
    }
    buf_append(out, bytes + done, page->bytes.len - done);
    free(links);
    return changed;
}
