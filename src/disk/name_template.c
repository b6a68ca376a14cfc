#include "disk/name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "base/url.h"

/* What the fields of a template are made of. */
struct subject {
    const char *url;
    char *effective; /* NULL: it is no URL */
    struct slice path, query;
    uint64_t index;
};

static void subject_init(struct subject *s, const char *url, uint64_t index)
{
    char *text = url_effective(url);
    const char *path = text ? strstr(text, "://") + 3 : "";
    size_t n;

    path += strcspn(path, "/?");
    n = strcspn(path, "?");
    *s = (struct subject){.url = url, .effective = text, .path = {path, n}};
    s->query = slice_str(path + n + (path[n] == '?'));
    s->index = index;
}

static void subject_clear(struct subject *s)
{
    free(s->effective);
}

static void append_basename(struct buf *out, const struct subject *s)
{
    const char *slash = memrchr(s->path.data, '/', s->path.len);
    const char *end = s->path.data + s->path.len, *base = slash ? slash + 1 : end;
    struct buf text = BUF_INIT;

    percent_decode(&text, (struct slice){base, (size_t)(end - base)});
    name_append_part(out, (struct slice){text.data, text.len});
    buf_clear(&text);
}

char *name_from_url(const char *url)
{
    struct subject s;
    struct buf out = BUF_INIT;

    subject_init(&s, url, 0);
    append_basename(&out, &s);
    subject_clear(&s);
    return buf_take(&out);
}

/* --- fields ----------------------------------------------------------------------- */

static void unpart(struct buf *out, size_t at)
{
    for (; at < out->len; at++)
        if (out->data[at] == '/')
            out->data[at] = '_';
}

static void append_host(struct buf *out, const struct subject *s)
{
    struct origin origin;
    const char *why, *host;
    char *usual;

    if (url_origin(s->url, &origin, &why))
        return;
    usual = strrchr(origin.text, ':');
    if (!strcmp(usual, origin.secure ? ":443" : ":80"))
        *usual = '\0';
    host = strstr(origin.text, "://") + 3;
    for (; *host; host++)
        if (*host != '[' && *host != ']')
            buf_append_char(out, *host == ':' ? '_' : *host);
    origin_clear(&origin);
}

/* A "/" that was encoded parts nothing. */
static void append_path(struct buf *out, const struct subject *s)
{
    struct slice rest = s->path, part;

    while (slice_next(&rest, '/', &part)) {
        size_t at = out->len;

        percent_decode(out, part);
        unpart(out, at);
        if (part.data + part.len < s->path.data + s->path.len)
            buf_append_char(out, '/');
    }
}

char *name_path_as_is(const char *url)
{
    struct subject s;
    struct buf text = BUF_INIT;

    subject_init(&s, url, 0);
    append_path(&text, &s);
    subject_clear(&s);
    if (text.len && memchr(text.data, '\0', text.len))
        buf_reset(&text);
    return buf_take(&text);
}

static void append_index(struct buf *out, const struct subject *s)
{
    buf_append_uint(out, s->index);
}

static void append_query(struct buf *out, const struct subject *s)
{
    percent_decode(out, s->query);
}

struct field {
    const char *name;
    void (*append)(struct buf *out, const struct subject *s);
    bool parts; /* its "/" are the name's */
};

static const struct field fields[] = {
    {"host", append_host, false},         {"path", append_path, true},
    {"basename", append_basename, false}, {"index", append_index, false},
    {"query", append_query, false},
};

static const struct field *field_of(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (slice_eq(name, fields[i].name))
            return &fields[i];
    return NULL;
}

/* --- templates -------------------------------------------------------------------- */

/* The field that begins at the "{" at *template, which moves behind its "}". */
static const struct field *next_field(const char **template, const char **why)
{
    const char *name = *template + 1, *end = strchr(name, '}');
    const struct field *field = NULL;

    if (!end)
        *why = "a \"{\" has no \"}\" (the character itself is written \"{{\")";
    else if (!(field = field_of((struct slice){name, (size_t)(end - name)})))
        *why = "no such field: there are {host}, {path}, {basename}, {index}, {query}";
    else
        *template = end + 1;
    return field;
}

/* With nothing to put into the fields they are only looked at. */
static bool expand(struct buf *out, const char *template, const struct subject *s,
                   const char **why)
{
    while (*template) {
        size_t text = strcspn(template, "{"), at;
        const struct field *field;

        buf_append(out, template, text);
        template += text;
        if (str_starts(template, "{{")) {
            buf_append_char(out, '{');
            template += 2;
        } else if (*template) {
            if (!(field = next_field(&template, why)))
                return false;
            at = out->len;
            if (s)
                field->append(out, s);
            if (!field->parts)
                unpart(out, at);
        }
    }
    return true;
}

char *name_expand(const char *template, const char *url, uint64_t index,
                  const char **why)
{
    struct subject s = {0};
    struct buf text = BUF_INIT, out = BUF_INIT;
    bool fine;

    if (url)
        subject_init(&s, url, index);
    fine = expand(&text, template, url ? &s : NULL, why);
    if (text.len && text.data[text.len - 1] == '/')
        buf_append_str(&text, "index.html");
    if (fine && url)
        name_append_path(&out, (struct slice){text.data, text.len});
    buf_clear(&text);
    subject_clear(&s);
    return fine ? buf_take(&out) : NULL;
}
