#include "markup/links_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "markup/link_value.h"

/* ---- which attributes refer ---- */

enum form { NO_RULE, ONE_URL, SRCSET, URL_OF_SVG };

enum { RULES_MAX = 3 };

/* Elements of HTML, and those of SVG that have the same name or that know references by
 * href alone: there, it may be xlink:href too. */
static const struct rule {
    enum form form;
    enum html_attr attr;
    enum link_kind kind;
} rules[HTML_ELEMENTS][RULES_MAX] = {
    [HTML_A] = {{ONE_URL, HTML_HREF, LINK_ANCHOR},
                {URL_OF_SVG, HTML_HREF, LINK_ANCHOR},
                {URL_OF_SVG, HTML_XLINK_HREF, LINK_ANCHOR}},
    [HTML_AREA] = {{ONE_URL, HTML_HREF, LINK_ANCHOR}},
    [HTML_AUDIO] = {{ONE_URL, HTML_SRC, LINK_MEDIA}},
    [HTML_BGSOUND] = {{ONE_URL, HTML_SRC, LINK_MEDIA}},
    [HTML_BODY] = {{ONE_URL, HTML_BACKGROUND, LINK_IMAGE}},
    [HTML_EMBED] = {{ONE_URL, HTML_SRC, LINK_MEDIA}},
    [HTML_FRAME] = {{ONE_URL, HTML_SRC, LINK_FRAME}},
    [HTML_IFRAME] = {{ONE_URL, HTML_SRC, LINK_FRAME}},
    [HTML_IMAGE] = {{ONE_URL, HTML_SRC, LINK_IMAGE}, /* outside of SVG, it is <img> */
                    {URL_OF_SVG, HTML_HREF, LINK_IMAGE},
                    {URL_OF_SVG, HTML_XLINK_HREF, LINK_IMAGE}},
    [HTML_IMG] = {{ONE_URL, HTML_SRC, LINK_IMAGE}, {SRCSET, HTML_SRCSET, LINK_IMAGE}},
    [HTML_OBJECT] = {{ONE_URL, HTML_DATA, LINK_MEDIA}},
    [HTML_SCRIPT] = {{ONE_URL, HTML_SRC, LINK_SCRIPT},
                     {URL_OF_SVG, HTML_HREF, LINK_SCRIPT},
                     {URL_OF_SVG, HTML_XLINK_HREF, LINK_SCRIPT}},
    [HTML_SOURCE] = {{ONE_URL, HTML_SRC, LINK_MEDIA},
                     {SRCSET, HTML_SRCSET, LINK_IMAGE}},
    [HTML_TABLE] = {{ONE_URL, HTML_BACKGROUND, LINK_IMAGE}},
    [HTML_TRACK] = {{ONE_URL, HTML_SRC, LINK_MEDIA}},
    [HTML_USE] = {{URL_OF_SVG, HTML_HREF, LINK_IMAGE},
                  {URL_OF_SVG, HTML_XLINK_HREF, LINK_IMAGE}},
    [HTML_VIDEO] = {{ONE_URL, HTML_SRC, LINK_MEDIA},
                    {ONE_URL, HTML_POSTER, LINK_IMAGE}},
};

static bool is_wanted(const struct rule *r, bool no_parts)
{
    return r->form != NO_RULE && !(no_parts && r->kind >= LINK_IMAGE);
}

void links_want(uint32_t wanted_of[HTML_ELEMENTS], bool no_parts)
{
    for (size_t element = 0; element < HTML_ELEMENTS; element++) {
        wanted_of[element] = 0;
        for (size_t i = 0; i < RULES_MAX; i++)
            if (is_wanted(&rules[element][i], no_parts))
                wanted_of[element] |= HTML_BIT(rules[element][i].attr);
    }
    wanted_of[HTML_A] |= HTML_BIT(HTML_REL);
    wanted_of[HTML_AREA] |= HTML_BIT(HTML_REL);
    wanted_of[HTML_BASE] |= HTML_BIT(HTML_HREF);
    wanted_of[HTML_HTML] |= HTML_BIT(HTML_LANG);
    wanted_of[HTML_INPUT] |= HTML_BIT(HTML_SRC) | HTML_BIT(HTML_TYPE);
    wanted_of[HTML_LINK] |= HTML_BIT(HTML_HREF) | HTML_BIT(HTML_REL) |
                            HTML_BIT(HTML_AS) | HTML_BIT(HTML_IMAGESRCSET);
    wanted_of[HTML_META] |= HTML_BIT(HTML_NAME) | HTML_BIT(HTML_CONTENT) |
                            HTML_BIT(HTML_HTTP_EQUIV) | HTML_BIT(HTML_CHARSET);
}

