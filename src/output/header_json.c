/* %{header_json}: the headers of a response by name. */
#include <stdlib.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "output/write_out_names.h"

/* A name, and the list of its values as it grows. */
struct header {
    char *name;
    struct buf values;
};

/* In the order in which they came first, and by name: a server may send tens of
 * thousands, too many to look through for each. */
struct by_name {
    struct header **headers;
    size_t n, cap;
    struct map map;
};

static char *lower_name(struct slice name)
{
    char *lower = slice_dup(name);

    for (size_t i = 0; i < name.len; i++)
        lower[i] = char_lower(lower[i]);
    return lower;
}

static struct header *add_name(struct by_name *all, char *name_taken)
{
    struct header *h = mem_zalloc(sizeof(*h));

    h->name = name_taken;
    if (all->n == all->cap) {
        all->cap = all->cap ? 2 * all->cap : 16;
        all->headers =
            mem_reallocarray(all->headers, all->cap, sizeof(struct header *));
    }
    all->headers[all->n++] = h;
    map_set(&all->map, h->name, h);
    return h;
}

static void add_value(struct by_name *all, struct slice name, struct slice value)
{
    char *lower = lower_name(name);
    struct header *h = map_get(&all->map, lower);

    if (h)
        free(lower);
    else
        h = add_name(all, lower);
    buf_append_char(&h->values, h->values.len ? ',' : '[');
    json_append_string(&h->values, value.data, value.len);
}

static void append_header(struct buf *out, const struct header *h)
{
    json_append_cstr(out, h->name);
    buf_append_char(out, ':');
    buf_append(out, h->values.data, h->values.len);
    buf_append_char(out, ']');
}

void header_json_append(struct buf *out, const struct headers *h)
{
    struct by_name all = {0};
    struct slice name, value;
    size_t pos = 0;

    map_init(&all.map);
    while (headers_next(h, &pos, &name, &value))
        add_value(&all, name, value);
    buf_append_char(out, '{');
    for (size_t i = 0; i < all.n; i++) {
        if (i)
            buf_append_char(out, ',');
        append_header(out, all.headers[i]);
        free(all.headers[i]->name);
        buf_clear(&all.headers[i]->values);
        free(all.headers[i]);
    }
    buf_append_char(out, '}');
    free(all.headers);
    map_clear(&all.map);
}
