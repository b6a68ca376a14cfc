/* The first line is a path, what follows a robots.txt. However it is cut into pieces,
 * and whether its lines end in LF or CRLF, it gives the same answers; an "allow" for
 * the very path makes it allowed, at least where nothing longer stands against it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "crawl/robots.h"
#include "markup/robots_tag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static struct robots *read_pieces(struct slice text, size_t step)
{
    struct robots *r = robots_new("trawl");

    for (size_t at = 0; at < text.len;) {
        size_t size = step < text.len - at ? step : text.len - at;
        char *piece = slice_dup((struct slice){text.data + at, size});

        robots_feed(r, piece, size);
        free(piece);
        at += size;
    }
    robots_finish(r);
    return r;
}

static void require_same(const struct robots *a, const struct robots *b,
                         const char *path)
{
    size_t i = 0;

    require(robots_allows(a, path) == robots_allows(b, path));
    require(robots_allows(b, "/robots.txt"));
    require(robots_delay(a) == robots_delay(b));
    require(robots_delay(a) >= 0 && robots_delay(a) <= 24 * 3600);
    for (; robots_sitemap(a, i); i++)
        require(!strcmp(robots_sitemap(a, i), robots_sitemap(b, i)));
    require(!robots_sitemap(b, i) && i <= 1000);
}

static void check_file(struct slice text, const char *path)
{
    struct robots *whole = read_pieces(text, SIZE_MAX), *again;
    struct buf crlf = BUF_INIT;

    again = read_pieces(text, 1);
    require_same(whole, again, path);
    robots_free(again);
    for (size_t i = 0; i < text.len; i++)
        buf_append(&crlf, text.data[i] == '\n' ? "\r\n" : text.data + i,
                   text.data[i] == '\n' ? 2 : 1);
    again = read_pieces((struct slice){crlf.data, crlf.len}, 3);
    require_same(whole, again, path);
    robots_free(again);
    robots_free(whole);
    buf_clear(&crlf);
}

/* A rule that ends in "$" and has the path's own bytes is not weaker than any other
 * that has no "*". */
static void check_allowed(struct slice text, const char *path)
{
    struct buf file = BUF_INIT;
    struct robots *r;

    if (path[0] != '/' || strpbrk(path, "*$#% \t\r\v\f") ||
        (text.len &&
         (memchr(text.data, '*', text.len) || memchr(text.data, '$', text.len))))
        return;
    buf_append_str(&file, "\nUser-agent: trawl\nAllow: ");
    buf_append_str(&file, path);
    buf_append_str(&file, "$\n");
    buf_append(&file, text.data, text.len);
    r = read_pieces((struct slice){file.data, file.len}, SIZE_MAX);
    require(robots_allows(r, path));
    robots_free(r);
    buf_clear(&file);
}

static void check_tags(struct slice text)
{
    struct robots_tag meta = {false, false}, header = {false, false};

    robots_tag_add(&meta, text);
    robots_tag_add_header(&header, text, "trawl");
    require(meta.noindex || !header.noindex || memchr(text.data, ':', text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice rest = {(const char *)data, n}, first;
    char *path;

    if (!slice_next(&rest, '\n', &first))
        return 0;
    path = slice_dup(first);
    check_file(rest, path);
    check_allowed(rest, path);
    check_tags(first);
    free(path);
    return 0;
}