/* ---- values ---- */

static bool has(const struct html_tag *t, enum html_attr attr)
{
    return t->attrs & HTML_BIT(attr);
}

/* The text of an attribute, in l->scratch if it has to be put together; empty if it is
 * not there. */
static struct slice text_of(struct links *l, const struct html_tag *t,
                            enum html_attr attr, struct chars_value *v)
{
    if (!has(t, attr))
        return (struct slice){"", 0};
    chars_read(v, &l->chars, t->values[attr].raw, CHARS_ATTRIBUTE, &l->scratch);
    return v->text;
}

static bool is_value(struct links *l, const struct html_tag *t, enum html_attr attr,
                     const char *word)
{
    struct chars_value v;

    return slice_eq_nocase(text_of(l, t, attr, &v), word);
}

static bool has_word(struct links *l, const struct html_tag *t, enum html_attr attr,
                     const char *word)
{
    struct chars_value v;

    return has(t, attr) && link_value_has_word(text_of(l, t, attr, &v), word);
}

static struct link link_at(const struct html_value *value, enum link_kind kind)
{
    return (struct link){.kind = kind,
                         .line = value->line,
                         .offset = value->offset,
                         .length = value->raw.len,
                         .in_markup = true};
}

/* A URL that is part of the text of a value. */
static void emit_part(struct links *l, const struct html_value *value,
                      struct chars_value *v, enum link_kind kind, struct slice url)
{
    struct link link = link_at(value, kind);
    size_t from = chars_where(v, (size_t)(url.data - v->text.data));

    link.length = chars_where(v, (size_t)(url.data - v->text.data) + url.len) - from;
    if (link.offset >= 0)
        link.offset += (int64_t)from;
    links_emit(l, link, url);
}

static void emit_srcset(struct links *l, const struct html_tag *t, enum html_attr attr,
                        enum link_kind kind)
{
    struct chars_value v;
    struct slice rest = text_of(l, t, attr, &v), url;

    while (link_value_srcset(&rest, &url))
        emit_part(l, &t->values[attr], &v, kind, url);
}

static void emit_url(struct links *l, const struct html_tag *t, enum html_attr attr,
                     enum link_kind kind, bool nofollow)
{
    struct chars_value v;
    struct link link = link_at(&t->values[attr], kind);

    link.nofollow = nofollow;
    links_emit(l, link, text_of(l, t, attr, &v));
}

static void read_style(struct links *l, const struct html_tag *t)
{
    struct chars_value v;
    struct slice text = text_of(l, t, HTML_STYLE_ATTR, &v);

    if (!memchr(text.data, '(', text.len)) /* so there is no url() */
        return;
    l->style = &v;
    l->style_from = &t->values[HTML_STYLE_ATTR];
    css_begin(&l->css, 1);
    css_feed(&l->css, text.data, text.len, 0);
    css_finish(&l->css);
    l->style = NULL;
}

/* ---- elements ---- */

static void read_rules(struct links *l, const struct html_tag *t)
{
    bool nofollow = has_word(l, t, HTML_REL, "nofollow");

    for (size_t i = 0; i < RULES_MAX; i++) {
        const struct rule *r = &rules[t->name->element][i];

        if (r->form == NO_RULE || (r->form == URL_OF_SVG) != t->is_foreign ||
            !has(t, r->attr))
            continue;
        if (r->form == SRCSET)
            emit_srcset(l, t, r->attr, r->kind);
        else
            emit_url(l, t, r->attr, r->kind, nofollow);
    }
}

