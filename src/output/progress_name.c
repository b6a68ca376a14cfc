/* Names of files in columns of a terminal: a wide character takes two, one that
 * combines with the one before it none. */
#include <wchar.h>

#include "base/utf8.h"
#include "output/progress_text.h"

static const struct slice DOTS = {"...", 3};

/* wcwidth goes by the locale, which main sets; what it does not know takes one. */
static size_t take_character(struct slice *text, size_t *columns)
{
    uint32_t cp = 0;
    size_t n = utf8_decode(text->data, text->len, &cp);
    int width = n > 1 ? wcwidth((wchar_t)cp) : 1;

    n += !n;
    text->data += n;
    text->len -= n;
    *columns = width < 0 ? 1 : (size_t)width;
    return n;
}

static size_t columns_of(struct slice text)
{
    size_t sum = 0, columns;

    while (text.len) {
        take_character(&text, &columns);
        sum += columns;
    }
    return sum;
}

/* As much of the beginning as `most` columns take, with what combines with its end. */
static struct slice head_of(struct slice text, size_t most)
{
    struct slice head = {text.data, 0};
    size_t columns;

    while (text.len) {
        size_t n = take_character(&text, &columns);

        if (columns > most)
            break;
        most -= columns;
        head.len += n;
    }
    return head;
}

/* As much of the end as `most` columns take; what would combine with the dots before it
 * is left out. */
static struct slice tail_of(struct slice text, size_t most)
{
    size_t sum = columns_of(text), columns = 1;

    while (text.len) {
        struct slice rest = text;

        take_character(&rest, &columns);
        if (sum <= most && columns)
            break;
        sum -= columns;
        text = rest;
    }
    return text;
}

static size_t append(struct buf *out, struct slice text)
{
    buf_append(out, text.data, text.len);
    return columns_of(text);
}

size_t progress_append_name(struct buf *out, struct slice name, size_t columns)
{
    struct buf text = BUF_INIT;
    struct slice all;
    size_t used;

    str_append_printable(&text, name.data, name.len);
    all = (struct slice){text.data, text.len};
    if (columns_of(all) <= columns) {
        used = append(out, all);
    } else if (columns < DOTS.len + 2) {
        used = append(out, head_of(all, columns));
    } else {
        used = append(out, head_of(all, (columns - DOTS.len + 1) / 2));
        used += append(out, DOTS);
        used += append(out, tail_of(all, (columns - DOTS.len) / 2));
    }
    buf_clear(&text);
    return used;
}

size_t progress_name_columns(struct slice name)
{
    struct buf text = BUF_INIT;
    size_t n;

    str_append_printable(&text, name.data, name.len);
    n = columns_of((struct slice){text.data, text.len});
    buf_clear(&text);
    return n;
}
