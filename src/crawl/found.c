/* From a reference, as it stands in a page, to the frontier. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crawl/job.h"
#include "markup/header_link.h"

/* A reference is dealt with alike wherever it stands, but for these. */
enum { REF_PART = 1, REF_NOFOLLOW = 2, REF_CLASSES = 4 };

/* In place of a `kind`: the hash of a normal URL. */
#define WHOLE_URL (~(uint64_t)0)

uint64_t found_hash(const struct crawl *c, struct slice url)
{
    return refs_hash(c->refs, WHOLE_URL, url);
}

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
    told = reader_base(&job->reader);
    if (told)
        set_told_base(job, told);
    else
        set_base(job, job->errand.call.hop.url);
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

    if (part && !c->o->requisites)
        return SCOPE_NOT_WANTED;
    if (nofollow && !part && !c->o->no_robots)
        return SCOPE_NOFOLLOW;
    v = scope_judge(c->scope, url, job->visit->level + 1, part);
    return v == SCOPE_IN && hosts_forbid(c->hosts, url) ? SCOPE_ROBOTS : v;
}

/* With --check, what only the scope keeps out is asked whether it is there. */
static bool is_checked(const struct crawl *c, enum scope_verdict v)
{
    return c->check &&
           (v == SCOPE_OUT || v == SCOPE_TOO_DEEP || v == SCOPE_NOT_INCLUDED ||
            v == SCOPE_TRAP || v == SCOPE_NOT_WANTED);
}

static void add(struct job *job, const char *url, uint32_t level,
                enum visit_reason reason)
{
    struct found found = {url, NULL, level, reason};

    frontier_add_link(job->crawl->frontier, job->visit, &found);
}

static void follow(struct job *job, const struct link *l, const char *url,
                   bool anchored)
{
    struct crawl *c = job->crawl;
    uint32_t level = job->visit->level + 1;
    enum scope_verdict verdict = judge(job, l, url);
    struct skip skip = {url, verdict, level, job->visit->url};

    if (verdict == SCOPE_IN)
        add(job, url, level, is_part(l->kind) ? VISIT_REQUISITE : VISIT_LINK);
    else if (is_checked(c, verdict))
        add(job, url, level, anchored ? VISIT_ANCHORS : VISIT_CHECK);
    else if (c->skips)
        skips_note(c, &skip);
}

static void ignore(struct job *job, const char *url)
{
    struct crawl *c = job->crawl;
    bool excluded = pattern_matches(c->o->scope.exclude, url, strlen(url));
    struct skip skip = {url, excluded ? SCOPE_EXCLUDED : SCOPE_IGNORED,
                        job->visit->level + 1, job->visit->url};

    if (c->skips)
        skips_note(c, &skip);
}

void found_target(struct job *job, enum scope_verdict verdict)
{
    struct crawl *c = job->crawl;
    const struct visit *v = job->visit;
    enum visit_reason reason = v->reason;

    if (!c->check || checking_ignores(c, slice_str(job->target)))
        return;
    if (reason < VISIT_CHECK && !is_checked(c, verdict))
        return;
    if (reason < VISIT_CHECK)
        reason = check_wants_anchors(c->check, found_hash(c, slice_str(v->url)))
                     ? VISIT_ANCHORS
                     : VISIT_CHECK;
    add(job, job->target, v->level, reason);
}

/* ---- a reference ---- */

static struct slice without_fragment(struct slice url)
{
    const char *hash = url.len ? memchr(url.data, '#', url.len) : NULL;

    return hash ? (struct slice){url.data, (size_t)(hash - url.data)} : url;
}

/* Empty: none. */
static struct slice fragment_of(const struct link *l)
{
    size_t n = without_fragment(l->url).len;

    return n < l->url.len ? (struct slice){l->url.data + n + 1, l->url.len - n - 1}
                          : (struct slice){"", 0};
}

/* Parts of pages have no anchors. */
static bool wants_anchor(const struct job *job, const struct link *l)
{
    return job->crawl->check && !is_part(l->kind) && fragment_of(l).len > 0;
}

/* For --check. Whether its anchor is checked, too. */
static bool note(struct job *job, const struct link *l, const char *url, uint64_t hash)
{
    if (wants_anchor(job, l))
        return checking_note_fragment(job, hash, url, fragment_of(l), l->line);
    if (job->crawl->check)
        checking_note(job, hash, l->line);
    return false;
}

/* A place in the page itself, unless <base href> makes it one in another. */
static void resolve_place(struct job *job, const struct link *l)
{
    struct slice url;

    if (!wants_anchor(job, l))
        return;
    find_base(job);
    url = slice_str(normal_base_url(job->base));
    if (!checking_ignores(job->crawl, url) &&
        note(job, l, url.data, found_hash(job->crawl, url)) &&
        !slice_eq(url, job->errand.call.hop.url))
        follow(job, l, url.data, true);
}

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

    if (wants_anchor(job, l) || l->kind == LINK_CANONICAL || text.data[0] == '?' ||
        !refs_get(job->crawl->refs, key, &url))
        return false;
    if (job->crawl->o->links && url && !urlset_has(&job->seen, url))
        return false; /* it is to be listed */
    count(job, l, url);
    if (job->crawl->check && url)
        checking_note(job, url, l->line);
    return true;
}

/* A URL that is none is not forgotten: all of its links are told. */
static void resolve_none(struct job *job, const struct link *l, enum url_error error,
                         uint64_t key)
{
    if (job->crawl->check && error == URL_MALFORMED)
        checking_note_malformed(job, l);
    else
        refs_put(job->crawl->refs, key, 0);
}

static void resolve(struct job *job, const struct link *l, struct slice text,
                    uint64_t key)
{
    struct crawl *c = job->crawl;
    struct buf *url = &c->scratch;
    enum url_error error = normal_resolve(job->base, text, c->o->drop, url, NULL);
    struct slice whole = {url->data, url->len};
    bool ignored;
    uint64_t hash;

    if (error) {
        resolve_none(job, l, error, key);
        return;
    }
    ignored = c->check && checking_ignores(c, whole);
    hash = found_hash(c, whole);
    if (text.data[0] != '?' && !ignored)
        refs_put(c->refs, key, hash);
    if (count(job, l, hash) && c->o->links)
        list(job, url->data);
    if (l->kind == LINK_CANONICAL && !job->canonical)
        job->canonical = mem_strdup(url->data);
    if (ignored)
        ignore(job, url->data);
    else
        follow(job, l, url->data, note(job, l, url->data, hash));
}

void found_link(const struct link *l, void *arg)
{
    struct job *job = arg;
    struct slice text = without_fragment(l->url);
    uint64_t key;

    if (text.len == 0) {
        resolve_place(job, l);
        return;
    }
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
        while (slice_eq_nocase(name, "Link") && header_link_next(&value, &l))
            found_link(&l, job);
    forget_base(job);
}
