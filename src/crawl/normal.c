#include "crawl/normal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "crawl/normal_internal.h"

/* 3: path and query, 7: unreserved, too. A slash parts a path, a ? ends it, and in
 * front of a query a backslash is a slash. */
const uint8_t normal_class[256] = {
    0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, /* control characters */
    0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, /* */
    0, 3, 0, 0, 3, 0, 3, 1,
    3, 3, 3, 3, 3, 7, 7, 3, /*   ! " # $ % & ' ( ) * + , - . / */
    7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 3, 3, 0, 3, 0, 2, /* 0 to 9 : ; < = > ? */
    3, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, /* @ A to O */
    7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 3, 2, 3, 2, 7, /* P to Z [ \ ] ^ _ */
    2, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, /* ` a to o */
    7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 2, 3, 2, 7, 0, /* p to z { | } ~ */
};

/* A reference in parts, the last two of which may be the base's. */
struct parts {
    bool secure;
    bool has_authority, has_query;
    struct slice authority, path, query;
};

/* ---- taking it apart ---- */

static struct slice rest_of(struct slice s, size_t n)
{
    return (struct slice){s.data + n, s.len - n};
}

static size_t length_before(struct slice s, const char *stops)
{
    size_t n = 0;

    while (n < s.len && !(s.data[n] && strchr(stops, s.data[n])))
        n++;
    return n;
}

static struct slice trim(struct slice s)
{
    while (s.len && (unsigned char)s.data[s.len - 1] <= ' ')
        s.len--;
    while (s.len && (unsigned char)s.data[0] <= ' ')
        s = rest_of(s, 1);
    return s;
}

static struct slice cut_fragment(struct slice *s)
{
    size_t n = length_before(*s, "#");
    struct slice fragment = {NULL, 0};

    if (n < s->len)
        fragment = rest_of(*s, n + 1);
    s->len = n;
    return fragment;
}

/* Without TABs and line ends, backslashes before the query as slashes. */
static void clean(struct slice s, struct buf *out)
{
    bool query = false;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];

        query = query || c == '?';
        if (c != '\t' && c != '\n' && c != '\r')
            buf_append_char(out, c == '\\' && !query ? '/' : c);
    }
}

/* Cuts a scheme off, with its colon; empty where there is none (RFC 3986, 3.1). */
static struct slice cut_scheme(struct slice *s)
{
    struct slice scheme = {s->data, 0};
    size_t n = 0;

    while (n < s->len) {
        char c = char_lower(s->data[n]);

        if (!(c >= 'a' && c <= 'z') &&
            (!n || (!char_is_digit(c) && c != '+' && c != '-' && c != '.')))
            break;
        n++;
    }
    if (n && n < s->len && s->data[n] == ':') {
        scheme.len = n;
        *s = rest_of(*s, n + 1);
    }
    return scheme;
}

static bool starts_authority(struct slice s)
{
    return s.len > 1 && s.data[0] == '/' && s.data[1] == '/';
}

/* The authority without user name, which may hold an @ itself. */
static struct slice cut_authority(struct slice *s)
{
    struct slice authority;

    while (s->len && *s->data == '/')
        *s = rest_of(*s, 1);
    authority = (struct slice){s->data, length_before(*s, "/?")};
    *s = rest_of(*s, authority.len);
    for (size_t i = authority.len; i > 0; i--)
        if (authority.data[i - 1] == '@')
            return rest_of(authority, i);
    return authority;
}

/* `b` may be NULL: then there is no scheme but that of the reference. */
static enum url_error split(const struct normal_base *b, struct slice s,
                            struct parts *p)
{
    struct slice scheme = cut_scheme(&s);
    bool base_secure = b && b->url[4] == 's';

    *p = (struct parts){.secure = base_secure};
    if (scheme.len) {
        p->secure = slice_eq_nocase(scheme, "https");
        if (!p->secure && !slice_eq_nocase(scheme, "http"))
            return URL_UNSUPPORTED_SCHEME;
    } else if (!b) {
        return URL_MALFORMED;
    }
    p->has_authority =
        !b || (scheme.len && p->secure != base_secure) || starts_authority(s);
    if (p->has_authority)
        p->authority = cut_authority(&s);
    p->path = (struct slice){s.data, length_before(s, "?")};
    p->has_query = p->path.len < s.len;
    if (p->has_query)
        p->query = rest_of(s, p->path.len + 1);
    return URL_OK;
}

/* ---- putting it together ---- */

static enum url_error append_authority(struct buf *out, const struct parts *p)
{
    const char *default_port = p->secure ? ":443" : ":80", *why, *port;
    struct buf url = BUF_INIT;
    struct origin origin;
    enum url_error e;

    if (!p->authority.len || memchr(p->authority.data, '\0', p->authority.len))
        return URL_MALFORMED;
    buf_appendf(&url, "http%s://", p->secure ? "s" : "");
    buf_append(&url, p->authority.data, p->authority.len);
    e = url_origin_ascii(url.data, &origin, &why);
    buf_clear(&url);
    if (e)
        return e;
    port = strrchr(origin.text, ':');
    buf_append(out, origin.text,
               strcmp(port, default_port) ? strlen(origin.text)
                                          : (size_t)(port - origin.text));
    origin_clear(&origin);
    return URL_OK;
}

