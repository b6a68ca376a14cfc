#include "crawl/refs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

enum { CACHED = 1 << 15 }; /* half a megabyte */

struct refs {
    uint64_t seed;
    struct entry {
        uint64_t reference, url;
    } entries[CACHED];
};

struct refs *refs_new(void)
{
    struct refs *r = mem_zalloc(sizeof(*r));

    if (getrandom(&r->seed, sizeof(r->seed), 0) < 0)
        r->seed = (uintptr_t)r;
    return r;
}

void refs_free(struct refs *r)
{
    free(r);
}

uint64_t refs_seed(const struct refs *r)
{
    return r->seed;
}

void refs_set_seed(struct refs *r, uint64_t seed)
{
    r->seed = seed;
}

/* ---- hashing: a 64x64 multiplication for eight bytes, both halves folded ---- */

static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *p, size_t n)
{
    uint64_t word = 0;

    memcpy(&word, p, n);
    return word;
}

uint64_t refs_hash(const struct refs *r, uint64_t kind, struct slice text)
{
    uint64_t h = fold(r->seed ^ kind, 0x9e3779b97f4a7c15) ^ text.len;
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8)
        h = fold(h ^ load(text.data + i, 8), 0xd6e8feb86659fd93 ^ r->seed);
    if (i < text.len)
        h = fold(h ^ load(text.data + i, text.len - i), 0xa0761d6478bd642f ^ r->seed);
    h = fold(h ^ r->seed, 0xe7037ed1a0b428db);
    return h ? h : 1;
}

/* ---- the cache: each reference has one place ---- */

bool refs_get(const struct refs *r, uint64_t reference, uint64_t *url)
{
    const struct entry *e = &r->entries[reference % CACHED];

    *url = e->url;
    return e->reference == reference;
}

void refs_put(struct refs *r, uint64_t reference, uint64_t url)
{
    r->entries[reference % CACHED] = (struct entry){reference, url};
}

/* ---- a page's set ---- */

static size_t place(const struct urlset *s, uint64_t url)
{
    size_t i = url & (s->cap - 1);

    while (s->slots[i] && s->slots[i] != url)
        i = (i + 1) & (s->cap - 1);
    return i;
}

static bool put(struct urlset *s, uint64_t url)
{
    size_t i = place(s, url);

    if (s->slots[i])
        return false;
    s->slots[i] = url;
    s->count++;
    return true;
}

static void grow(struct urlset *s)
{
    struct urlset more = {.cap = s->cap ? 2 * s->cap : 128};

    more.slots = mem_zalloc(more.cap * sizeof(*more.slots));
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i])
            put(&more, s->slots[i]);
    free(s->slots);
    *s = more;
}

bool urlset_add(struct urlset *s, uint64_t url)
{
    if (2 * s->count >= s->cap)
        grow(s);
    return put(s, url);
}

bool urlset_has(const struct urlset *s, uint64_t url)
{
    return s->cap && s->slots[place(s, url)] == url;
}

void urlset_reset(struct urlset *s)
{
    if (s->count)
        memset(s->slots, 0, s->cap * sizeof(*s->slots));
    s->count = 0;
}

void urlset_clear(struct urlset *s)
{
    free(s->slots);
    *s = (struct urlset){0};
}
