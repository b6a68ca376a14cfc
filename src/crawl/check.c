#include "crawl/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"

/* References that are kept before those to what is good are looked for and dropped. */
enum { FEW = 1 << 16 };

enum state { UNKNOWN, GOOD, BROKEN, ALIAS };

struct target {
    uint64_t url;    /* its hash */
    uint32_t detail; /* which fault, or alias */
    uint8_t state;
    bool read; /* its ids are known */
};

struct fragment {
    uint32_t target;
    uint64_t id; /* the hash of both, as in `ids` */
    char *text, *url;
};

struct alias {
    uint32_t target;
    char *url;
};

struct reference {
    uint32_t target, page, line;
    uint32_t fragment; /* 0: none */
};

struct fault {
    char *url, *message;
    const char *type;
    int status;
    bool told;
};

/* Grown as needed. */
#define LIST(type)                                                                     \
    struct {                                                                           \
        type *items;                                                                   \
        size_t n, cap;                                                                 \
    }

struct check {
    const struct refs *refs;
    LIST(struct target) targets;
    LIST(struct fragment) fragments; /* the first is none */
    LIST(struct reference) references;
    LIST(struct fault) faults;
    LIST(struct alias) aliases;
    LIST(char *) pages;
    uint32_t *by_url; /* open addressing: numbers of targets, from 1 */
    size_t by_url_cap;
    uint32_t *by_id; /* the same for fragments */
    size_t by_id_cap;
    struct urlset ids; /* hashes of a URL and an id */
    size_t enough;     /* references, for the next look */
    struct buf scratch;
};

#define ADD(list)                                                                      \
    ((list).n == (list).cap                                                            \
         ? (void)((list).items = mem_reallocarray(                                     \
                      (list).items, (list).cap = (list).cap ? 2 * (list).cap : 64,     \
                      sizeof(*(list).items)))                                          \
         : (void)0,                                                                    \
     &(list).items[(list).n++])

struct check *check_new(const struct refs *refs)
{
    struct check *c = mem_zalloc(sizeof(*c));

    c->refs = refs;
    c->enough = FEW;
    *ADD(c->fragments) = (struct fragment){0};
    return c;
}

void check_free(struct check *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->fragments.n; i++) {
        free(c->fragments.items[i].text);
        free(c->fragments.items[i].url);
    }
    for (size_t i = 0; i < c->aliases.n; i++)
        free(c->aliases.items[i].url);
    for (size_t i = 0; i < c->faults.n; i++) {
        free(c->faults.items[i].url);
        free(c->faults.items[i].message);
    }
    for (size_t i = 0; i < c->pages.n; i++)
        free(c->pages.items[i]);
    free(c->targets.items);
    free(c->fragments.items);
    free(c->references.items);
    free(c->faults.items);
    free(c->aliases.items);
    free(c->pages.items);
    free(c->by_url);
    free(c->by_id);
    urlset_clear(&c->ids);
    buf_clear(&c->scratch);
    free(c);
}

/* ---- tables of numbers ---- */

static uint64_t target_key(const struct check *c, uint32_t i)
{
    return c->targets.items[i].url;
}

static uint64_t fragment_key(const struct check *c, uint32_t i)
{
    return c->fragments.items[i].id;
}

typedef uint64_t key_fn(const struct check *c, uint32_t i);

static size_t place(const struct check *c, const uint32_t *table, size_t cap,
                    uint64_t key, key_fn *key_of)
{
    size_t i = key & (cap - 1);

    while (table[i] && key_of(c, table[i] - 1) != key)
        i = (i + 1) & (cap - 1);
    return i;
}

static void grow(const struct check *c, uint32_t **table, size_t *cap, size_t n,
                 key_fn *key_of)
{
    size_t more = *cap ? 2 * *cap : 256;
    uint32_t *old = *table;

    *table = mem_zalloc(more * sizeof(**table));
    for (uint32_t i = 0; i < n; i++)
        (*table)[place(c, *table, more, key_of(c, i), key_of)] = i + 1;
    *cap = more;
    free(old);
}

