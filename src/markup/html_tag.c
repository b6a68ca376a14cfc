#include "markup/html_internal.h"

/* Names and values are read where they are, in the bytes that were fed. What the end of
 * these cuts is put together in `name` and `copies`. */

/* ---- tags ---- */

static enum html_state begin(struct html *h, bool is_end, enum html_state next)
{
    h->tag.is_end = is_end;
    h->tag.attrs = h->too_long = h->copied = 0;
    h->self_closing = false;
    h->attr = HTML_ATTRS;
    h->name_len = 0;
    if (h->copies.len)
        buf_reset(&h->copies);
    return next;
}

enum html_state html_tag_begin(struct html *h, bool is_end)
{
    return begin(h, is_end, IN_TAG_NAME);
}

enum html_state html_tag_begin_end_of(struct html *h, const struct html_name *name)
{
    h->tag.name = name;
    h->wanted = 0;
    return begin(h, true, IN_BEFORE_ATTR_NAME);
}

static void gather_copies(struct html *h)
{
    for (uint32_t left = h->copied; left; left &= left - 1) {
        int attr = __builtin_ctz(left);

        h->tag.values[attr].raw.data = h->copies.data + h->copied_at[attr];
    }
}

static enum html_state end_of_end_tag(struct html *h)
{
    h->tag.is_foreign = html_is_foreign(&h->foreign);
    html_foreign_end(&h->foreign, h->tag.name);
    if (h->tag.name->element != HTML_OTHER)
        h->handler.tag(&h->tag, h->handler.arg);
    h->telling = false;
    return IN_DATA;
}

/* At the ">". */
static enum html_state end(struct html *h)
{
    const struct html_name *name = h->tag.name;

    h->p++;
    if (h->tag.is_end)
        return end_of_end_tag(h);
    gather_copies(h);
    h->tag.attrs &= ~h->too_long;
    h->tag.is_foreign = html_foreign_start(&h->foreign, name, h->self_closing);
    h->handler.tag(&h->tag, h->handler.arg);
    h->telling = false;
    return name->flags & (HTML_TEXT | HTML_TEXT_END) ? html_text_begin(h, name)
                                                     : IN_DATA;
}

static void copy_value(struct html *h, int attr)
{
    struct slice value = h->tag.values[attr].raw;

    h->copied |= HTML_BIT(attr);
    h->copied_at[attr] = h->copies.len;
    buf_append(&h->copies, value.data, value.len);
}

/* The one that is being read last: more may be appended to it. */
void html_tag_suspend(struct html *h)
{
    uint32_t left, current;

    if (h->state < IN_TAG_NAME || h->state > IN_SELF_CLOSING)
        return;
    left = h->tag.attrs & ~h->copied & ~h->too_long;
    current = h->attr == HTML_ATTRS ? 0 : HTML_BIT(h->attr) & left;
    for (left &= ~current; left; left &= left - 1)
        copy_value(h, __builtin_ctz(left));
    if (current)
        copy_value(h, (int)h->attr);
}

/* ---- names ---- */

/* A name up to a byte of `end`, or to the end of the bytes: false, and it is kept.
 * True: *name is the whole of it, until the next call. */
static bool take_name(struct html *h, enum html_class ends, struct slice *name)
{
    const char *from = h->p, *p = from;
    size_t n;

    while (p < h->end && !html_is(*p, ends))
        p++;
    h->p = p;
    n = (size_t)(p - from);
    if (!h->name_len && p < h->end) {
        *name = (struct slice){from, n};
        return true;
    }
    if (n > sizeof(h->name) - h->name_len)
        n = sizeof(h->name) - h->name_len; /* and it is longer than any that is known */
    memcpy(h->name + h->name_len, from, n);
    h->name_len += n;
    *name = (struct slice){h->name, h->name_len};
    return p < h->end;
}

/* Outside of SVG and MathML, that of <head> is the only end tag that counts; those of
 * elements which hold text are read in html_text.c. */
static bool may_count(const struct html *h, size_t len)
{
    return h->foreign.depth || len == 4;
}

static const struct html_name *find_end(const struct html *h, struct slice name)
{
    return may_count(h, name.len) ? html_element_find(name.data, name.len)
                                  : &html_unknown;
}

/* Half of all tags, and nearly all of them have nothing but a name. */
bool html_skip_end_tag(struct html *h)
{
    const char *p = h->p;

    while (p < h->end && !html_is(*p, HTML_NAME_END))
        p++;
    if (p == h->end || *p != '>' || may_count(h, (size_t)(p - h->p)))
        return false;
    h->p = p + 1;
    return true;
}

enum html_state html_in_tag_name(struct html *h)
{
    struct slice name;

