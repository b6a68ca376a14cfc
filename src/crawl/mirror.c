#include "crawl/mirror.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/executor.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "crawl/convert.h"
#include "crawl/normal.h"
#include "disk/folder.h"
#include "disk/part.h"
#include "http/media_type.h"

/* Larger pages stay as they are: nobody reads them. */
enum { LARGEST = 64 << 20 };

/* Aliases of aliases that are followed. */
enum { HOPS = 10 };

struct entry {
    struct entry *next; /* of those that have links */
    char *name;         /* owned; NULL: an alias */
    char *target;       /* of an alias, owned */
    char *charset;      /* the server's, owned */
    enum links_format format;
    time_t mtime;
    char url[];
};

struct mirror {
    int root;
    const struct pattern *drop;
    struct map entries; /* by URL */
    struct entry *first;
};

struct mirror *mirror_new(int root, const struct pattern *drop)
{
    struct mirror *m = mem_zalloc(sizeof(*m));

    m->root = root;
    m->drop = drop;
    map_init(&m->entries);
    return m;
}

void mirror_free(struct mirror *m)
{
    struct entry *e;
    size_t pos = 0;

    if (!m)
        return;
    while ((e = map_next(&m->entries, &pos))) {
        map_remove(&m->entries, e->url);
        free(e->name);
        free(e->target);
        free(e->charset);
        free(e);
    }
    map_clear(&m->entries);
    free(m);
}

/* ---- what there is ---- */

static struct entry *add(struct mirror *m, const char *url)
{
    size_t n = strlen(url) + 1;
    struct entry *e;

    if (map_get(&m->entries, url))
        return NULL;
    e = mem_zalloc(sizeof(*e) + n);
    memcpy(e->url, url, n);
    map_set(&m->entries, e->url, e);
    return e;
}

static bool has_links(struct slice type, enum links_format *format)
{
    struct slice essence = media_type_essence(type);
    bool css = slice_eq_nocase(essence, "text/css");

    *format = css ? LINKS_CSS : LINKS_HTML;
    return css || slice_eq_nocase(essence, "text/html") ||
           slice_eq_nocase(essence, "application/xhtml+xml");
}

void mirror_add(struct mirror *m, const char *url, const char *name, struct slice type,
                time_t mtime)
{
    struct entry *e = add(m, url);

    if (!e)
        return;
    e->name = mem_strdup(name);
    e->mtime = mtime;
    e->charset = slice_dup(media_type_charset(type));
    if (!has_links(type, &e->format))
        return;
    e->next = m->first;
    m->first = e;
}

void mirror_alias(struct mirror *m, const char *url, const char *target)
{
    struct entry *e = strcmp(url, target) ? add(m, url) : NULL;

    if (e)
        e->target = mem_strdup(target);
}

static const char *find(const char *url, void *arg)
{
    const struct mirror *m = arg;
    const struct entry *e = map_get(&m->entries, url);

    for (int i = 0; e && e->target && i < HOPS; i++)
        e = map_get(&m->entries, e->target);
    return e ? e->name : NULL;
}

/* ---- one page, in the executor ---- */

struct conversion {
    struct mirror *mirror;
    const struct entry *page;
    struct buf bytes, out;
    struct links *links;
    struct normal_base *base;
    struct buf url; /* the one that was resolved last */
    struct convert_link *found;
    size_t count, cap;
    char why[160];
};

