#include "crawl/save_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "disk/digest.h"
#include "disk/name.h"

enum { KEY_BYTES = 16, HASH_BYTES = 8 };

/* --- one part --------------------------------------------------------------------- */

/* What is another character when it is encoded: the reserved (RFC 3986, 2.2), and those
 * that mean something here. */
static bool stays_encoded(unsigned char c)
{
    return c < ' ' || c == 0x7f || strchr(":/?#[]@!$&'()*+,;=%^\\", c);
}

/* Plain ones that cannot stay, though most of them are in no normal URL. */
static bool is_forbidden(unsigned char c)
{
    return c < ' ' || c == 0x7f || strchr("/^\\", c);
}

static void append_encoded(struct buf *out, unsigned char c)
{
    buf_appendf(out, "%%%02X", c);
}

static void append_text(struct buf *out, struct slice raw)
{
    while (raw.len) {
        int byte = percent_byte(raw);
        unsigned char c = byte < 0 ? (unsigned char)raw.data[0] : (unsigned char)byte;
        size_t n = byte < 0 ? 1 : 3;

        if (byte < 0 ? is_forbidden(c) : stays_encoded(c))
            append_encoded(out, c);
        else
            buf_append_char(out, (char)c);
        raw.data += n;
        raw.len -= n;
    }
}

/* Of a folder; "//" has one between its slashes, too. */
static void append_folder(struct buf *out, struct slice raw)
{
    struct buf text = BUF_INIT;

    append_text(&text, raw);
    name_append_part(out, text.len ? (struct slice){text.data, text.len} : SLICE("_"));
    buf_append_char(out, '/');
    buf_clear(&text);
}

/* --- extensions ------------------------------------------------------------------- */

/* The first is given to what has none of them. */
static const struct {
    const char *type, *extensions[4];
} types[] = {
    {"text/html", {".html", ".htm"}},
    {"application/xhtml+xml", {".xhtml", ".xht", ".html", ".htm"}},
    {"text/css", {".css"}},
    {"text/javascript", {".js", ".mjs"}},
    {"application/javascript", {".js", ".mjs"}},
    {"application/x-javascript", {".js", ".mjs"}},
    {"image/svg+xml", {".svg"}},
};

static bool ends_in(const struct buf *text, const char *suffix)
{
    size_t n = strlen(suffix);

    return text->len > n &&
           slice_eq_nocase((struct slice){text->data + text->len - n, n}, suffix);
}

static void append_extension(struct buf *text, struct slice type)
{
    struct slice name;

    if (!slice_next(&type, ';', &name))
        return;
    name = slice_trim(name);
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        const char *const *e = types[i].extensions;

        if (!slice_eq_nocase(name, types[i].type))
            continue;
        for (size_t j = 0; j < ARRAY_LEN(types[i].extensions) && e[j]; j++)
            if (ends_in(text, e[j]))
                return;
        buf_append_str(text, e[0]);
    }
}

/* --- whole names ------------------------------------------------------------------ */

struct parts {
    struct slice origin;  /* "http://h:8080" */
    struct slice folders; /* "/a/b/" */
    struct slice last;    /* may be empty */
    const char *query;    /* NULL: none */
    size_t query_length;
};

static struct parts part(const char *url)
{
    const char *scheme = strstr(url, "://"), *path = scheme ? scheme + 3 : url, *query;
    size_t n, folders;

    path += strcspn(path, "/?#");
    n = strcspn(path, "?#");
    query = path[n] == '?' ? path + n + 1 : NULL;
    for (folders = n; folders && path[folders - 1] != '/';)
        folders--;
    return (struct parts){{url, (size_t)(path - url)},
                          {path, folders},
                          {path + folders, n - folders},
                          query,
                          query ? strcspn(query, "#") : 0};
}

static void append_host(struct buf *out, const struct parts *p)
{
    const char *why;
    char *origin = slice_dup(p->origin), *host = name_expand("{host}", origin, 0, &why);

    buf_append_str(out, host);
    buf_append_char(out, '/');
    free(host);
    free(origin);
}

static void append_last(struct buf *out, const struct parts *p, struct slice type,
                        bool extend)
{
    struct buf text = BUF_INIT;

    append_text(&text, p->last.len ? p->last : SLICE("index.html"));
    if (p->query) {
        buf_append_char(&text, '^');
        append_text(&text, (struct slice){p->query, p->query_length});
    }
    if (extend)
        append_extension(&text, type);
    name_append_part(out, (struct slice){text.data, text.len});
    buf_clear(&text);
}

/* Shortens what is too long as a whole; takes it. */
static char *finished(struct buf *name)
{
    struct buf out = BUF_INIT;

    name_append_path(&out, (struct slice){name->data, name->len});
    buf_clear(name);
    return buf_take(&out);
}

char *save_name(const char *url, struct slice type, bool extend)
{
    struct buf name = BUF_INIT;
    struct parts p = part(url);
    struct slice rest = p.folders, folder;

    append_host(&name, &p);
    slice_next(&rest, '/', &folder); /* nothing is in front of the first "/" */
    while (slice_next(&rest, '/', &folder))
        append_folder(&name, folder);
    append_last(&name, &p, type, extend);
    return finished(&name);
}

/* The front of its SHA-256. */
static void hash(struct slice s, uint8_t *out, size_t n)
{
    struct digests *d = digests_new(1u << DIGEST_SHA256);
    uint8_t bytes[DIGEST_BYTES_MAX];

    digests_update(d, s.data, s.len);
    digests_final(d, DIGEST_SHA256, bytes);
    digests_free(d);
    memcpy(out, bytes, n);
}

char *save_name_apart(const char *url, struct slice type, bool extend)
{
    struct buf name = BUF_INIT;
    struct parts p = part(url);
    uint8_t bytes[HASH_BYTES];
    char hex[DIGEST_HEX_MAX];

    hash(slice_str(url), bytes, sizeof(bytes));
    digest_hex(bytes, sizeof(bytes), hex);
    append_host(&name, &p);
    buf_appendf(&name, "_%s/", hex);
    append_last(&name, &p, type, extend);
    return finished(&name);
}

/* --- names that were given -------------------------------------------------------- */

void save_names_clear(struct save_names *n)
{
    keyset_clear(&n->files);
    keyset_clear(&n->folders);
}

/* Calls f for each folder of the name, as long as it returns true. */
static bool each_folder(struct keyset *set, const char *name,
                        bool (*f)(struct keyset *set, struct slice folder))
{
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
        if (!f(set, (struct slice){name, (size_t)(slash - name)}))
            return false;
    return true;
}

static bool add(struct keyset *set, struct slice name)
{
    uint8_t key[KEY_BYTES];

    hash(name, key, sizeof(key));
    keyset_add(set, key);
    return true;
}

static bool lacks(struct keyset *set, struct slice name)
{
    uint8_t key[KEY_BYTES];

    hash(name, key, sizeof(key));
    return !keyset_has(set, key);
}

char *save_names_take(struct save_names *n, const char *url, struct slice type,
                      bool extend)
{
    char *name = save_name(url, type, extend);

    if (!lacks(&n->files, slice_str(name)) || !lacks(&n->folders, slice_str(name)) ||
        !each_folder(&n->files, name, lacks)) {
        free(name);
        name = save_name_apart(url, type, extend);
    }
    add(&n->files, slice_str(name));
    each_folder(&n->folders, name, add);
    return name;
}
