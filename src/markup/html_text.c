#include "markup/html_internal.h"

#include "base/str.h"

/* ---- beginning ---- */

static bool is_told(const struct html *h, const struct html_name *name)
{
    return h->handler.text && (name->element == HTML_STYLE ||
                               (name->element == HTML_TITLE && !h->tag.is_foreign));
}

/* Behind the start tag of such an element. In SVG and MathML, it is one like others. */
enum html_state html_text_begin(struct html *h, const struct html_name *name)
{
    h->text = name;
    h->telling = is_told(h, name);
    h->script_depth = 0;
    if (h->tag.is_foreign) {
        h->telling &= !h->self_closing;
        return IN_DATA;
    }
    if (name->flags & HTML_TEXT_END)
        return IN_PLAINTEXT;
    return name->element == HTML_SCRIPT ? IN_SCRIPT_DATA : IN_TEXT_ONLY;
}

/* ---- RCDATA and RAWTEXT ---- */

enum html_state html_in_text(struct html *h)
{
    const char *from = h->p;
    const char *found = memchr(from, '<', (size_t)(h->end - from));

    h->p = found ? found : h->end;
    if (h->telling)
        html_tell(h, from);
    if (!found)
        return IN_TEXT_ONLY;
    h->matched = 1;
    h->held[0] = *h->p++;
    return IN_TEXT_END_TAG;
}

/* The i-th byte of "</title". */
static char end_tag_byte(const struct html *h, unsigned i)
{
    return i == 0 ? '<' : i == 1 ? '/' : h->text->text[i - 2];
}

/* It was no end tag: what was held back is text. */
static enum html_state no_end_tag(struct html *h)
{
    if (h->text->element == HTML_SCRIPT)
        return IN_SCRIPT_DATA;
    if (h->telling)
        h->handler.text(h->text->element, (struct slice){h->held, h->matched},
                        html_offset(h, h->p) - h->matched, newlines_at(&h->lines, h->p),
                        h->handler.arg);
    return IN_TEXT_ONLY;
}

enum html_state html_in_text_end_tag(struct html *h)
{
    if (h->matched == 2u + h->text->len) {
        if (!html_is(*h->p, HTML_NAME_END))
            return no_end_tag(h);
        return html_tag_begin_end_of(h, h->text);
    }
    if (char_lower(*h->p) != end_tag_byte(h, h->matched))
        return no_end_tag(h);
    h->held[h->matched++] = *h->p++;
    return IN_TEXT_END_TAG;
}

/* ---- scripts ---- */

static enum html_state less_than(struct html *h)
{
    h->p++;
    h->dashes = 0;
    return IN_SCRIPT_LESS_THAN;
}

/* Behind "<!--" up to "-->". */
static enum html_state in_escaped(struct html *h)
{
    for (; h->p < h->end; h->p++)
        switch (*h->p) {
        case '<':
            return less_than(h);
        case '-':
            h->dashes++;
            break;
        case '>':
            if (h->dashes >= 2) {
                h->script_depth = 0;
                return IN_SCRIPT_DATA;
            }
            /* fall through */
        default:
            h->dashes = 0;
        }
    return IN_SCRIPT_DATA;
}

enum html_state html_in_script(struct html *h)
{
    const char *found;

    if (h->script_depth)
        return in_escaped(h);
    found = memchr(h->p, '<', (size_t)(h->end - h->p));
    h->p = found ? found : h->end;
    return found ? less_than(h) : IN_SCRIPT_DATA;
}

/* "</script" is an end tag, but for one that is doubly escaped: there, it makes that
 * simple again, as "<script" makes it double. */
enum html_state html_in_script_less_than(struct html *h)
{
    char c = *h->p;

    h->matched = 0;
    if (c == '/') {
        h->p++;
        if (h->script_depth == 2)
            return IN_SCRIPT_WORD;
        h->matched = 2;
        return IN_TEXT_END_TAG;
    }
    if (c == '!' && h->script_depth == 0) {
        h->p++;
        return IN_SCRIPT_BANG;
    }
    return h->script_depth == 1 ? IN_SCRIPT_WORD : IN_SCRIPT_DATA;
}

enum html_state html_in_script_bang(struct html *h)
{
    if (*h->p != '-')
        return IN_SCRIPT_DATA;
    h->p++;
    if (++h->matched < 2)
        return IN_SCRIPT_BANG;
    h->script_depth = 1;
    h->dashes = 2; /* they count for "-->" too */
    return IN_SCRIPT_DATA;
}

enum html_state html_in_script_word(struct html *h)
{
    static const char word[] = "script";

    if (word[h->matched]) {
        if (char_lower(*h->p) != word[h->matched])
            return IN_SCRIPT_DATA;
        h->p++;
        h->matched++;
        return IN_SCRIPT_WORD;
    }
    if (!html_is(*h->p, HTML_NAME_END))
        return IN_SCRIPT_DATA;
    h->p++;
    h->script_depth = 3 - h->script_depth;
    return IN_SCRIPT_DATA;
}
