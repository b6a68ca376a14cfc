#include "gather/timeline.h"

#include <string.h>

enum { NAME_WIDTH = 18, BAR_WIDTH = 32 };

/* The name in so many columns: what is longer is cut, what is not ASCII may be off. */
static void append_name(struct buf *out, const char *name)
{
    struct buf clean = BUF_INIT;
    size_t n;

    str_append_printable(&clean, name, strlen(name));
    n = clean.len < NAME_WIDTH ? clean.len : NAME_WIDTH;
    while (n && (clean.data[n] & 0xc0) == 0x80) /* not within a character */
        n--;
    buf_append(out, clean.data, n);
    for (; n < NAME_WIDTH; n++)
        buf_append_char(out, ' ');
    buf_clear(&clean);
}

static void append_bar(struct buf *out, double from, double to, double whole)
{
    int first = (int)(from / whole * BAR_WIDTH), last = (int)(to / whole * BAR_WIDTH);

    if (first >= BAR_WIDTH)
        first = BAR_WIDTH - 1;
    if (last <= first)
        last = first + 1;
    buf_append_str(out, " |");
    for (int i = 0; i < BAR_WIDTH; i++)
        buf_append_char(out, i >= first && i < last ? '=' : ' ');
    buf_append_str(out, "| ");
}

static void append_outcome(struct buf *out, const struct node *n)
{
    const struct result *r = n->result;

    if (n->requests > 1)
        buf_appendf(out, "  %u requests", n->requests);
    if (n->failure_count)
        buf_appendf(out, "  %s", http_error_name(n->failures[0].failure.error));
    else if (r->status)
        buf_appendf(out, "  %d", r->status);
}

static void append_node(struct buf *out, const struct node *n, double began,
                        double whole)
{
    double from = n->began - began, to = n->ended - began;

    append_name(out, n->rq->name);
    if (n->began > 0) {
        append_bar(out, from, to, whole);
        str_append_duration(out, from);
        buf_append_str(out, " - ");
        str_append_duration(out, to);
    } else {
        append_bar(out, 0, 0, whole);
        out->data[out->len - 2 - BAR_WIDTH] = ' ';
        buf_append_str(out, "not sent");
    }
    append_outcome(out, n);
    buf_append_char(out, '\n');
}

void timeline_append(struct buf *out, const struct play *p, double began)
{
    size_t count = p->setup->spec->request_count;
    double whole = 1e-6;

    for (size_t i = 0; i < count; i++)
        if (p->nodes[i].began > 0 && p->nodes[i].ended - began > whole)
            whole = p->nodes[i].ended - began;
    for (size_t i = 0; i < count; i++)
        append_node(out, &p->nodes[i], began, whole);
}
