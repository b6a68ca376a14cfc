/* Sitemaps, indexes of them, and feeds (RSS, Atom) in XML, by expat.
 *
 * expat keeps each name that it sees, and each token until its end; so that memory does
 * not grow with what a server thinks of, both are bounded, as is the depth. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/map.h"
#include "base/mem.h"
#include "crawl/sitemap_internal.h"

enum {
    PIECE = 4096, /* what expat gets at once */
    TOKEN_MAX = 64 * 1024,
    NAMES_MAX = 64 * 1024, /* bytes of all different names */
    DEPTH_MAX = 64,
    DATE_MAX = 64
};

/* Where entries are in a document, told by its root. */
static const struct dialect {
    const char *root, *entry, *loc, *lastmod;
    unsigned depth; /* of an entry; the root's is 1 */
    bool is_index;
    bool href;       /* the address is an attribute */
    bool unprefixed; /* entries have no prefix, though the root has one */
} dialects[] = {
    {"urlset", "url", "loc", "lastmod", 2, false, false, false},
    {"sitemapindex", "sitemap", "loc", "lastmod", 2, true, false, false},
    {"rss", "item", "link", "", 3, false, false, false},         /* RSS 2.0 */
    {"RDF", "item", "link", "", 2, false, false, true},          /* RSS 1.0 */
    {"feed", "entry", "link", "updated", 2, false, true, false}, /* Atom, RFC 4287 */
};

struct xml {
    struct sitemap *s;
    XML_Parser parser;
    size_t fed;
    struct map names;
    size_t names_size;
    const struct dialect *dialect; /* NULL: the root has not come */
    char *prefix;                  /* of the elements that count, with its ":" */
    unsigned depth;
    bool in_entry;
    struct buf loc, lastmod;
    struct buf *into; /* which of them takes the text; NULL: neither */
};

/* --- bounds ----------------------------------------------------------------------- */

static int fail(struct xml *x, const char *what)
{
    size_t line = XML_GetCurrentLineNumber(x->parser) + sitemap_first_line(x->s) - 1;

    XML_StopParser(x->parser, XML_FALSE);
    return sitemap_fail(x->s, -EINVAL, "line %zu: %s", line, what);
}

static void check_token(struct xml *x)
{
    if (XML_GetCurrentByteCount(x->parser) > TOKEN_MAX)
        fail(x, "a tag or comment without end");
}

static void learn_name(struct xml *x, const char *name)
{
    char *copy;

    if (map_get(&x->names, name))
        return;
    x->names_size += strlen(name) + 1;
    if (x->names_size > NAMES_MAX) {
        fail(x, "too many different names");
        return;
    }
    copy = mem_strdup(name);
    map_set(&x->names, copy, copy);
}

static void forget_names(struct xml *x)
{
    size_t pos = 0;
    char *name;

    while ((name = map_next(&x->names, &pos)))
        free(name);
    map_clear(&x->names);
}

/* --- elements --------------------------------------------------------------------- */

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

/* Namespaces are not looked up, as many a sitemap names a wrong one, or none: what has
 * the root's prefix is of the root's. */
static bool is_element(const struct xml *x, const char *name, const char *wanted)
{
    return str_starts(name, x->prefix) && !strcmp(name + strlen(x->prefix), wanted);
}

static void begin_root(struct xml *x, const char *name)
{
    const char *local = local_name(name);

    for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
        if (!strcmp(local, dialects[i].root))
            x->dialect = &dialects[i];
    if (!x->dialect)
        fail(x, "no sitemap: its root element is another");
    else if (x->dialect->unprefixed)
        x->prefix = mem_strdup("");
    else
        x->prefix = mem_strndup(name, (size_t)(local - name));
}

/* Of an Atom entry the page itself, not what belongs to it. */
static void take_href(struct xml *x, const char *const *attributes)
{
    const char *href = NULL, *rel = "alternate";

    for (; *attributes; attributes += 2)
        if (!strcmp(attributes[0], "href"))
            href = attributes[1];
        else if (!strcmp(attributes[0], "rel"))
            rel = attributes[1];
    if (href && !strcmp(rel, "alternate") && !x->loc.len)
        buf_append_str(&x->loc, href);
}

static void begin_field(struct xml *x, const char *name, const char *const *attributes)
{
    if (is_element(x, name, x->dialect->loc)) {
        if (x->dialect->href)
            take_href(x, attributes);
        else if (!x->loc.len)
            x->into = &x->loc;
    } else if (is_element(x, name, x->dialect->lastmod) && !x->lastmod.len) {
        x->into = &x->lastmod;
    }
}

static void XMLCALL begin_element(void *arg, const XML_Char *name,
                                  const XML_Char **attributes)
{
    struct xml *x = arg;

    check_token(x);
    learn_name(x, name);
    for (size_t i = 0; attributes[i]; i += 2)
        learn_name(x, attributes[i]);
    if (++x->depth > DEPTH_MAX)
        fail(x, "elements too deep in one another");
    if (sitemap_failed(x->s))
        return;
    if (x->depth == 1) {
        begin_root(x, name);
    } else if (x->depth == x->dialect->depth) {
        x->in_entry = is_element(x, name, x->dialect->entry);
        buf_reset(&x->loc);
        buf_reset(&x->lastmod);
    } else if (x->depth == x->dialect->depth + 1 && x->in_entry) {
        begin_field(x, name, (const char *const *)attributes);
    }
}

