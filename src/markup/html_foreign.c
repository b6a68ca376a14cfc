#include "markup/html_foreign.h"

static bool is_root(const struct html_name *name)
{
    return name->element == HTML_SVG || name->element == HTML_MATH;
}

static void enter(struct html_foreign *f, const struct html_name *name,
                  unsigned char element)
{
    if (f->depth == HTML_FOREIGN_MAX)
        return;
    f->turns[f->depth].element = element;
    f->turns[f->depth].point = name->len;
    f->turns[f->depth++].nested = 0;
}

/* Leaves SVG and MathML, for HTML that they stand in. */
static void break_out(struct html_foreign *f)
{
    while (html_is_foreign(f))
        f->depth--;
}

static bool is_point(const struct html_foreign *f, const struct html_name *name)
{
    unsigned char flag =
        f->turns[f->depth - 1].element == HTML_SVG ? HTML_SVG_POINT : HTML_MATH_POINT;
    return name->flags & flag;
}

bool html_foreign_start(struct html_foreign *f, const struct html_name *name,
                        bool self_closing)
{
    if (html_is_foreign(f) && name->flags & HTML_BREAKOUT)
        break_out(f);
    if (!html_is_foreign(f)) {
        if (!is_root(name))
            return false;
        if (!self_closing)
            enter(f, name, name->element);
    } else if (self_closing) {
        return true;
    } else if (name->element == f->turns[f->depth - 1].element) {
        f->turns[f->depth - 1].nested++;
    } else if (is_root(name)) {
        enter(f, name, name->element);
    } else if (is_point(f, name)) {
        enter(f, name, HTML_OTHER);
    }
    return true;
}

/* An end tag of HTML is taken for that of an element around: to be certain would take
 * the stack. */
void html_foreign_end(struct html_foreign *f, const struct html_name *name)
{
    if (!f->depth)
        return;
    if (!html_is_foreign(f)) {
        if (name->flags & (HTML_SVG_POINT | HTML_MATH_POINT) &&
            name->len == f->turns[f->depth - 1].point)
            f->depth--;
    } else if (is_root(name)) {
        if (name->element != f->turns[f->depth - 1].element)
            return;
        if (f->turns[f->depth - 1].nested)
            f->turns[f->depth - 1].nested--;
        else
            f->depth--;
    } else if (name->flags & HTML_BREAKOUT) {
        break_out(f);
    }
}
