#include "gather/expand.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/mask.h"
#include "base/mem.h"
#include "gather/pointer.h"

/* ---- looking up ---- */

static int find_in_result(const struct reference *r, const struct result *result,
                          struct slice *value, struct buf *room)
{
    struct slice header;

    if (result->state != RESULT_GOOD)
        return -ENOENT;
    switch (r->part) {
    case THE_VALUE:
        *value = result_value(result);
        return 0;
    case THE_STATUS:
        buf_append_int(room, result->status);
        break;
    case THE_HEADER:
        if (!headers_get(&result->headers, r->detail, &header))
            return -ENOENT;
        json_append_string(room, header.data, header.len);
        break;
    }
    *value = (struct slice){room->data, room->len};
    return 0;
}

static int find_whole(const struct scope *s, const struct reference *r,
                      struct slice *value, struct buf *room)
{
    const struct variable *v;

    switch (r->source) {
    case FROM_REQUEST:
        if (!s->results)
            return -ENOENT;
        return find_in_result(r, &s->results[r->target], value, room);
    case FROM_VARIABLE:
    case FROM_ENV:
        v = &s->spec->variables[r->target];
        *value = (struct slice){v->json, v->len};
        return 0;
    case FROM_ITEM:
        *value = s->item;
        return s->item.data ? 0 : -ENOENT;
    case FROM_INDEX:
    case FROM_USER:
        buf_append_uint(room, r->source == FROM_USER ? s->user : s->index);
        *value = (struct slice){room->data, room->len};
        return 0;
    case FROM_NAME:
        break;
    }
    return -ENOENT;
}

/* A large answer would be searched once for each item of a list. */
static struct slice *memo_of(const struct scope *s, const struct reference *r)
{
    bool stays = r->source == FROM_REQUEST && r->part == THE_VALUE;

    return s->memo && stays ? &s->memo[r->slot] : NULL;
}

int scope_find(const struct scope *s, const struct reference *r, struct slice *value,
               struct buf *room)
{
    struct slice *memo = memo_of(s, r), whole;
    int e;

    if (memo && memo->data) {
        *value = *memo;
        return 0;
    }
    if ((e = find_whole(s, r, &whole, room)) < 0)
        return e;
    if (r->part == THE_VALUE && r->detail) {
        if (!pointer_find(whole, (struct slice){r->detail, r->detail_len}, &whole))
            return -ENOENT;
    }
    *value = whole;
    if (memo)
        *memo = whole;
    return 0;
}

/* ---- text ---- */

/* A value as text within a string of JSON: what is a string is escaped already. */
static void append_escaped(struct buf *out, struct slice value)
{
    struct buf quoted = BUF_INIT;

    if (json_type(value) == JSON_STRING) {
        buf_append(out, value.data + 1, value.len - 2);
        return;
    }
    json_append_string(&quoted, value.data, value.len);
    buf_append(out, quoted.data + 1, quoted.len - 2);
    buf_clear(&quoted);
}

static int not_there(const struct reference *r, char **why)
{
    struct buf text = BUF_INIT;

    buf_appendf(&text, "{{%s}}: nothing is there", r->text);
    *why = buf_take(&text);
    return -EINVAL;
}

int expand(struct buf *out, const struct template *t, const struct scope *s, char **why)
{
    struct buf room = BUF_INIT;
    struct slice value;
    int r = 0;

    for (size_t i = 0; i < t->count && r == 0; i++) {
        const struct piece *p = &t->pieces[i];

        if (p->kind == PIECE_LITERAL) {
            buf_append(out, p->literal, p->literal_len);
            continue;
        }
        buf_reset(&room);
        if (scope_find(s, &p->reference, &value, &room) < 0)
            r = not_there(&p->reference, why);
        else if (t->json && p->kind == PIECE_VALUE)
            buf_append(out, value.data, value.len);
        else if (t->json)
            append_escaped(out, value);
        else
            json_append_text(out, value);
    }
    buf_clear(&room);
    return r;
}

static bool has_failed(const struct scope *s, const struct reference *r)
{
    return r->source == FROM_REQUEST && s->results[r->target].state != RESULT_GOOD;
}

/* Of a list that failed in parts there are the others. */
static bool find_partial(const struct scope *s, const struct reference *r,
                         struct slice *value)
{
    if (!has_failed(s, r) || r->part != THE_VALUE || r->detail)
        return false;
    *value = result_value(&s->results[r->target]);
    return true;
}

void expand_output(struct buf *out, const struct template *t, const struct scope *s,
                   void (*missing)(const struct reference *r, void *arg), void *arg)
{
    struct buf room = BUF_INIT;
    struct slice value;

    for (size_t i = 0; i < t->count; i++) {
        const struct piece *p = &t->pieces[i];
        const struct reference *r = &p->reference;

        if (p->kind == PIECE_LITERAL) {
            buf_append(out, p->literal, p->literal_len);
            continue;
        }
        buf_reset(&room);
        if (scope_find(s, r, &value, &room) < 0 && !find_partial(s, r, &value)) {
            value = SLICE("null");
            if (!has_failed(s, r))
                missing(r, arg);
            if (p->kind == PIECE_TEXT)
                continue;
        }
        if (p->kind == PIECE_VALUE)
            buf_append(out, value.data, value.len);
        else
            append_escaped(out, value);
    }
    buf_clear(&room);
}

int expand_header(struct buf *out, const struct template *t, const struct scope *s,
                  char **why)
{
    int r = expand(out, t, s, why);

    if (r == 0 && out->len &&
        (memchr(out->data, '\r', out->len) || memchr(out->data, '\n', out->len) ||
         memchr(out->data, '\0', out->len))) {
        *why = mem_strdup("its value holds a line break or a NUL");
        r = -EINVAL;
    }
    return r;
}

/* ---- for people ---- */

/* The # of a pointer begins no fragment: where the text is to be read as a URL, `hash`
 * stands for it. */
static void append_reference(struct buf *out, const struct reference *r, char hash)
{
    buf_append_str(out, "{{");
    for (const char *c = r->text; *c; c++)
        buf_append_char(out, *c == '#' ? hash : *c);
    buf_append_str(out, "}}");
}

static void show(struct buf *out, const struct template *t, const struct spec *s,
                 char hash)
{
    struct scope scope = {.spec = s};

    for (size_t i = 0; i < t->count; i++) {
        const struct piece *p = &t->pieces[i];
        const struct reference *r = &p->reference;
        bool known = r->source == FROM_VARIABLE || r->source == FROM_ENV;
        struct slice value;
        struct buf room = BUF_INIT;

        if (p->kind == PIECE_LITERAL)
            buf_append(out, p->literal, p->literal_len);
        else if (known && s->variables[r->target].secret)
            buf_append_str(out, MASK);
        else if (known && scope_find(&scope, r, &value, &room) == 0)
            json_append_text(out, value);
        else
            append_reference(out, r, hash);
        buf_clear(&room);
    }
}

void expand_show(struct buf *out, const struct template *t, const struct spec *s)
{
    show(out, t, s, '#');
}

void expand_show_url(struct buf *out, const struct template *t, const struct spec *s)
{
    enum { HASH = 1 }; /* no URL has that byte */
    struct buf url = BUF_INIT;
    size_t start = out->len;

    buf_append_str(&url, "");
    show(&url, t, s, HASH);
    mask_append_url(out, url.data);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == HASH)
            out->data[i] = '#';
    buf_clear(&url);
}
