/* From a reference, as it stands in a page, to the frontier. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crawl/link_header.h"
#include "crawl/job.h"

/* A reference is dealt with alike wherever it stands, but for these. */
enum { REF_PART = 1, REF_NOFOLLOW = 2, REF_CLASSES = 4 };

/* In place of a `kind`: the hash of a normal URL. */
#define WHOLE_URL (~(uint64_t)0)

/* ---- what it is resolved against ---- */

/* References within a folder lead to the same place: up to the last "/" of the path. */
static struct slice folder_of_url(const char *url)
{
    const char *path = normal_path(url);
    size_t n = strcspn(path, "?");

    while (n > 0 && path[n - 1] != '/')
        n--;
    return (struct slice){url, (size_t)(path - url) + n};
}

static void forget_base(struct job *job)
{
    normal_base_free(job->base);
    job->base = NULL;
}

/* Its level decides, too, where that is limited. */
static void set_base(struct job *job, const char *url)
{
    const struct crawl *c = job->crawl;
    bool limited = c->o->scope.level != SCOPE_LEVEL_INF;

    forget_base(job);
    job->base = normal_base_new(url);
    job->base_key =
        refs_hash(c->refs, limited ? job->visit->level : 0, folder_of_url(url));
}

/* <base href> is itself resolved against the page's URL. */
static void set_told_base(struct job *job, const char *told)
{
    struct buf *base = &job->crawl->scratch;

    set_base(job, job->errand.call.hop.url);
    if (normal_resolve(job->base, slice_str(told), NULL, base, NULL) == URL_OK)
        set_base(job, base->data);
}

/* The parser knows before the first link which base counts. */
static void find_base(struct job *job)
{
    const char *told;

    if (job->base)
        return;
    told = job->links ? links_base(job->links) : NULL;
    if (told)
        set_told_base(job, told);
    else
        set_base(job, job->errand.call.hop.url);
}

/* ---- what is checked (--check) ---- */

uint64_t found_hash(const struct crawl *c, struct slice url)
{
    return refs_hash(c->refs, WHOLE_URL, url);
}

/* The page's own number and hash; its URL is what the exchange went to. */
static void introduce(struct job *job)
{
    const char *url = job->errand.call.hop.url;

    if (job->url_hash)
        return;
    job->url_hash = found_hash(job->crawl, slice_str(url));
    job->check_number = check_page(job->crawl->check, url);
}

static void refer(struct job *job, const struct link *l, uint64_t url, const char *text)
{
    const char *mark = memchr(l->url.data, '#', l->url.len);
    struct check_link link = {.url = url, .text = text, .line = l->line};

    introduce(job);
    link.page = job->check_number;
    if (mark)
        link.fragment =
            (struct slice){mark + 1, (size_t)(l->url.data + l->url.len - mark) - 1};
    check_refer(job->crawl->check, &link);
}

void found_anchor(struct slice id, void *arg)
{
    struct job *job = arg;

    introduce(job);
    check_id(job->crawl->check, job->url_hash, id);
}

/* What is no URL leads nowhere, however often it is asked for. */
static void refer_to_none(struct job *job, const struct link *l)
{
    char *text = slice_dup(l->url);
    struct check_fault fault = {text, 0, http_error_name(HTTP_URL_MALFORMED),
                                "not a URL"};
    uint64_t hash = found_hash(job->crawl, l->url);
    struct link whole = *l;

    whole.url.len = 0;
    check_broken(job->crawl->check, hash, &fault);
    refer(job, &whole, hash, text);
    free(text);
}

struct deep {
    uint32_t level;
    char url[];
};

static void remember_deep(struct crawl *c, const char *url, uint32_t level)
{
    size_t n = strlen(url) + 1;
    struct deep *d;

    if (map_get(&c->deep, url))
        return;
    d = mem_alloc(sizeof(*d) + n);
    d->level = level;
    memcpy(d->url, url, n);
    map_set(&c->deep, d->url, d);
}

bool found_ask_deep(struct crawl *c)
{
    struct deep *d;
    size_t pos = 0;
    bool any = false;

    while ((d = map_next(&c->deep, &pos))) {
        struct found found = {d->url, NULL, d->level, VISIT_CHECK};

        any |= frontier_add(c->frontier, &found);
    }
    found_forget_deep(c);
    return any;
}

void found_forget_deep(struct crawl *c)
{
    struct deep *d;
    size_t pos = 0;

    while ((d = map_next(&c->deep, &pos))) {
        map_remove(&c->deep, d->url);
        free(d);
    }
    map_clear(&c->deep);
    map_init(&c->deep);
}

/* ---- whether it is asked for ---- */

static bool is_part(enum link_kind kind)
{
    return kind >= LINK_IMAGE;
}

