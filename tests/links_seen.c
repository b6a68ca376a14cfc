#include "links_seen.h"

#include <stdlib.h>

#include "base/mem.h"

/* What the handler needs. */
struct seer {
    struct buf *out;
    struct links *links;
    bool places;
};

const char *link_kind_name(enum link_kind kind)
{
    static const char *const names[LINK_KINDS] = {
        [LINK_ANCHOR] = "anchor",   [LINK_FRAME] = "frame",
        [LINK_REFRESH] = "refresh", [LINK_CANONICAL] = "canonical",
        [LINK_RELATED] = "related", [LINK_IMAGE] = "image",
        [LINK_STYLE] = "style",     [LINK_SCRIPT] = "script",
        [LINK_MEDIA] = "media",     [LINK_CSS_URL] = "css_url",
    };

    return names[kind];
}

static void see_link(const struct link *l, void *arg)
{
    struct seer *s = arg;

    buf_append_str(s->out, link_kind_name(l->kind));
    buf_append_char(s->out, ' ');
    buf_append(s->out, l->url.data, l->url.len);
    if (links_base(s->links))
        buf_appendf(s->out, " [%s]", links_base(s->links));
    if (l->nofollow)
        buf_append_str(s->out, " nofollow");
    if (s->places)
        buf_appendf(s->out, " %u %lld+%zu%s", l->line, (long long)l->offset, l->length,
                    l->in_markup ? "" : " bare");
    buf_append_char(s->out, '\n');
}

static void see_anchor(struct slice id, void *arg)
{
    struct seer *s = arg;

    buf_append_str(s->out, "id ");
    buf_append(s->out, id.data, id.len);
    buf_append_char(s->out, '\n');
}

static void see_fact(struct buf *out, const char *name, const char *value)
{
    if (value)
        buf_appendf(out, "%s %s\n", name, value);
}

static void see_page(struct buf *out, const struct links *l)
{
    struct robots_tag robots = links_robots(l);
    int64_t offset;
    size_t length;

    see_fact(out, "base", links_base(l));
    if (links_base_place(l, &offset, &length))
        buf_appendf(out, "base at %lld+%zu\n", (long long)offset, length);
    see_fact(out, "title", links_title(l));
    see_fact(out, "lang", links_lang(l));
    see_fact(out, "robots", robots.noindex ? "noindex" : NULL);
    see_fact(out, "robots", robots.nofollow ? "nofollow" : NULL);
    see_fact(out, "charset", links_charset(l));
}

void links_see(struct buf *out, struct links_how how, const char *data, size_t n)
{
    struct seer s = {.out = out, .places = how.places};
    const struct links_handler handler = {see_link, see_anchor, &s, how.no_parts};
    size_t step = how.first ? how.first : how.step ? how.step : n;

    s.links =
        links_new(how.format, slice_str(how.charset ? how.charset : ""), &handler);
    for (size_t at = 0; at < n; at += step, step = how.step ? how.step : n) {
        size_t size = step < n - at ? step : n - at;
        char *piece = mem_alloc(size);

        memcpy(piece, data + at, size);
        links_feed(s.links, piece, size);
        free(piece);
    }
    links_finish(s.links);
    see_page(out, s.links);
    links_free(s.links);
}