static uint32_t target_of(struct check *c, uint64_t url)
{
    size_t at;

    if (2 * c->targets.n >= c->by_url_cap)
        grow(c, &c->by_url, &c->by_url_cap, c->targets.n, target_key);
    at = place(c, c->by_url, c->by_url_cap, url, target_key);
    if (!c->by_url[at]) {
        *ADD(c->targets) = (struct target){.url = url};
        c->by_url[at] = (uint32_t)c->targets.n;
    }
    return c->by_url[at] - 1;
}

/* ---- fragments ---- */

/* What it names is an id, percent-encoded or not; "top" and nothing are always there,
 * and what a program on the page makes of it (#!, #/), or a search in its text (:~:),
 * nobody can tell. */
static struct slice id_of(struct check *c, struct slice fragment)
{
    const char *search = memmem(fragment.data, fragment.len, ":~:", 3);
    struct slice id;

    if (search)
        fragment.len = (size_t)(search - fragment.data);
    if (fragment.len && (fragment.data[0] == '!' || fragment.data[0] == '/'))
        fragment.len = 0;
    buf_reset(&c->scratch);
    percent_decode(&c->scratch, fragment);
    id = (struct slice){c->scratch.data, c->scratch.len};
    return slice_eq_nocase(id, "top") ? (struct slice){"", 0} : id;
}

static uint32_t fragment_of(struct check *c, uint32_t target,
                            const struct check_link *l)
{
    struct slice id = l->fragment.len ? id_of(c, l->fragment) : l->fragment;
    uint64_t key;
    size_t at;

    if (!id.len)
        return 0;
    key = refs_hash(c->refs, c->targets.items[target].url, id);
    if (2 * c->fragments.n >= c->by_id_cap)
        grow(c, &c->by_id, &c->by_id_cap, c->fragments.n, fragment_key);
    at = place(c, c->by_id, c->by_id_cap, key, fragment_key);
    if (!c->by_id[at]) {
        *ADD(c->fragments) =
            (struct fragment){target, key, slice_dup(l->fragment), mem_strdup(l->text)};
        c->by_id[at] = (uint32_t)c->fragments.n;
    }
    return c->by_id[at] - 1;
}

void check_id(struct check *c, uint64_t url, struct slice id)
{
    urlset_add(&c->ids, refs_hash(c->refs, url, id));
}

/* ---- references ---- */

static const struct target *end_of(const struct check *c, uint32_t i)
{
    const struct target *t = &c->targets.items[i];

    for (int hops = 0; t->state == ALIAS && hops < 20; hops++)
        t = &c->targets.items[c->aliases.items[t->detail].target];
    return t;
}

/* Of a URL that only leads to a page the ids are that page's. */
static bool has_id(struct check *c, const struct target *end, uint32_t fragment)
{
    const struct fragment *f = &c->fragments.items[fragment];
    struct slice id;

    if (end->url == c->targets.items[f->target].url)
        return urlset_has(&c->ids, f->id);
    id = id_of(c, slice_str(f->text));
    return urlset_has(&c->ids, refs_hash(c->refs, end->url, id));
}

static bool is_missing(struct check *c, const struct target *end, uint32_t fragment)
{
    return fragment && end->state == GOOD && end->read && !has_id(c, end, fragment);
}

/* Whether all is known that there is to know, and it is good. */
static bool is_good(struct check *c, const struct reference *r)
{
    const struct target *end = end_of(c, r->target);

    return end->state == GOOD && !is_missing(c, end, r->fragment);
}

static void drop_good(struct check *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->references.n; i++)
        if (!is_good(c, &c->references.items[i]))
            c->references.items[kept++] = c->references.items[i];
    c->references.n = kept;
    c->enough = kept > FEW / 2 ? 2 * kept : FEW;
}

uint32_t check_page(struct check *c, const char *url)
{
    *ADD(c->pages) = mem_strdup(url);
    return (uint32_t)c->pages.n - 1;
}

void check_refer(struct check *c, const struct check_link *l)
{
    struct reference r = {
        .target = target_of(c, l->url), .page = l->page, .line = l->line};

    r.fragment = fragment_of(c, r.target, l);
    if (!r.fragment && is_good(c, &r))
        return;
    if (c->references.n >= c->enough)
        drop_good(c);
    *ADD(c->references) = r;
}

/* ---- what was found out ---- */

/* Until the next one is added. */
static struct target *target_at(struct check *c, uint64_t url)
{
    uint32_t i = target_of(c, url);

