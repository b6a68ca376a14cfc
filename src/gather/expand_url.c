/* URLs: what a value may change of them, and what not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/percent.h"
#include "gather/expand.h"

/* Where a value stands in the URL. */
struct spot {
    size_t from, to;
    const struct reference *reference;
    const struct reference
        *captured; /* the result it is from; NULL: not from a server */
};

struct spots {
    struct spot *list;
    size_t count;
};

static int wrong(char **why, const struct reference *r, const char *text)
{
    struct buf out = BUF_INIT;

    if (r)
        buf_appendf(&out, "{{%s}}: ", r->text);
    buf_append_str(&out, text);
    *why = buf_take(&out);
    return -EINVAL;
}

static const struct reference *captured_by(const struct scope *s,
                                           const struct reference *r)
{
    if (r->source == FROM_REQUEST)
        return r;
    return r->source == FROM_ITEM ? s->item_from : NULL;
}

/* ---- parts of a URL ---- */

/* One slash is enough for libcurl. */
static size_t authority_begin(struct slice url)
{
    size_t n = 0;

    while (n < url.len && !strchr(":/?#", url.data[n]))
        n++;
    if (url.len - n < 2 || memcmp(url.data + n, ":/", 2))
        return 0; /* without a scheme */
    n += 2;
    return n < url.len && url.data[n] == '/' ? n + 1 : n;
}

static size_t authority_end(struct slice url)
{
    size_t n = authority_begin(url);

    while (n < url.len && !strchr("/?#", url.data[n]))
        n++;
    return n;
}

/* The end of the host, in front of a port and of the dot that no name needs. */
static size_t host_end(struct slice url)
{
    size_t end = authority_end(url), n = end;

    while (n > 0 && char_is_digit(url.data[n - 1]))
        n--;
    if (n > 0 && url.data[n - 1] == ':')
        end = n - 1;
    while (end > 0 && url.data[end - 1] == '.')
        end--;
    return end;
}

static size_t path_end(struct slice url)
{
    size_t n = 0;

    while (n < url.len && url.data[n] != '?' && url.data[n] != '#')
        n++;
    return n;
}

/* Whether a value that ends the host, or is the port, leads elsewhere. */
static bool leads(struct slice url, const struct spot *spot)
{
    size_t end = authority_end(url);

    return spot->from < end && spot->to >= host_end(url);
}

/* Whether the segment that has the value is "." or "..", in any spelling: it would be
 * another path. */
static bool is_dots(struct slice url, const struct spot *spot)
{
    size_t from = spot->from, to = spot->to, end = path_end(url);
    struct buf segment = BUF_INIT;
    struct slice plain;
    bool dots;

    if (from >= end || from < authority_end(url))
        return false;
    while (from > 0 && url.data[from - 1] != '/')
        from--;
    while (to < end && url.data[to] != '/')
        to++;
    percent_decode(&segment, (struct slice){url.data + from, to - from});
    plain = (struct slice){segment.data, segment.len};
    dots = slice_eq(plain, ".") || slice_eq(plain, "..");
    buf_clear(&segment);
    return dots;
}

/* ---- expanding ---- */

/* A variable is the author's word: up to the end of the host it stands as it is, with
 * its colon and slashes. */
static bool as_it_is(const struct buf *out, size_t start, const struct spot *spot)
{
    struct slice url = {out->data + start, out->len - start};

    return spot->from == 0 || (!spot->captured && authority_end(url) == url.len &&
                               authority_begin(url) > 0);
}

static int append_value(struct buf *out, size_t start, const struct scope *s,
                        struct spot *spot, char **why)
{
    struct buf room = BUF_INIT, text = BUF_INIT;
    struct slice value;
    int r = 0;

    if (scope_find(s, spot->reference, &value, &room) < 0) {
        r = wrong(why, spot->reference, "nothing is there");
        goto out;
    }
    json_append_text(&text, value);
    spot->from = out->len - start;
    if (as_it_is(out, start, spot))
        buf_append(out, text.data, text.len);
    else
        percent_encode(out, (struct slice){text.data, text.len});
    spot->to = out->len - start;
out:
    buf_clear(&text);
    buf_clear(&room);
    return r;
}

static int append_pieces(struct buf *out, const struct template *t,
                         const struct scope *s, struct spots *spots, char **why)
{
    size_t start = out->len;

    buf_append_str(out, ""); /* there are bytes to point to */
    for (size_t i = 0; i < t->count; i++) {
        const struct piece *p = &t->pieces[i];
        struct spot *spot = &spots->list[spots->count];
        int r;

        if (p->kind == PIECE_LITERAL) {
            buf_append(out, p->literal, p->literal_len);
            continue;
        }
        spot->reference = &p->reference;
        spot->captured = captured_by(s, &p->reference);
        spots->count++;
        if ((r = append_value(out, start, s, spot, why)) < 0)
            return r;
    }
    return 0;
}

static bool is_absolute(struct slice url)
{
    size_t n = authority_begin(url);

    return slice_eq_nocase((struct slice){url.data, n}, "http://") ||
           slice_eq_nocase((struct slice){url.data, n}, "https://");
}

static int check_spots(struct slice url, const struct spots *spots,
                       const struct reference **captured, char **why)
{
    size_t begin = authority_begin(url);

    if (memchr(url.data, '\0', url.len))
        return wrong(why, NULL, "the URL holds a NUL");
    /* libcurl would look for the host behind the next slash. */
    if (spots->count && begin && begin == authority_end(url))
        return wrong(why, spots->list[0].reference, "the URL has no host");
    for (size_t i = 0; i < spots->count; i++) {
        const struct spot *spot = &spots->list[i];
        bool first = spot->from == 0;

        if (!first && is_dots(url, spot))
            return wrong(why, spot->reference,
                         "it would make . or .. of a part of the path");
        if (!spot->captured)
            continue;
        if (first && !is_absolute(url))
            return wrong(why, spot->reference, "it is no URL with http:// or https://");
        if (first || leads(url, spot))
            *captured = spot->captured;
    }
    return 0;
}

int expand_url(struct buf *out, const struct template *t, const struct scope *s,
               const struct reference **captured, char **why)
{
    struct spots spots = {0};
    size_t start = out->len;
    int r;

    *captured = NULL;
    spots.list = mem_reallocarray(NULL, t->count + 1, sizeof(*spots.list));
    r = append_pieces(out, t, s, &spots, why);
    if (r == 0)
        r = check_spots((struct slice){out->data + start, out->len - start}, &spots,
                        captured, why);
    free(spots.list);
    return r;
}