    if (!take_name(h, HTML_NAME_END, &name))
        return IN_TAG_NAME;
    if (h->tag.is_end) {
        h->tag.name = find_end(h, name);
        h->wanted = 0;
    } else {
        h->tag.name = html_element_find(name.data, name.len);
        h->wanted = h->handler.wanted | h->handler.wanted_of[h->tag.name->element];
    }
    h->name_len = 0;
    return *h->p == '>' ? end(h) : IN_BEFORE_ATTR_NAME;
}

/* The first of several attributes of one name counts. */
static void begin_attr(struct html *h, struct slice name)
{
    enum html_attr attr = h->wanted ? html_attr_find(name.data, name.len) : HTML_ATTRS;
    uint32_t bit = attr == HTML_ATTRS ? 0 : HTML_BIT(attr);

    h->name_len = 0;
    h->attr = HTML_ATTRS;
    if (!(bit & h->wanted & ~h->tag.attrs))
        return;
    h->attr = attr;
    h->tag.attrs |= bit;
    h->tag.values[attr] =
        (struct html_value){{"", 0}, -1, newlines_at(&h->lines, h->p)};
}

static void skip_space(struct html *h)
{
    const char *p = h->p;

    while (p < h->end && html_is(*p, HTML_SPACE))
        p++;
    h->p = p;
}

enum html_state html_in_before_attr_name(struct html *h)
{
    skip_space(h);
    if (h->p == h->end)
        return IN_BEFORE_ATTR_NAME;
    switch (*h->p) {
    case '>':
        return end(h);
    case '/':
        h->p++;
        return IN_SELF_CLOSING;
    case '=': /* the first letter of a name; none that is known has it */
        h->name[h->name_len++] = *h->p++;
        return IN_ATTR_NAME;
    default:
        return IN_ATTR_NAME;
    }
}

enum html_state html_in_attr_name(struct html *h)
{
    struct slice name;

    if (!take_name(h, HTML_ATTR_END, &name))
        return IN_ATTR_NAME;
    begin_attr(h, name);
    if (*h->p != '=')
        return IN_AFTER_ATTR_NAME;
    h->p++;
    return IN_BEFORE_VALUE;
}

enum html_state html_in_after_attr_name(struct html *h)
{
    skip_space(h);
    if (h->p == h->end)
        return IN_AFTER_ATTR_NAME;
    if (*h->p != '=')
        return IN_BEFORE_ATTR_NAME;
    h->p++;
    return IN_BEFORE_VALUE;
}

enum html_state html_in_self_closing(struct html *h)
{
    h->self_closing = *h->p == '>';
    return h->self_closing ? end(h) : IN_BEFORE_ATTR_NAME;
}

/* ---- values ---- */

static enum html_state begin_value(struct html *h, enum html_state next)
{
    if (h->attr == HTML_ATTRS)
        return next;
    h->tag.values[h->attr] = (struct html_value){
        {h->p, 0}, html_offset(h, h->p), newlines_at(&h->lines, h->p)};
    return next;
}

enum html_state html_in_before_value(struct html *h)
{
    skip_space(h);
    if (h->p == h->end)
        return IN_BEFORE_VALUE;
    if (*h->p == '>')
        return end(h);
    if (*h->p != '"' && *h->p != '\'')
        return begin_value(h, IN_VALUE_BARE);
    h->quote = *h->p++;
    return begin_value(h, IN_VALUE_QUOTED);
}

/* The bytes from `from` to p are the value's: the first, or more of what was copied. */
static void take_value(struct html *h, const char *from)
{
    size_t n = (size_t)(h->p - from);
    struct slice *value;
    uint32_t bit;

    if (h->attr == HTML_ATTRS)
        return;
    bit = HTML_BIT(h->attr);
    value = &h->tag.values[h->attr].raw;
    if (h->too_long & bit || n > HTML_VALUE_MAX - value->len) {
        h->too_long |= bit;
        return;
    }
    if (h->copied & bit)
        buf_append(&h->copies, from, n);
    else
        value->data = from;
    value->len += n;
}

enum html_state html_in_value_quoted(struct html *h)
{
    const char *from = h->p;
    const char *quote = memchr(from, h->quote, (size_t)(h->end - from));

    h->p = quote ? quote : h->end;
    take_value(h, from);
    if (!quote)
        return IN_VALUE_QUOTED;
    h->p++;
    return IN_BEFORE_ATTR_NAME; /* white space between is an error if it is missing */
}

enum html_state html_in_value_bare(struct html *h)
{
    const char *from = h->p, *p = from;

    while (p < h->end && !html_is(*p, HTML_BARE_END))
        p++;
    h->p = p;
    take_value(h, from);
    return p < h->end ? IN_BEFORE_ATTR_NAME : IN_VALUE_BARE;
}
