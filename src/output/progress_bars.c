/* The lines of the files in flight, in columns that stand still while numbers change.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/progress_text.h"

enum { PERCENT = 1, BAR = 2, RATE = 4, ETA = 8, SIZES = 16 };

/* The least that a bar and, beside most parts, a name are worth. */
enum { BAR_MIN = 10, BAR_MAX = 40, NAME_MIN = 12 };

/* From the most important on; each with what it takes, the space before it included,
 * and the columns that it must leave to the name. */
static const struct {
    unsigned part;
    size_t columns, leave;
} parts[] = {
    {PERCENT, 2 + 4, NAME_MIN / 2},   /* "100%" */
    {BAR, 1 + 2 + BAR_MIN, NAME_MIN}, /* "[###.......]" */
    {RATE, 2 + 8, NAME_MIN},          /* "999 kB/s" */
    {ETA, 2 + 8, NAME_MIN},           /* "eta 99 m" */
    {SIZES, 2 + 6 + 1 + 6, NAME_MIN}, /* "1.2 GB/2.8 GB" */
};

struct layout {
    unsigned parts;
    size_t name, bar; /* columns; of what is between the brackets */
};

static struct layout lay_out(size_t columns)
{
    struct layout l = {.name = columns};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (l.name < parts[i].columns + parts[i].leave)
            break;
        l.parts |= parts[i].part;
        l.name -= parts[i].columns;
    }
    if (l.parts & BAR) {
        size_t more = (l.name - NAME_MIN) / 2;

        more = more < BAR_MAX - BAR_MIN ? more : BAR_MAX - BAR_MIN;
        l.bar = BAR_MIN + more;
        l.name -= more;
    }
    return l;
}

/* ---- one line ---- */

static void pad(struct buf *out, size_t n)
{
    while (n--)
        buf_append_char(out, ' ');
}

/* The text of one part at the right of its columns. Empties it. */
static void append_right(struct buf *out, struct buf *text, size_t columns)
{
    pad(out, columns > text->len ? columns - text->len : 0);
    buf_append(out, text->data, text->len);
    buf_reset(text);
}

/* How much of it is there, in parts of n; its size is known. */
static int share(const struct progress_bar *b, int n)
{
    if (b->bytes >= b->size)
        return n;
    return b->bytes > 0 ? (int)((double)b->bytes * n / (double)b->size) : 0;
}

static int64_t not_negative(int64_t n)
{
    return n > 0 ? n : 0;
}

static void append_bar(struct buf *out, const struct progress_bar *b, size_t columns)
{
    int n = (int)columns, full = b->size < 0 ? 0 : share(b, n);

    buf_append_str(out, " [");
    for (int i = 0; i < n; i++)
        buf_append_char(out, b->size < 0 ? ' ' : i < full ? '#' : '.');
    buf_append_char(out, ']');
}

static void append_sizes(struct buf *text, const struct progress_bar *b)
{
    str_append_size(text, not_negative(b->bytes));
    if (b->size >= 0) {
        buf_append_char(text, '/');
        str_append_size(text, b->size);
    }
}

/* Without digits that jump: "48 s", "12 m", "30 h", "9 d". */
static void append_eta(struct buf *out, double seconds)
{
    static const struct {
        double seconds;
        char unit;
    } units[] = {{1, 's'}, {60, 'm'}, {3600, 'h'}, {86400, 'd'}};

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        double n = seconds / units[i].seconds;

        if (n < 99.5) {
            buf_appendf(out, "eta %.0f %c", n, units[i].unit);
            return;
        }
    }
}

static void append_speed(struct buf *out, struct buf *text,
                         const struct progress_bar *b, unsigned wanted)
{
    bool sane = b->rate > 0 && b->rate < 9e18; /* no NaN */

    if (wanted & RATE) {
        str_append_size(text, sane ? (int64_t)b->rate : 0);
        buf_append_str(text, "/s");
        append_right(out, text, 2 + 8);
    }
    if (wanted & ETA && sane && b->size > b->bytes) {
        buf_append_str(out, "  ");
        append_eta(out, (double)(b->size - not_negative(b->bytes)) / b->rate);
    }
}

static void append_line(struct buf *out, struct buf *text, const struct progress_bar *b,
                        const struct layout *l)
{
    size_t name = progress_append_name(out, slice_str(b->name), l->name);

    pad(out, l->name - name);
    if (l->parts & PERCENT) {
        if (b->size >= 0)
            buf_appendf(text, "%d%%", share(b, 100));
        append_right(out, text, 2 + 4);
    }
    if (l->parts & BAR && b->size < 0 && !(l->parts & SIZES)) {
        append_sizes(text, b); /* the one thing that can be told */
        append_right(out, text, l->bar + 3);
    } else if (l->parts & BAR) {
        append_bar(out, b, l->bar);
    }
    if (l->parts & SIZES) {
        append_sizes(text, b);
        append_right(out, text, 2 + 13);
    }
    append_speed(out, text, b, l->parts);
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    buf_append_char(out, '\n');
}

/* ---- which ones ---- */

static int64_t weight(const struct progress_bar *b)
{
    return b->size > b->bytes ? b->size : b->bytes;
}

static int larger_first(const void *a, const void *b)
{
    const struct progress_bar *x = *(const struct progress_bar *const *)a;
    const struct progress_bar *y = *(const struct progress_bar *const *)b;
    int64_t left = weight(x), right = weight(y);

    return left != right ? (left < right ? 1 : -1) : (x > y) - (x < y);
}

static int in_order(const void *a, const void *b)
{
    const struct progress_bar *x = *(const struct progress_bar *const *)a;
    const struct progress_bar *y = *(const struct progress_bar *const *)b;

    return (x > y) - (x < y);
}

/* The largest are what the run will wait for, and they stay: others would come and go
 * faster than can be read. They keep their order. The caller frees. */
static const struct progress_bar **choose(const struct progress_now *now, size_t n)
{
    const struct progress_bar **chosen =
        mem_reallocarray(NULL, now->bar_count, sizeof(*chosen));

    for (size_t i = 0; i < now->bar_count; i++)
        chosen[i] = &now->bars[i];
    if (n < now->bar_count) {
        qsort(chosen, now->bar_count, sizeof(*chosen), larger_first);
        qsort(chosen, n, sizeof(*chosen), in_order);
    }
    return chosen;
}

static void append_more(struct buf *out, size_t n, size_t columns)
{
    struct buf text = BUF_INIT;

    buf_appendf(&text, "and %zu more", n);
    if (text.len <= columns)
        buf_append(out, text.data, text.len);
    buf_append_char(out, '\n');
    buf_clear(&text);
}

void progress_append_bars(struct buf *out, const struct progress_now *now,
                          size_t columns, size_t lines)
{
    size_t n = now->bar_count <= lines ? now->bar_count : lines - (lines > 1);
    struct layout l = lay_out(columns);
    const struct progress_bar **bars;
    struct buf text = BUF_INIT;
    size_t longest = 0;

    if (!now->bar_count)
        return;
    bars = choose(now, n);
    for (size_t i = 0; i < n; i++) {
        size_t name = progress_name_columns(slice_str(bars[i]->name));

        longest = longest > name ? longest : name;
    }
    l.name = l.name < longest ? l.name : longest;
    for (size_t i = 0; i < n; i++)
        append_line(out, &text, bars[i], &l);
    if (n < now->bar_count && n < lines)
        append_more(out, now->bar_count - n, columns);
    buf_clear(&text);
    free(bars);
}
