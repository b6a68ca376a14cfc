#include "markup/links.h"

#include <stdlib.h>

#include "base/mem.h"
#include "markup/links_internal.h"

_Static_assert(LINKS_VALUE_MAX == HTML_VALUE_MAX && LINKS_VALUE_MAX == CSS_VALUE_MAX,
               "what is too long is so everywhere");

struct links *links_new(enum links_format format, struct slice charset,
                        const struct links_handler *handler)
{
    struct links *l = mem_zalloc(sizeof(*l));

    l->format = format;
    l->handler = *handler;
    l->charset = charset_find(charset);
    css_init(&l->css, links_css_url, l);
    return l;
}

void links_free(struct links *l)
{
    if (!l)
        return;
    html_free(l->html);
    css_clear(&l->css);
    chars_clear(&l->chars);
    recoder_free(l->recoder);
    free(l->held);
    free(l->base);
    free(l->lang);
    buf_clear(&l->first);
    buf_clear(&l->held_urls);
    buf_clear(&l->title);
    buf_clear(&l->scratch);
    buf_clear(&l->clean);
    buf_clear(&l->query);
    buf_clear(&l->unescaped);
    free(l);
}

/* ---- the charset ---- */

/* How many of the first bytes have to be seen. */
static size_t first_needed(const struct links *l)
{
    return l->charset ? CHARSET_BOM_MAX : CHARSET_PRESCAN_MAX;
}

static const struct charset *find_charset(struct links *l, struct slice first)
{
    const struct charset *found = charset_of_bom(first.data, first.len, &l->mark_len);

    if (found)
        return found;
    if (l->charset)
        return l->charset;
    found = l->format == LINKS_CSS ? charset_prescan_css(first.data, first.len)
                                   : charset_prescan(first.data, first.len);
    l->tentative = !found;
    return found ? found : &charset_guessed;
}

static void start_html(struct links *l)
{
    const struct html_handler handler = {
        .tag = links_tag,
        .text = links_text,
        .wanted = (l->handler.no_parts ? 0 : HTML_BIT(HTML_STYLE_ATTR)) |
                  (l->handler.anchor ? HTML_BIT(HTML_ID) : 0),
        .wanted_of = l->wanted_of,
        .arg = l,
    };

    links_want(l->wanted_of, l->handler.no_parts);
    if (l->handler.anchor)
        l->wanted_of[HTML_A] |= HTML_BIT(HTML_NAME);
    l->html = html_new(&handler);
    l->holding = true;
}

static void start(struct links *l, struct slice first)
{
    static const struct charset utf8 = {"UTF-8", NULL, CHARSET_UTF8, ""};

    l->started = true;
    l->charset = find_charset(l, first);
    if (l->charset->kind >= CHARSET_UTF16LE)
        l->recoder = recoder_new(l->charset);
    chars_set(&l->chars, l->recoder ? &utf8 : l->charset);
    if (l->format == LINKS_HTML)
        start_html(l);
}

/* ---- feeding ---- */

static void read_bytes(void *arg, const char *data, size_t n)
{
    struct links *l = arg;

    if (l->html)
        html_feed(l->html, data, n);
    else
        css_feed(&l->css, data, n, l->fed);
    l->fed += (int64_t)n;
}

static void feed(struct links *l, const char *data, size_t n)
{
    if (l->recoder)
        recoder_feed(l->recoder, data, n, read_bytes, l);
    else
        read_bytes(l, data, n);
}

static void feed_first(struct links *l)
{
    feed(l, l->first.data + l->mark_len, l->first.len - l->mark_len);
    buf_clear(&l->first);
}

void links_feed(struct links *l, const char *data, size_t n)
{
    size_t needed = first_needed(l), some;

    if (!l->started && !l->first.len && n >= needed) {
        start(l, (struct slice){data, needed});
        data += l->mark_len;
        n -= l->mark_len;
    } else if (!l->started) {
        some = needed - l->first.len < n ? needed - l->first.len : n;
        buf_append(&l->first, data, some);
        data += some;
        n -= some;
        if (l->first.len < needed)
            return;
        start(l, (struct slice){l->first.data, l->first.len});
        feed_first(l);
    }
    if (n)
        feed(l, data, n);
}

void links_finish(struct links *l)
{
    if (!l->started) {
        start(l, (struct slice){l->first.data ? l->first.data : "", l->first.len});
        if (l->first.len)
            feed_first(l);
    }
    if (l->recoder)
        recoder_finish(l->recoder, read_bytes, l);
    if (l->in_style || l->format == LINKS_CSS)
        css_finish(&l->css);
    l->in_style = false;
    if (l->holding)
        links_release(l);
    links_title_end(l);
}

/* ---- what is known of the page ---- */

const char *links_base(const struct links *l)
{
    return l->base;
}

bool links_base_place(const struct links *l, int64_t *offset, size_t *length)
{
    if (!l->has_base || l->recoder || l->base_offset < 0)
        return false;
    *offset = l->base_offset + (int64_t)l->mark_len;
    *length = l->base_length;
    return true;
}

const char *links_title(const struct links *l)
{
    return l->title_state == TITLE_DONE && l->title.len ? l->title.data : NULL;
}

const char *links_lang(const struct links *l)
{
    return l->lang && *l->lang ? l->lang : NULL;
}

struct robots_tag links_robots(const struct links *l)
{
    return l->robots;
}

const char *links_charset(const struct links *l)
{
    if (l->charset && l->charset->kind == CHARSET_GUESSED && l->chars.not_utf8)
        return "windows-1252";
    return l->charset ? l->charset->name : charset_guessed.name;
}