static void read_base(struct links *l, const struct html_tag *t)
{
    const struct html_value *value = &t->values[HTML_HREF];
    struct chars_value v;

    if (l->has_base || !has(t, HTML_HREF))
        return;
    l->has_base = true;
    l->base = slice_dup(link_value_clean(text_of(l, t, HTML_HREF, &v), &l->clean));
    l->base_offset = value->offset;
    l->base_length = value->raw.len;
    links_release(l);
}

static enum link_kind kind_of_preload(struct links *l, const struct html_tag *t)
{
    if (is_value(l, t, HTML_AS, "image"))
        return LINK_IMAGE;
    if (is_value(l, t, HTML_AS, "style"))
        return LINK_STYLE;
    if (!has(t, HTML_AS) || is_value(l, t, HTML_AS, "script"))
        return LINK_SCRIPT;
    return LINK_MEDIA;
}

/* The kind that the words of rel give; LINK_KINDS: it does not refer to anything that
 * could be asked for. */
static enum link_kind kind_of_rel(struct links *l, const struct html_tag *t)
{
    static const struct {
        const char *word;
        enum link_kind kind;
    } words[] = {
        {"stylesheet", LINK_STYLE},
        {"canonical", LINK_CANONICAL},
        {"icon", LINK_IMAGE},
        {"apple-touch-icon", LINK_IMAGE},
        {"apple-touch-icon-precomposed", LINK_IMAGE},
        {"apple-touch-startup-image", LINK_IMAGE},
        {"mask-icon", LINK_IMAGE},
        {"fluid-icon", LINK_IMAGE},
        {"image_src", LINK_IMAGE},
        {"modulepreload", LINK_SCRIPT},
        {"dns-prefetch", LINK_KINDS},
        {"preconnect", LINK_KINDS},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (has_word(l, t, HTML_REL, words[i].word))
            return words[i].kind;
    return has_word(l, t, HTML_REL, "preload") ? kind_of_preload(l, t) : LINK_RELATED;
}

static void read_link(struct links *l, const struct html_tag *t)
{
    enum link_kind kind = kind_of_rel(l, t);

    if (kind != LINK_KINDS && has(t, HTML_HREF))
        emit_url(l, t, HTML_HREF, kind, has_word(l, t, HTML_REL, "nofollow"));
    if (has(t, HTML_IMAGESRCSET))
        emit_srcset(l, t, HTML_IMAGESRCSET, LINK_IMAGE);
}

static void read_refresh(struct links *l, const struct html_tag *t)
{
    struct chars_value v;
    struct slice content = text_of(l, t, HTML_CONTENT, &v), url;

    if (has(t, HTML_CONTENT) && link_value_refresh(content, &url))
        emit_part(l, &t->values[HTML_CONTENT], &v, LINK_REFRESH, url);
}

/* A charset that comes too late for the prescan. */
static void read_charset(struct links *l, const struct html_tag *t)
{
    struct chars_value v;
    struct slice label = text_of(l, t, HTML_CHARSET, &v);
    const struct charset *found;

    if (!l->tentative)
        return;
    if (!has(t, HTML_CHARSET)) {
        if (!is_value(l, t, HTML_HTTP_EQUIV, "content-type"))
            return;
        label = charset_label_in(text_of(l, t, HTML_CONTENT, &v));
    }
    found = charset_declared(label);
    if (!found || found->kind == CHARSET_STATEFUL)
        return;
    l->tentative = false;
    l->charset = found;
    chars_set(&l->chars, found);
}

static void read_meta(struct links *l, const struct html_tag *t)
{
    struct chars_value v;

    read_charset(l, t);
    if (is_value(l, t, HTML_HTTP_EQUIV, "refresh"))
        read_refresh(l, t);
    if (is_value(l, t, HTML_NAME, "robots") && has(t, HTML_CONTENT))
        robots_tag_add(&l->robots, text_of(l, t, HTML_CONTENT, &v));
}

static void read_lang(struct links *l, const struct html_tag *t)
{
    struct chars_value v;

    if (!l->lang && has(t, HTML_LANG))
        l->lang = slice_dup(slice_trim(text_of(l, t, HTML_LANG, &v)));
}

/* In SVG, what has the name of one of these is another. */
static void read_element(struct links *l, const struct html_tag *t)
{
    switch (t->is_foreign ? HTML_OTHER : t->name->element) {
    case HTML_OTHER:
        if (t->is_foreign)
            read_rules(l, t);
        return;
    case HTML_BASE:
        read_base(l, t);
        return;
    case HTML_LINK:
        read_link(l, t);
        return;
    case HTML_META:
        read_meta(l, t);
        return;
    case HTML_HTML:
        read_lang(l, t);
        return;
    case HTML_TITLE:
        if (l->title_state == TITLE_NONE)
            l->title_state = TITLE_OPEN;
        return;
    case HTML_INPUT:
        if (has(t, HTML_SRC) && is_value(l, t, HTML_TYPE, "image"))
            emit_url(l, t, HTML_SRC, LINK_IMAGE, false);
        return;
    default:
        read_rules(l, t);
    }
}

static void tell_anchor(struct links *l, const struct html_tag *t, enum html_attr attr)
{
    struct chars_value v;
    struct slice id = text_of(l, t, attr, &v);

    if (has(t, attr) && id.len && l->handler.anchor)
        l->handler.anchor(id, l->handler.arg);
}

static void read_anchors(struct links *l, const struct html_tag *t)
{
    tell_anchor(l, t, HTML_ID);
    if (t->name->element == HTML_A)
        tell_anchor(l, t, HTML_NAME);
}

/* ---- text ---- */

static void take_title(struct links *l, struct slice piece)
{
    if (l->title_state != TITLE_OPEN)
        return;
    for (size_t i = 0; i < piece.len && l->title.len < LINKS_TITLE_RAW_MAX; i++) {
        bool space = char_is_space(piece.data[i]);

        if (!space)
            buf_append_char(&l->title, piece.data[i]);
        else if (l->title.len && l->title.data[l->title.len - 1] != ' ')
            buf_append_char(&l->title, ' ');
    }
}

void links_text(enum html_element in, struct slice piece, int64_t offset, unsigned line,
                void *arg)
{
    struct links *l = arg;

    if (in == HTML_TITLE) {
        take_title(l, piece);
        return;
    }
    if (l->handler.no_parts)
        return;
    if (!l->in_style) {
        l->in_style = true;
        css_begin(&l->css, line);
    }
    css_feed(&l->css, piece.data, piece.len, offset);
}

/* White space folded, and cut where a character ends. */
static void fold_title(struct slice text, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (!char_is_space(c))
            buf_append_char(out, c);
        else if (out->len && out->data[out->len - 1] != ' ')
            buf_append_char(out, ' ');
    }
    if (out->len > LINKS_TITLE_MAX) {
        out->len = LINKS_TITLE_MAX;
        while (out->len && (out->data[out->len] & 0xc0) == 0x80)
            out->len--;
    }
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    *buf_reserve(out, 0) = '\0';
}