    return &c->targets.items[i];
}

void check_good(struct check *c, uint64_t url, bool read)
{
    struct target *t = target_at(c, url);

    t->state = GOOD;
    t->read = read;
}

void check_broken(struct check *c, uint64_t url, const struct check_fault *fault)
{
    struct target *t = target_at(c, url);

    if (t->state == BROKEN)
        return;
    t->state = BROKEN;
    t->detail = (uint32_t)c->faults.n;
    *ADD(c->faults) = (struct fault){mem_strdup(fault->url), mem_strdup(fault->message),
                                     fault->type, fault->status, false};
}

void check_alias(struct check *c, uint64_t url, const char *text, uint64_t target)
{
    uint32_t from = target_of(c, url), to = target_of(c, target);

    if (from == to)
        return;
    c->targets.items[from].state = ALIAS;
    c->targets.items[from].detail = (uint32_t)c->aliases.n;
    *ADD(c->aliases) = (struct alias){to, mem_strdup(text)};
}

/* ---- the end ---- */

/* Of what is gone for good it does not matter which part was wanted. */
static bool is_bad(struct check *c, struct reference *r)
{
    const struct target *end = end_of(c, r->target);

    if (end->state != BROKEN)
        return is_missing(c, end, r->fragment);
    r->fragment = 0;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct reference *x = a, *y = b;

    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->fragment != y->fragment)
        return x->fragment < y->fragment ? -1 : 1;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* The same link, twice in a line, is one. */
static size_t gather(const struct check *c, size_t first, struct check_referrer *out,
                     size_t *next)
{
    const struct reference *r = &c->references.items[first];
    size_t n = 0, i = first;

    for (; i < c->references.n; i++) {
        const struct reference *at = &c->references.items[i];

        if (at->target != r->target || at->fragment != r->fragment)
            break;
        if (i == first || compare(at, at - 1))
            out[n++] = (struct check_referrer){c->pages.items[at->page], at->line};
    }
    *next = i;
    return n;
}

static void describe(struct check *c, const struct reference *r,
                     struct check_fault *out)
{
    const struct target *t = &c->targets.items[r->target], *end = end_of(c, r->target);
    struct fault *f;

    if (end->state != BROKEN) {
        *out = (struct check_fault){c->fragments.items[r->fragment].url, 0,
                                    "anchor_missing", "nothing there has that id"};
        return;
    }
    f = &c->faults.items[end->detail];
    f->told = true;
    *out = (struct check_fault){f->url, f->status, f->type, f->message};
    if (t->state == ALIAS)
        out->url = c->aliases.items[t->detail].url;
}

static size_t tell_all(struct check *c, check_fn *tell, void *arg)
{
    struct check_referrer *room = mem_alloc((c->references.n + 1) * sizeof(*room));
    size_t count = 0, next = 0;

    for (size_t i = 0; i < c->references.n; i = next, count++) {
        const struct reference *r = &c->references.items[i];
        const char *text = c->fragments.items[r->fragment].text;
        size_t n = gather(c, i, room, &next);
        struct check_fault fault;

        describe(c, r, &fault);
        tell(&fault, slice_str(text ? text : ""), room, n, arg);
    }
    free(room);
    return count;
}

/* What was asked for, and nobody refers to. */
static size_t tell_rest(struct check *c, check_fn *tell, void *arg)
{
    size_t count = 0;

    for (size_t i = 0; i < c->faults.n; i++) {
        const struct fault *f = &c->faults.items[i];
        struct check_fault fault = {f->url, f->status, f->type, f->message};

        if (f->told)
            continue;
        tell(&fault, (struct slice){"", 0}, NULL, 0, arg);
        count++;
    }
    return count;
}

size_t check_finish(struct check *c, check_fn *tell, void *arg)
{
    size_t kept = 0, count;

    for (size_t i = 0; i < c->references.n; i++)
        if (is_bad(c, &c->references.items[i]))
            c->references.items[kept++] = c->references.items[i];
    c->references.n = kept;
    if (kept)
        qsort(c->references.items, kept, sizeof(*c->references.items), compare);
    count = tell_all(c, tell, arg);
    return count + tell_rest(c, tell, arg);
}