static struct slice content(const struct buf *b)
{
    return (struct slice){b->data ? b->data : "", b->len};
}

static void XMLCALL end_element(void *arg, const XML_Char *name)
{
    struct xml *x = arg;

    (void)name;
    check_token(x);
    if (sitemap_failed(x->s))
        return;
    if (x->depth == x->dialect->depth + 1)
        x->into = NULL;
    if (x->depth == x->dialect->depth && x->in_entry) {
        x->in_entry = false;
        if (sitemap_tell(x->s, content(&x->loc), content(&x->lastmod),
                         x->dialect->is_index))
            XML_StopParser(x->parser, XML_FALSE);
    }
    x->depth--;
}

/* White space in front is not kept; of what is too long a byte too many is. */
static void XMLCALL text(void *arg, const XML_Char *data, int length)
{
    struct xml *x = arg;
    size_t n = (size_t)length, room;

    if (!x->into || x->depth != x->dialect->depth + 1 || sitemap_failed(x->s))
        return;
    for (; n && !x->into->len && char_is_space(*data); data++)
        n--;
    room = (x->into == &x->loc ? SITEMAP_LOC_MAX : DATE_MAX) + 1 - x->into->len;
    buf_append(x->into, data, n < room ? n : room);
}

/* --- what is not obeyed ----------------------------------------------------------- */

static void XMLCALL doctype(void *arg, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    fail(arg, "a document type, which no sitemap has");
}

static void XMLCALL other(void *arg, const XML_Char *data, int length)
{
    (void)data;
    (void)length;
    check_token(arg);
}

/* --- character sets --------------------------------------------------------------- */

/* The code point of a byte, or -1; -2 when it may begin a longer character. */
static int code_point(iconv_t cd, unsigned char byte)
{
    unsigned char utf32[8] = {0};
    char in = (char)byte, *from = &in, *to = (char *)utf32;
    size_t from_left = 1, to_left = sizeof(utf32);

    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &from, &from_left, &to, &to_left) == (size_t)-1)
        return errno == EILSEQ ? -1 : -2;
    if (to_left != sizeof(utf32) - 4)
        return -2;
    return utf32[0] | utf32[1] << 8 | utf32[2] << 16 | utf32[3] << 24;
}

/* Those that expat does not know by itself; it refuses them if any character is longer
 * than a byte. */
static int XMLCALL encoding(void *arg, const XML_Char *name, XML_Encoding *map)
{
    iconv_t cd = iconv_open("UTF-32LE", name);

    (void)arg;
    if (cd == (iconv_t)-1)
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        map->map[i] = code_point(cd, (unsigned char)i);
    iconv_close(cd);
    map->data = NULL;
    map->convert = NULL;
    map->release = NULL;
    return XML_STATUS_OK;
}

/* --- reader ----------------------------------------------------------------------- */

static void *xml_open(struct sitemap *s)
{
    struct xml *x = mem_zalloc(sizeof(*x));

    x->s = s;
    map_init(&x->names);
    if (!(x->parser = XML_ParserCreate(NULL)))
        mem_exhausted();
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(x->parser, text);
    XML_SetStartDoctypeDeclHandler(x->parser, doctype);
    XML_SetDefaultHandler(x->parser, other);
    XML_SetUnknownEncodingHandler(x->parser, encoding, NULL);
    return x;
}

static void xml_close(void *state)
{
    struct xml *x = state;

    XML_ParserFree(x->parser);
    forget_names(x);
    free(x->prefix);
    buf_clear(&x->loc);
    buf_clear(&x->lastmod);
    free(x);
}

static int parse(struct xml *x, const char *data, int n, bool final)
{
    enum XML_Error error;

    if (XML_Parse(x->parser, data, n, final) != XML_STATUS_ERROR)
        return sitemap_failed(x->s);
    error = XML_GetErrorCode(x->parser);
    if (error == XML_ERROR_NO_MEMORY)
        mem_exhausted();
    return sitemap_failed(x->s) ? sitemap_failed(x->s)
                                : fail(x, XML_ErrorString(error));
}

/* A token that has not ended stays in expat's buffer, which may let it grow to twice
 * the size at which it looked last. */
static bool is_endless(const struct xml *x)
{
    XML_Index begun = XML_GetCurrentByteIndex(x->parser);

    return begun >= 0 && x->fed - (size_t)begun > 2 * TOKEN_MAX + PIECE;
}

static int xml_feed(void *state, const char *data, size_t n)
{
    struct xml *x = state;

    while (n) {
        size_t some = n < PIECE ? n : PIECE;
        int r = parse(x, data, (int)some, false);

        if (r)
            return r;
        x->fed += some;
        data += some;
        n -= some;
        if (is_endless(x))
            return fail(x, "a tag or comment without end");
    }
    return 0;
}

static int xml_finish(void *state)
{
    return parse(state, "", 0, true);
}

const struct sitemap_reader sitemap_xml = {xml_open, xml_close, xml_feed, xml_finish};