static void append_escape(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    buf_append(out, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
}

/* Bytes not of `class` are escaped, and escapes as they should be. Behind a % that is
 * no escape none is undone: %%34%31 is not %41. */
static void append_encoded(struct buf *out, struct slice s, unsigned class)
{
    size_t bare = 0; /* where the first byte that is free of such a % stands */

    while (s.len) {
        unsigned char c = (unsigned char)*s.data;
        int byte = percent_byte(s);

        if (byte >= 0 && (normal_class[byte] & NORMAL_UNRESERVED) && out->len >= bare) {
            buf_append_char(out, (char)byte);
        } else if (byte >= 0) {
            append_escape(out, (unsigned char)byte);
        } else if (c == '%' || (normal_class[c] & class)) {
            buf_append_char(out, (char)c);
            bare = c == '%' ? out->len + 2 : bare;
        } else {
            append_escape(out, c);
        }
        s = rest_of(s, byte >= 0 ? 3 : 1);
    }
}

/* Takes the last segment off, not the slash in front of the first. */
static void drop_segment(struct buf *out, size_t root)
{
    size_t n = out->len - 1;

    while (n > root && out->data[n - 1] != '/')
        n--;
    out->len = n > root ? n : root + 1;
    out->data[out->len] = '\0';
}

/* RFC 3986, 5.2.4, for a path that begins with a slash. */
static void append_path(struct buf *out, struct slice path)
{
    size_t root = out->len;
    struct slice segment;

    buf_append_char(out, '/');
    path = rest_of(path, 1);
    while (path.len) {
        bool last;

        segment = (struct slice){path.data, length_before(path, "/")};
        last = segment.len == path.len;
        if (slice_eq(segment, "..")) {
            drop_segment(out, root);
        } else if (!slice_eq(segment, ".")) {
            buf_append(out, segment.data, segment.len + !last);
        }
        path = rest_of(path, segment.len + !last);
    }
}

static void append_query(struct buf *out, struct slice query,
                         const struct pattern *drop)
{
    struct buf encoded = BUF_INIT;
    struct slice rest, part;
    char before = '?';

    append_encoded(&encoded, query, NORMAL_QUERY);
    rest = (struct slice){encoded.data, encoded.len};
    while (drop && slice_next(&rest, '&', &part)) {
        if (pattern_matches(drop, part.data, length_before(part, "=")))
            continue;
        buf_append_char(out, before);
        buf_append(out, part.data, part.len);
        before = '&';
    }
    if (!drop && encoded.len) {
        buf_append_char(out, '?');
        buf_append(out, encoded.data, encoded.len);
    }
    buf_clear(&encoded);
}

/* RFC 3986, 5.2.2, from the path on. */
static void append_rest(struct buf *out, const struct normal_base *b,
                        const struct parts *p, const struct pattern *drop)
{
    struct buf path = BUF_INIT;
    struct slice query = p->query;

    if (p->has_authority || (p->path.len && *p->path.data == '/'))
        buf_append_str(&path, p->path.len ? "" : "/");
    else
        buf_append(&path, b->url + b->origin,
                   (p->path.len ? b->folder : b->path) - b->origin);
    append_encoded(&path, p->path, NORMAL_PATH);
    append_path(out, (struct slice){path.data, path.len});
    buf_clear(&path);
    if (!p->has_authority && !p->path.len && !p->has_query && b->path < b->length)
        query = (struct slice){b->url + b->path + 1, b->length - b->path - 1};
    append_query(out, query, drop);
}

static enum url_error resolve(const struct normal_base *b, struct slice cleaned,
                              const struct pattern *drop, struct buf *out)
{
    struct parts p;
    enum url_error e = split(b, cleaned, &p);

    if (!e && p.has_authority)
        e = append_authority(out, &p);
    else if (!e)
        buf_append(out, b->url, b->origin);
    if (!e)
        append_rest(out, b, &p, drop);
    return e;
}

enum url_error normal_resolve_exact(const struct normal_base *b, struct slice reference,
                                    const struct pattern *drop, struct buf *out,
                                    struct slice *fragment)
{
    struct buf cleaned = BUF_INIT;
    struct slice text = trim(reference), found = cut_fragment(&text);
    enum url_error e;

    if (fragment)
        *fragment = found;
    buf_reset(out);
    buf_append_str(&cleaned, "");
    clean(text, &cleaned);
    e = resolve(b, (struct slice){cleaned.data, cleaned.len}, drop, out);
    buf_clear(&cleaned);
    return e;
}

enum url_error normal_resolve(const struct normal_base *b, struct slice reference,
                              const struct pattern *drop, struct buf *out,
                              struct slice *fragment)
{
    if (normal_fast(b, reference, drop != NULL, out, fragment))
        return URL_OK;
    return normal_resolve_exact(b, reference, drop, out, fragment);
}

/* ---- bases and parts ---- */

struct normal_base *normal_base_new(const char *url)
{
    struct buf out = BUF_INIT;
    struct normal_base *b;

    if (normal_resolve_exact(NULL, slice_str(url), NULL, &out, NULL)) {
        buf_clear(&out);
        return NULL;
    }
    b = mem_zalloc(sizeof(*b));
    b->length = out.len;
    b->url = buf_take(&out);
    b->origin = normal_origin(b->url).len;
    b->path = strcspn(b->url, "?");
    b->folder = b->path;
    while (b->url[b->folder - 1] != '/')
        b->folder--;
    return b;
}

void normal_base_free(struct normal_base *b)
{
    if (!b)
        return;
    free(b->url);
    free(b);
}

const char *normal_base_url(const struct normal_base *b)
{
    return b->url;
}

struct slice normal_origin(const char *url)
{
    size_t host = url[4] == 's' ? 8 : 7;

    return (struct slice){url, host + strcspn(url + host, "/")};
}

struct slice normal_host(const char *url)
{
    const char *host = url + (url[4] == 's' ? 8 : 7);
    size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");

    return (struct slice){host, n};
}

const char *normal_path(const char *url)
{
    return url + normal_origin(url).len;
}
