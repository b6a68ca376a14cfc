#include "markup/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "markup/html_internal.h"

#define BLANK (HTML_SPACE | HTML_NAME_END | HTML_ATTR_END | HTML_BARE_END)
const unsigned char html_class[256] = {
    ['\t'] = BLANK,
    ['\n'] = BLANK,
    ['\f'] = BLANK,
    ['\r'] = BLANK,
    [' '] = BLANK,
    ['/'] = HTML_NAME_END | HTML_ATTR_END,
    ['>'] = HTML_NAME_END | HTML_ATTR_END | HTML_BARE_END,
    ['='] = HTML_ATTR_END,
    ['A'] = HTML_ALPHA,
    ['B'] = HTML_ALPHA,
    ['C'] = HTML_ALPHA,
    ['D'] = HTML_ALPHA,
    ['E'] = HTML_ALPHA,
    ['F'] = HTML_ALPHA,
    ['G'] = HTML_ALPHA,
    ['H'] = HTML_ALPHA,
    ['I'] = HTML_ALPHA,
    ['J'] = HTML_ALPHA,
    ['K'] = HTML_ALPHA,
    ['L'] = HTML_ALPHA,
    ['M'] = HTML_ALPHA,
    ['N'] = HTML_ALPHA,
    ['O'] = HTML_ALPHA,
    ['P'] = HTML_ALPHA,
    ['Q'] = HTML_ALPHA,
    ['R'] = HTML_ALPHA,
    ['S'] = HTML_ALPHA,
    ['T'] = HTML_ALPHA,
    ['U'] = HTML_ALPHA,
    ['V'] = HTML_ALPHA,
    ['W'] = HTML_ALPHA,
    ['X'] = HTML_ALPHA,
    ['Y'] = HTML_ALPHA,
    ['Z'] = HTML_ALPHA,
    ['a'] = HTML_ALPHA,
    ['b'] = HTML_ALPHA,
    ['c'] = HTML_ALPHA,
    ['d'] = HTML_ALPHA,
    ['e'] = HTML_ALPHA,
    ['f'] = HTML_ALPHA,
    ['g'] = HTML_ALPHA,
    ['h'] = HTML_ALPHA,
    ['i'] = HTML_ALPHA,
    ['j'] = HTML_ALPHA,
    ['k'] = HTML_ALPHA,
    ['l'] = HTML_ALPHA,
    ['m'] = HTML_ALPHA,
    ['n'] = HTML_ALPHA,
    ['o'] = HTML_ALPHA,
    ['p'] = HTML_ALPHA,
    ['q'] = HTML_ALPHA,
    ['r'] = HTML_ALPHA,
    ['s'] = HTML_ALPHA,
    ['t'] = HTML_ALPHA,
    ['u'] = HTML_ALPHA,
    ['v'] = HTML_ALPHA,
    ['w'] = HTML_ALPHA,
    ['x'] = HTML_ALPHA,
    ['y'] = HTML_ALPHA,
    ['z'] = HTML_ALPHA,
};

struct html *html_new(const struct html_handler *handler)
{
    struct html *h = mem_zalloc(sizeof(*h));

    h->handler = *handler;
    h->lines.line = 1;
    return h;
}

void html_free(struct html *h)
{
    if (!h)
        return;
    buf_clear(&h->copies);
    free(h);
}

void html_tell(struct html *h, const char *from)
{
    if (h->p > from)
        h->handler.text(h->text->element, (struct slice){from, (size_t)(h->p - from)},
                        html_offset(h, from), newlines_at(&h->lines, from),
                        h->handler.arg);
}

/* Moves to the next `c`, or to the end. */
static bool skip_to(struct html *h, char c)
{
    const char *found = memchr(h->p, c, (size_t)(h->end - h->p));

    h->p = found ? found : h->end;
    return found;
}

static enum html_state in_data(struct html *h)
{
    const char *from = h->p;
    bool found = skip_to(h, '<');

    if (h->telling) /* <style> of SVG */
        html_tell(h, from);
    if (!found)
        return IN_DATA;
    h->p++;
    return IN_TAG_OPEN;
}

static enum html_state in_tag_open(struct html *h)
{
    switch (*h->p) {
    case '!':
        h->p++;
        h->matched = 0;
        return IN_MARKUP;
    case '/':
        h->p++;
        return IN_END_TAG_OPEN;
    case '?':
        return IN_BOGUS_COMMENT;
    default:
        return html_is(*h->p, HTML_ALPHA) ? html_tag_begin(h, false) : IN_DATA;
    }
}

static enum html_state in_end_tag_open(struct html *h)
{
    if (html_is(*h->p, HTML_ALPHA))
        return html_skip_end_tag(h) ? IN_DATA : html_tag_begin(h, true);
    return IN_BOGUS_COMMENT; /* "</>" too: it ends at once, as if it were nothing */
}