void links_title_end(struct links *l)
{
    struct chars_value v;

    if (l->title_state == TITLE_NONE)
        return;
    l->title_state = TITLE_DONE;
    chars_read(&v, &l->chars, (struct slice){l->title.data, l->title.len}, CHARS_TEXT,
               &l->scratch);
    fold_title(v.text, &l->clean);
    buf_reset(&l->title);
    buf_append(&l->title, l->clean.data, l->clean.len);
}

/* ---- tags ---- */

static void end_text(struct links *l)
{
    if (l->in_style)
        css_finish(&l->css);
    l->in_style = false;
    if (l->title_state == TITLE_OPEN)
        l->title_state = TITLE_DONE;
}

/* Whether <base> can no longer come: the head has ended, or has not begun. */
static bool ends_head(const struct html_tag *t)
{
    if (t->is_end)
        return t->name->element == HTML_HEAD;
    return !(t->name->flags & HTML_IN_HEAD);
}

void links_tag(const struct html_tag *t, void *arg)
{
    struct links *l = arg;

    if (l->in_style || l->title_state == TITLE_OPEN)
        end_text(l);
    if (l->holding && ends_head(t))
        links_release(l);
    if (t->is_end)
        return;
    if (t->attrs & (HTML_BIT(HTML_ID) | HTML_BIT(HTML_NAME)))
        read_anchors(l, t);
    read_element(l, t);
    if (has(t, HTML_STYLE_ATTR))
        read_style(l, t);
}
