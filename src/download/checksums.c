#include "download/checksums.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "download/sum_line.h"

/* One digest of a name. The first of a name has the name behind its digest, and is the
 * map's value; those of other kinds hang on it. So an entry is no larger than it must
 * be, and its name stays where it is. */
struct sum {
    struct sum *next;
    uint8_t kind;
    uint8_t data[];
};

struct checksums {
    struct map names;
};

enum place { SUMS, ARMOUR_HEAD, SIGNATURE };

/* ---- names ---- */

static const char *skip_here(const char *name)
{
    while (str_starts(name, "./"))
        name += 2;
    return name;
}

/* Whether it lies in the folder and is spelled plainly: no part "", "." or "..". */
static bool is_inside(const char *name)
{
    struct slice rest = slice_str(name), part;

    while (slice_next(&rest, '/', &part))
        if (!part.len || slice_eq(part, ".") || slice_eq(part, ".."))
            return false;
    return *name && name[strlen(name) - 1] != '/';
}

/* ---- the list ---- */

static size_t size_of(const struct sum *s)
{
    return digest_size((enum digest_kind)s->kind);
}

static const char *name_of(const struct sum *first)
{
    return (const char *)first->data + size_of(first);
}

static struct sum *sum_new(const struct sum_line *l, const char *name)
{
    size_t size = digest_size(l->kind), room = name ? strlen(name) + 1 : 0;
    struct sum *s = mem_alloc(sizeof(*s) + size + room);

    s->next = NULL;
    s->kind = (uint8_t)l->kind;
    memcpy(s->data, l->bytes, size);
    if (name)
        memcpy(s->data + size, name, room);
    return s;
}

static const struct sum *of_kind(const struct sum *s, enum digest_kind kind)
{
    while (s && s->kind != kind)
        s = s->next;
    return s;
}

static int store(struct checksums *c, const struct sum_line *l, struct buf *why)
{
    const char *name = skip_here(l->name.data);
    struct sum *first = map_get(&c->names, name), *s;
    const struct sum *same = of_kind(first, l->kind);

    if (same && memcmp(same->data, l->bytes, size_of(same)) != 0) {
        buf_appendf(why, "another %s than before for the same name",
                    digest_name(l->kind));
        sum_line_quote(why, slice_str(name));
        return -EINVAL;
    }
    if (same)
        return 0;
    s = sum_new(l, first ? NULL : name);
    if (first) {
        s->next = first->next;
        first->next = s;
    } else {
        map_set(&c->names, name_of(s), s);
    }
    return 0;
}

struct checksums *checksums_new(void)
{
    return mem_zalloc(sizeof(struct checksums));
}

void checksums_free(struct checksums *c)
{
    struct sum *s, *next;
    size_t pos = 0;

    if (!c)
        return;
    while ((s = map_next(&c->names, &pos)))
        for (; s; s = next) {
            next = s->next;
            free(s);
        }
    map_clear(&c->names);
    free(c);
}

size_t checksums_count(const struct checksums *c)
{
    return c->names.count;
}

/* ---- reading ---- */

static int read_sum(struct checksums *c, struct slice line, struct buf *why)
{
    struct sum_line l = {0};
    int r = sum_line_read(&l, line, why);

    if (!r && !*skip_here(l.name.data)) {
        buf_append_str(why, "a checksum of the folder itself");
        r = -EINVAL;
    }
    if (!r)
        r = store(c, &l, why);
    sum_line_clear(&l);
    return r;
}

/* Of a signed text: a head that ends with a blank line, the text, the signature. */
static int read_armour(enum place *place, struct slice text, struct buf *why)
{
    if (*place == SIGNATURE) {
        if (slice_eq(text, "-----END PGP SIGNATURE-----"))
            *place = SUMS;
    } else if (!text.len) {
        *place = SUMS;
    } else if (!sum_line_is_field(text)) {
        buf_append_str(why,
                       "not of the head of a signed text, which a blank line ends");
        sum_line_quote(why, text);
        return -EINVAL;
    }
    return 0;
}

static int read_line(struct checksums *c, enum place *place, struct slice line,
                     struct buf *why)
{
    struct slice text = slice_trim(line);

    if (*place != SUMS)
        return read_armour(place, text, why);
    if (slice_eq(text, "-----BEGIN PGP SIGNED MESSAGE-----"))
        *place = ARMOUR_HEAD;
    else if (slice_eq(text, "-----BEGIN PGP SIGNATURE-----"))
        *place = SIGNATURE;
    else if (text.len && line.data[0] != '#')
        return read_sum(c, line, why);
    return 0;
}

static struct slice skip_bom(struct slice text)
{
    bool bom = text.len >= 3 && !memcmp(text.data, "\xef\xbb\xbf", 3);

    return bom ? (struct slice){text.data + 3, text.len - 3} : text;
}

int checksums_add(struct checksums *c, struct slice text, struct buf *why)
{
    struct slice rest = skip_bom(text), line;
    struct buf what = BUF_INIT;
    enum place place = SUMS;
    size_t number = 0;
    int r = 0;

    while (!r && slice_next(&rest, '\n', &line)) {
        number++;
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
        r = read_line(c, &place, line, &what);
    }
    if (!r && place != SUMS) {
        buf_append_str(&what, "the text ends inside its signature, or the head of one");
        r = -EINVAL;
    }
    if (r)
        buf_appendf(why, "line %zu: %s", number, what.data);
    buf_clear(&what);
    return r;
}

/* ---- looking up ---- */

static bool look_up(const struct checksums *c, const char *name,
                    struct expected *expected, const char **spelling)
{
    const struct sum *first = is_inside(name) ? map_get(&c->names, name) : NULL;

    if (!first)
        return false;
    *expected = (struct expected){0};
    for (const struct sum *s = first; s; s = s->next) {
        expected->kinds |= 1u << s->kind;
        memcpy(expected->bytes[s->kind], s->data, size_of(s));
    }
    *spelling = name_of(first);
    return true;
}

bool checksums_by_name(const struct checksums *c, const char *name,
                       struct expected *expected)
{
    const char *spelling;

    return look_up(c, skip_here(name), expected, &spelling);
}

bool checksums_by_path(const struct checksums *c, const char *path,
                       struct expected *expected, const char **name)
{
    const char *slash;

    while (!look_up(c, path, expected, name)) {
        slash = strchr(path, '/');
        if (!slash)
            return false;
        path = slash + 1;
    }
    return true;
}