static int read_file(struct conversion *c)
{
    const char *base;
    int folder = folder_of(c->mirror->root, c->page->name, false, &base);
    int fd =
        folder < 0 ? folder : openat(folder, base, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    int r = folder < 0 ? folder : 0;

    if (!r && (fd < 0 || fstat(fd, &st) < 0))
        r = -errno;
    if (!r && S_ISREG(st.st_mode) && st.st_size <= LARGEST) {
        size_t want = (size_t)st.st_size;
        ssize_t n = pread(fd, buf_reserve(&c->bytes, want), want, 0);

        if (n < 0)
            r = -errno;
        else
            buf_commit(&c->bytes, (size_t)n);
    }
    if (fd >= 0)
        close(fd);
    if (folder >= 0)
        folder_close(c->mirror->root, folder);
    return r;
}

static void set_base(struct conversion *c)
{
    const char *told = links_base(c->links);
    struct normal_base *own = c->base ? NULL : normal_base_new(c->page->url);

    if (!own)
        return;
    c->base = own;
    if (told && normal_resolve(own, slice_str(told), NULL, &c->url, NULL) == URL_OK) {
        c->base = normal_base_new(c->url.data);
        normal_base_free(own);
    }
}

/* A query is dropped only from what was asked for without it. */
static bool resolve(struct conversion *c, const struct link *l, struct slice *fragment)
{
    const struct pattern *drop = c->mirror->drop;

    if (!c->base || normal_resolve(c->base, l->url, drop, &c->url, fragment) != URL_OK)
        return false;
    return !drop || find(c->url.data, c->mirror) ||
           normal_resolve(c->base, l->url, NULL, &c->url, fragment) == URL_OK;
}

static struct convert_link *new_link(struct conversion *c)
{
    if (c->count == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 256;
        c->found = mem_reallocarray(c->found, c->cap, sizeof(*c->found));
    }
    return &c->found[c->count++];
}

/* The fragment lies behind the URL, in the same allocation. */
static void take_link(const struct link *l, void *arg)
{
    struct conversion *c = arg;
    struct slice fragment = {"", 0};
    struct convert_link *k;
    char *text;

    if (l->offset < 0)
        return;
    set_base(c);
    if (!resolve(c, l, &fragment))
        return;
    text = mem_alloc(c->url.len + 1 + fragment.len);
    memcpy(text, c->url.data, c->url.len + 1);
    if (fragment.len)
        memcpy(text + c->url.len + 1, fragment.data, fragment.len);
    k = new_link(c);
    *k = (struct convert_link){.offset = (size_t)l->offset,
                               .length = l->length,
                               .url = text,
                               .fragment = {text + c->url.len + 1, fragment.len},
                               .place = convert_place(l)};
}

static void find_links(struct conversion *c)
{
    struct links_handler handler = {.link = take_link, .arg = c};
    int64_t offset;
    size_t length;

    c->links = links_new(c->page->format, slice_str(c->page->charset), &handler);
    links_feed(c->links, c->bytes.data, c->bytes.len);
    links_finish(c->links);
    if (links_base_place(c->links, &offset, &length))
        *new_link(c) =
            (struct convert_link){.offset = (size_t)offset, .length = length};
}

static int write_file(struct conversion *c)
{
    struct timespec mtime = {c->page->mtime, c->page->mtime ? 0 : UTIME_OMIT};
    struct part part;
    int r;

    part_init(&part, c->mirror->root, c->page->name);
    r = part_open(&part, false);
    if (!r)
        r = part_write(&part, c->out.data, c->out.len, 0);
    if (!r)
        r = part_settle(&part, (int64_t)c->out.len, &mtime);
    if (!r)
        r = part_commit(&part, true);
    memcpy(c->why, part.why, sizeof(c->why));
    if (r && part.fd >= 0)
        part_discard(&part);
    part_clear(&part);
    return r;
}

static int convert(void *arg)
{
    struct conversion *c = arg;
    struct convert_page page = {.path = c->page->name, .saved = find, .arg = c->mirror};
    int r = read_file(c);

    if (r || !c->bytes.len)
        return r;
    find_links(c);
    page.bytes = (struct slice){c->bytes.data, c->bytes.len};
    page.links = c->found;
    page.count = c->count;
    return convert_links(&c->out, &page) ? write_file(c) : 0;
}

static void conversion_clear(struct conversion *c)
{
    for (size_t i = 0; i < c->count; i++)
        free((char *)c->found[i].url);
    free(c->found);
    links_free(c->links);
    normal_base_free(c->base);
    buf_clear(&c->bytes);
    buf_clear(&c->out);
    buf_clear(&c->url);
}

int mirror_convert(struct mirror *m, bool (*stop)(void *arg), void *arg)
{
    int first = 0;

    for (struct entry *e = m->first; e && !stop(arg); e = e->next) {
        struct conversion c = {.mirror = m, .page = e};
        int r = loop_finish_in_executor(convert, &c);

        if (r < 0)
            log_error("%s: its links cannot be written anew: %s", e->name,
                      *c.why ? c.why : strerror(-r));
        first = first ? first : r;
        conversion_clear(&c);
    }
    return first;
}
