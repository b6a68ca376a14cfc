#include "markup/links_internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "markup/link_value.h"

static void tell(const struct links *l, struct link *link)
{
    link->nofollow |= l->robots.nofollow;
    if (l->handler.link)
        l->handler.link(link, l->handler.arg);
}

static void hold(struct links *l, const struct link *link)
{
    struct links_held *h;

    if (l->held_count == l->held_cap) {
        l->held_cap = l->held_cap ? 2 * l->held_cap : 16;
        l->held = mem_reallocarray(l->held, l->held_cap, sizeof(*l->held));
    }
    h = &l->held[l->held_count++];
    h->link = *link;
    h->at = l->held_urls.len;
    buf_append(&l->held_urls, link->url.data, link->url.len);
}

void links_release(struct links *l)
{
    l->holding = false;
    for (size_t i = 0; i < l->held_count; i++) {
        struct links_held *h = &l->held[i];

        h->link.url.data = l->held_urls.data + h->at;
        tell(l, &h->link);
    }
    free(l->held);
    l->held = NULL;
    l->held_count = l->held_cap = 0;
    buf_clear(&l->held_urls);
}

void links_emit(struct links *l, struct link link, struct slice url)
{
    if (l->handler.no_parts && link.kind >= LINK_IMAGE)
        return;
    link.url =
        chars_encode_query(&l->chars, link_value_clean(url, &l->clean), &l->query);
    if (l->recoder)
        link.offset = -1;
    else if (link.offset >= 0)
        link.offset += (int64_t)l->mark_len;
    if (!l->holding) {
        tell(l, &link);
        return;
    }
    hold(l, &link);
    if (l->held_count == LINKS_HELD_MAX || l->held_urls.len > LINKS_HELD_BYTES_MAX)
        links_release(l);
}

/* In a style attribute, places are those of its text, where references are undone. */
static void place_in_attribute(const struct links *l, const struct css_url *u,
                               struct link *link)
{
    size_t from = chars_where(l->style, (size_t)u->offset);
    size_t to = chars_where(l->style, (size_t)u->offset + u->raw.len);

    link->line = l->style_from->line;
    link->offset = l->style_from->offset + (int64_t)from;
    link->length = to - from;
    link->in_markup = true;
}

void links_css_url(const struct css_url *u, void *arg)
{
    struct links *l = arg;
    struct link link = {.kind = u->is_import ? LINK_STYLE : LINK_CSS_URL,
                        .line = u->line,
                        .offset = u->offset,
                        .length = u->raw.len};
    struct slice text = u->raw;

    if (l->style && u->is_import) /* no rule may stand there */
        return;
    if (l->style) {
        place_in_attribute(l, u, &link);
    } else {
        struct chars_value v;

        chars_read(&v, &l->chars, u->raw, CHARS_PLAIN, &l->scratch);
        text = v.text;
    }
    links_emit(l, link, css_unescape(text, &l->unescaped));
}