static enum scope_verdict judge(const struct job *job, const struct link *l,
                                const char *url)
{
    const struct crawl *c = job->crawl;
    bool part = is_part(l->kind);
    bool nofollow = l->nofollow || job->nofollow;
    enum scope_verdict v;

    if (pattern_matches(c->o->ignore, url, strlen(url)))
        return SCOPE_EXCLUDED;
    if (part && !c->o->requisites)
        return SCOPE_NOT_WANTED;
    if (nofollow && !part && !c->o->no_robots)
        return SCOPE_NOFOLLOW;
    v = scope_judge(c->scope, url, job->visit->level + 1, part);
    return v == SCOPE_IN && hosts_forbid(c->hosts, url) ? SCOPE_ROBOTS : v;
}

static void follow(struct job *job, const struct link *l, const char *url)
{
    struct crawl *c = job->crawl;
    uint32_t level = job->visit->level + 1;
    enum scope_verdict verdict = judge(job, l, url);
    struct found found = {url, NULL, level,
                          is_part(l->kind) ? VISIT_REQUISITE : VISIT_LINK};
    struct skip skip = {url, verdict, level, job->visit->url};

    if (c->check && (verdict == SCOPE_OUT || verdict == SCOPE_NOT_WANTED)) {
        found.reason = VISIT_CHECK;
        verdict = hosts_forbid(c->hosts, url) ? SCOPE_ROBOTS : SCOPE_IN;
    }
    if (verdict == SCOPE_IN)
        frontier_add_link(c->frontier, job->visit, &found);
    else if (c->check && verdict == SCOPE_TOO_DEEP)
        remember_deep(c, url, level);
    else if (c->skips)
        skips_note(c, &skip);
}

/* ---- a reference ---- */

static void list(struct job *job, const char *url)
{
    if (job->list.len)
        buf_append_char(&job->list, ',');
    json_append_cstr(&job->list, url);
}

/* Links to pages are counted, each URL once. */
static bool count(struct job *job, const struct link *l, uint64_t url)
{
    return url && !is_part(l->kind) && urlset_add(&job->seen, url);
}

static uint64_t key_of(const struct job *job, const struct link *l, struct slice text)
{
    uint64_t class = (is_part(l->kind) ? REF_PART : 0) |
                     (l->nofollow || job->nofollow ? REF_NOFOLLOW : 0);

    return refs_hash(job->crawl->refs, job->base_key * REF_CLASSES + class, text);
}

/* Whether the same words, seen from this folder, were dealt with before. */
static bool is_settled(struct job *job, const struct link *l, struct slice text,
                       uint64_t key)
{
    uint64_t url;

    if (l->kind == LINK_CANONICAL || !text.len || text.data[0] == '?' ||
        !refs_get(job->crawl->refs, key, &url))
        return false;
    if (job->crawl->check && (!url || memchr(l->url.data, '#', l->url.len)))
        return false; /* what stands there is to be told, if it is broken */
    if (job->crawl->o->links && url && !urlset_has(&job->seen, url))
        return false; /* it is to be listed */
    count(job, l, url);
    if (job->crawl->check)
        refer(job, l, url, NULL);
    return true;
}

static void resolve(struct job *job, const struct link *l, struct slice text,
                    uint64_t key)
{
    struct crawl *c = job->crawl;
    struct buf *url = &c->scratch;
    enum url_error error;
    uint64_t hash;

    error = normal_resolve(job->base, text, c->o->drop, url, NULL);
    if (error) {
        refs_put(c->refs, key, 0);
        if (c->check && error == URL_MALFORMED)
            refer_to_none(job, l);
        return;
    }
    hash = found_hash(c, (struct slice){url->data, url->len});
    if (c->check && !pattern_matches(c->o->ignore, url->data, url->len))
        refer(job, l, hash, url->data);
    if (text.len && text.data[0] != '?')
        refs_put(c->refs, key, hash);
    if (count(job, l, hash) && c->o->links)
        list(job, url->data);
    if (l->kind == LINK_CANONICAL && !job->canonical)
        job->canonical = mem_strdup(url->data);
    follow(job, l, url->data);
}

static struct slice without_fragment(struct slice url)
{
    const char *hash = memchr(url.data, '#', url.len);

    return hash ? (struct slice){url.data, (size_t)(hash - url.data)} : url;
}

void found_link(const struct link *l, void *arg)
{
    struct job *job = arg;
    struct slice text = l->url.len ? without_fragment(l->url) : l->url;
    uint64_t key;

    if (text.len == 0 && !job->crawl->check) /* a place in the page itself */
        return;
    find_base(job);
    key = key_of(job, l, text);
    if (!is_settled(job, l, text, key))
        resolve(job, l, text, key);
}

/* Against the page's own URL, whatever base it may tell. */
void found_header(struct job *job, const struct response *rs)
{
    struct slice name, value;
    struct link l;
    size_t pos = 0;

    while (headers_next(&rs->headers, &pos, &name, &value))
        while (slice_eq_nocase(name, "Link") && link_header_next(&value, &l))
            found_link(&l, job);
    forget_base(job);
}