/* "<!--", and "<![CDATA[" in SVG and MathML. What has been matched of neither holds a
 * ">", so the bogus comment that it is then need not look at it again. DOCTYPE ends at
 * the first ">" as well, quoted or not. */
static enum html_state in_markup(struct html *h)
{
    static const char cdata[] = "[CDATA[";
    bool is_cdata = h->matched ? h->held[0] == '[' : *h->p == '[';
    const char *pattern = is_cdata ? cdata : "--";

    if (*h->p != pattern[h->matched] || (is_cdata && !html_is_foreign(&h->foreign)))
        return IN_BOGUS_COMMENT;
    h->held[0] = pattern[0];
    h->p++;
    if (pattern[++h->matched])
        return IN_MARKUP;
    h->tail = h->tail_len = 0;
    return is_cdata ? IN_CDATA : IN_COMMENT;
}

static enum html_state in_bogus_comment(struct html *h)
{
    if (!skip_to(h, '>'))
        return IN_BOGUS_COMMENT;
    h->p++;
    return IN_DATA;
}

/* Notes the last three bytes of what a comment holds. */
static void note_tail(struct html *h, const char *from)
{
    size_t n = (size_t)(h->p - from);

    for (const char *p = n > 3 ? h->p - 3 : from; p < h->p; p++)
        h->tail = (h->tail << 8 | (unsigned char)*p) & 0xffffff;
    h->tail_len = n >= 3 || h->tail_len + n >= 3 ? 3 : h->tail_len + (unsigned)n;
}

static bool comment_ends(const struct html *h)
{
    switch (h->tail_len) {
    case 0:
        return true; /* <!--> */
    case 1:
        return h->tail == '-'; /* <!---> */
    default:
        return (h->tail & 0xffff) == ('-' << 8 | '-') ||
               h->tail == ('-' << 16 | '-' << 8 | '!');
    }
}

static bool cdata_ends(const struct html *h)
{
    return (h->tail & 0xffff) == (']' << 8 | ']');
}

/* Up to a ">" that has before it what ends a comment or a CDATA section. */
static enum html_state in_section(struct html *h, bool (*ends)(const struct html *h))
{
    const char *from = h->p;
    bool found = skip_to(h, '>'), ended;

    note_tail(h, from);
    if (!found)
        return h->state;
    ended = ends(h);
    from = h->p++;
    note_tail(h, from);
    return ended ? IN_DATA : h->state;
}

static enum html_state in_cdata(struct html *h)
{
    const char *from = h->p;
    enum html_state next = in_section(h, cdata_ends);

    if (h->telling)
        html_tell(h, from);
    return next;
}

static enum html_state step(struct html *h)
{
    switch (h->state) {
    case IN_DATA:
        return in_data(h);
    case IN_TAG_OPEN:
        return in_tag_open(h);
    case IN_END_TAG_OPEN:
        return in_end_tag_open(h);
    case IN_TAG_NAME:
        return html_in_tag_name(h);
    case IN_BEFORE_ATTR_NAME:
        return html_in_before_attr_name(h);
    case IN_ATTR_NAME:
        return html_in_attr_name(h);
    case IN_AFTER_ATTR_NAME:
        return html_in_after_attr_name(h);
    case IN_BEFORE_VALUE:
        return html_in_before_value(h);
    case IN_VALUE_QUOTED:
        return html_in_value_quoted(h);
    case IN_VALUE_BARE:
        return html_in_value_bare(h);
    case IN_SELF_CLOSING:
        return html_in_self_closing(h);
    case IN_MARKUP:
        return in_markup(h);
    case IN_BOGUS_COMMENT:
        return in_bogus_comment(h);
    case IN_COMMENT:
        return in_section(h, comment_ends);
    case IN_CDATA:
        return in_cdata(h);
    case IN_TEXT_ONLY:
        return html_in_text(h);
    case IN_TEXT_END_TAG:
        return html_in_text_end_tag(h);
    case IN_SCRIPT_DATA:
        return html_in_script(h);
    case IN_SCRIPT_LESS_THAN:
        return html_in_script_less_than(h);
    case IN_SCRIPT_BANG:
        return html_in_script_bang(h);
    case IN_SCRIPT_WORD:
        return html_in_script_word(h);
    case IN_PLAINTEXT:
        break;
    }
    h->p = h->end;
    return h->state;
}

void html_feed(struct html *h, const char *data, size_t n)
{
    if (!n)
        return;
    h->p = h->start = data;
    h->end = data + n;
    newlines_start(&h->lines, data);
    while (h->p < h->end)
        h->state = step(h);
    html_tag_suspend(h);
    newlines_at(&h->lines, h->end);
    h->before += (int64_t)n;
}
