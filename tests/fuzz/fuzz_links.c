/* However a page is cut into pieces, the same is told of it, places too; and what
 * stands at a place is no more than the page. The first byte says how it is read, the
 * second where it is cut. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "markup/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

struct seen {
    struct buf out;
    size_t size; /* of the page */
};

static void see_link(const struct link *l, void *arg)
{
    struct seen *s = arg;

    require(l->kind < LINK_KINDS && l->line >= 1);
    require(utf8_valid(l->url.data, l->url.len));
    require(l->offset >= -1);
    require(l->offset < 0 || (size_t)l->offset + l->length <= s->size);
    buf_appendf(&s->out, "%d %u %d %lld+%zu ", l->kind, l->line, l->nofollow,
                (long long)l->offset, l->length);
    buf_append(&s->out, l->url.data, l->url.len);
    buf_append_char(&s->out, '\n');
}

static void see_anchor(struct slice id, void *arg)
{
    struct seen *s = arg;

    require(utf8_valid(id.data, id.len) && id.len);
    buf_append_char(&s->out, '#');
    buf_append(&s->out, id.data, id.len);
}

static void see_text(struct buf *out, const char *text)
{
    require(!text || utf8_valid(text, strlen(text)));
    buf_append_str(out, text ? text : "none");
}

static void read_page(struct seen *s, enum links_format format, struct slice charset,
                      struct slice page, size_t step)
{
    const struct links_handler handler = {see_link, see_anchor, s, false};
    struct links *l = links_new(format, charset, &handler);

    s->size = page.len;
    for (size_t at = 0; at < page.len; at += step) {
        size_t size = step < page.len - at ? step : page.len - at;
        char *piece = mem_alloc(size);

        memcpy(piece, page.data + at, size);
        links_feed(l, piece, size);
        free(piece);
    }
    links_finish(l);
    require(!links_title(l) || strlen(links_title(l)) <= 1000);
    see_text(&s->out, links_base(l));
    see_text(&s->out, links_title(l));
    see_text(&s->out, links_lang(l));
    buf_appendf(&s->out, "%s %d", links_charset(l), links_robots(l).nofollow);
    links_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const charsets[] = {"",         "utf-8",     "windows-1252",
                                           "utf-16le", "shift_jis", "iso-2022-jp",
                                           "koi8-r",   "gb18030"};
    struct seen whole = {0}, pieces = {0};

    if (n < 3)
        return 0;
    struct slice charset = slice_str(charsets[data[0] / 2 % ARRAY_LEN(charsets)]);
    enum links_format format = data[0] % 2 ? LINKS_CSS : LINKS_HTML;
    struct slice page = {(const char *)data + 2, n - 2};

    read_page(&whole, format, charset, page, page.len);
    read_page(&pieces, format, charset, page, 1u + data[1] % 64);
    require(whole.out.len == pieces.out.len &&
            !memcmp(whole.out.data, pieces.out.data, whole.out.len));
    buf_clear(&whole.out);
    buf_clear(&pieces.out);
    return 0;
}
