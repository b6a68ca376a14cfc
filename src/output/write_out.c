/* curl's -w: a format compiled once into pieces, printed for each record. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "output/record_facts.h"
#include "output/write_out_names.h"

/* Literal text, or a name; of a header, `text` is which. */
struct piece {
    const struct write_out_name *name;
    char *text;
    size_t len;
};

struct write_out {
    struct piece *pieces;
    size_t n;
};

static struct piece *add_piece(struct write_out *w)
{
    w->pieces = mem_reallocarray(w->pieces, w->n + 1, sizeof(*w->pieces));
    w->pieces[w->n] = (struct piece){0};
    return &w->pieces[w->n++];
}

static void add_text(struct write_out *w, struct buf *text)
{
    struct piece *p;

    if (!text->len)
        return;
    p = add_piece(w);
    p->len = text->len;
    p->text = buf_take(text);
}

static char *unknown_name(const char *name)
{
    const char *nearest = write_out_nearest(name);
    struct buf why = BUF_INIT;

    buf_appendf(&why, "%%{%s} is not known", name);
    if (nearest)
        buf_appendf(&why, "; did you mean %%{%s}?", nearest);
    return buf_take(&why);
}

/* Adds what stands behind "%{" or "%header{", up to the brace. The text behind the
 * brace, or NULL with *why. */
static const char *add_name(struct write_out *w, const char *from, bool header,
                            char **why)
{
    const char *end = strchr(from, '}');
    char *name;
    struct piece *p;

    if (!end) {
        struct buf text = BUF_INIT;

        buf_appendf(&text, "a } is missing behind \"%.20s\"", from - 2);
        *why = buf_take(&text);
        return NULL;
    }
    name = mem_strndup(from, (size_t)(end - from));
    p = add_piece(w);
    p->name = header ? &write_out_header : write_out_find(name);
    if (header)
        p->text = name;
    else if (!p->name)
        *why = unknown_name(name);
    if (!header)
        free(name);
    return p->name ? end + 1 : NULL;
}

static char escaped(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : '\0';
}

/* One character, or an escape of two. */
static const char *take_text(struct buf *text, const char *p)
{
    if (*p == '\\' && escaped(p[1])) {
        buf_append_char(text, escaped(p[1]));
        return p + 2;
    }
    if (p[0] == '%' && p[1] == '%')
        p++;
    buf_append_char(text, *p);
    return p + 1;
}

struct write_out *write_out_new(const char *format, char **why)
{
    struct write_out *w = mem_zalloc(sizeof(*w));
    struct buf text = BUF_INIT;
    const char *p = format;

    while (p && *p) {
        bool header = str_starts(p, "%header{");

        if (header || str_starts(p, "%{")) {
            add_text(w, &text);
            p = add_name(w, strchr(p, '{') + 1, header, why);
        } else {
            p = take_text(&text, p);
        }
    }
    /* A line of one's own is a line: the next record begins another. */
    if (*format && (!text.len || text.data[text.len - 1] != '\n'))
        buf_append_char(&text, '\n');
    add_text(w, &text);
    buf_clear(&text);
    if (p)
        return w;
    write_out_free(w);
    return NULL;
}

void write_out_free(struct write_out *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        free(w->pieces[i].text);
    free(w->pieces);
    free(w);
}

/* Values may come from a server: on a terminal they are shown, not obeyed, and a line
 * break in one begins no line of its own. */
static void append_value(struct buf *out, const struct record *r, const struct piece *p,
                         bool terminal)
{
    struct buf value = BUF_INIT;
    size_t start = out->len;

    p->name->append(terminal ? &value : out, r, p->text);
    str_append_printable(out, value.data, value.len);
    buf_clear(&value);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == '\n' || out->data[i] == '\r')
            out->data[i] = ' ';
}

void record_append_write_out(struct buf *out, const struct record *r,
                             const struct record_options *o)
{
    const struct write_out *w = o->write_out;

    for (size_t i = 0; i < w->n; i++) {
        const struct piece *p = &w->pieces[i];

        if (p->name)
            append_value(out, r, p, o->terminal);
        else
            buf_append(out, p->text, p->len);
    }
}
