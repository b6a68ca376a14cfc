/* However a sitemap is cut into pieces, and gzipped or not, it tells the same. The
 * first byte says where to cut. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "crawl/sitemap.h"
#include "crawl/w3c_date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void note(const struct sitemap_entry *entry, void *arg)
{
    struct buf *told = arg;

    require(entry->loc.len > 0 && entry->loc.len <= 8192);
    require(utf8_valid(entry->loc.data, entry->loc.len));
    require(!entry->lastmod.len || w3c_date_valid(entry->lastmod));
    buf_append(told, entry->loc.data, entry->loc.len);
    buf_append_char(told, entry->is_sitemap ? '>' : '\n');
    buf_append(told, entry->lastmod.data, entry->lastmod.len);
    buf_append_char(told, '\n');
}

static int read_pieces(const char *data, size_t n, size_t step, struct buf *told)
{
    struct sitemap *s = sitemap_new(note, told);
    int r = 0, result;

    for (size_t at = 0; at < n && r == 0; at += step) {
        size_t size = step < n - at ? step : n - at;
        char *piece = slice_dup((struct slice){data + at, size});

        r = sitemap_feed(s, piece, size);
        free(piece);
    }
    result = sitemap_finish(s);
    require(r == 0 || r == result);
    require((result == 0) == !*sitemap_why(s)); /* expat's words depend on the pieces */
    sitemap_free(s);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT;

    if (n < 2)
        return 0;
    const char *text = (const char *)data + 1;
    int a = read_pieces(text, n - 1, n, &whole);
    int b = read_pieces(text, n - 1, 1u + data[0], &pieces);

    require(a == b);
    /* Of damaged gzip data zlib may tell less or more before it sees the damage. */
    if (a == 0 || memcmp(text, "\x1f\x8b", n > 2 ? 2 : 1))
        require(whole.len == pieces.len &&
                (!whole.len || !memcmp(whole.data, pieces.data, whole.len)));
    buf_clear(&whole);
    buf_clear(&pieces);
    return 0;
}
