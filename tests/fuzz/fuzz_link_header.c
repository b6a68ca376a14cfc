/* Links in a header end, lie within it, have a kind; and each alone, written down
 * again, is found again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "markup/header_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void require_again(const struct link *l)
{
    static const char *const rels[LINK_KINDS] = {
        [LINK_CANONICAL] = "canonical", [LINK_RELATED] = "next",
        [LINK_IMAGE] = "icon",          [LINK_STYLE] = "stylesheet",
        [LINK_SCRIPT] = "preload",
    };
    struct buf text = BUF_INIT;
    struct slice rest;
    struct link again;

    require(rels[l->kind] != NULL);
    buf_append_char(&text, '<');
    buf_append(&text, l->url.data, l->url.len);
    buf_appendf(&text, ">; rel=\"%s%s\"", rels[l->kind],
                l->nofollow ? " nofollow" : "");
    rest = (struct slice){text.data, text.len};
    require(header_link_next(&rest, &again));
    require(again.kind == l->kind && again.nofollow == l->nofollow);
    require(again.url.len == l->url.len &&
            (!l->url.len || !memcmp(again.url.data, l->url.data, l->url.len)));
    require(!header_link_next(&rest, &again));
    buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *text = (const char *)data;
    struct slice rest = {text, n};
    struct link l;

    while (header_link_next(&rest, &l)) {
        require(l.url.data >= text && l.url.data + l.url.len <= text + n);
        require(l.offset == -1);
        require_again(&l);
    }
    require(rest.len == 0);
    return 0;
}
