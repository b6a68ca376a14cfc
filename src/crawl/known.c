#include "crawl/known.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"

/* Never all zero where a URL is: that is an empty slot. */
struct known_slot {
    uint64_t hash;
    uint64_t rest; /* 48 bits of hash, 8 of state, 8 of level */
};

enum { WAITS = 0x100, SETTLED = 0x200, LEVEL_MASK = 0xff, REST_MASK = 0xffff };
enum { LESS_SHIFT = 10, LESS_MASK = 3 };
enum { FIRST_CAP = 16, LEVEL_MAX = 255 };

void known_init(struct known *k)
{
    *k = (struct known){.keys = {random_seed(), random_seed()}};
}

void known_clear(struct known *k)
{
    for (size_t i = 0; i < KNOWN_PARTS; i++)
        free(k->parts[i].slots);
    *k = (struct known){0};
}

static struct known_slot slot_of(const struct known *k, const char *url)
{
    return (struct known_slot){map_hash(k->keys[0], url),
                               map_hash(k->keys[1], url) & ~(uint64_t)REST_MASK};
}

static uint64_t level_bits(uint32_t level)
{
    return level < LEVEL_MAX ? level : LEVEL_MAX;
}

static uint64_t less_bits(unsigned less)
{
    return (uint64_t)less << LESS_SHIFT;
}

static unsigned less_of(const struct known_slot *at)
{
    return (unsigned)(at->rest >> LESS_SHIFT) & LESS_MASK;
}

static size_t part_of(struct known_slot s)
{
    return (size_t)(s.hash % KNOWN_PARTS);
}

/* The slot where it is, or the empty one that ends its search. */
static struct known_slot *find(const struct known_part *p, struct known_slot s)
{
    size_t i = (size_t)(s.hash / KNOWN_PARTS % p->cap);

    for (;; i = i + 1 < p->cap ? i + 1 : 0) {
        struct known_slot *at = &p->slots[i];

        if (!at->rest ||
            (at->hash == s.hash && !((at->rest ^ s.rest) & ~(uint64_t)REST_MASK)))
            return at;
    }
}

/* At most four fifths are used, and a part that is full grows by a quarter. */
static void make_room(struct known_part *p)
{
    struct known_part old = *p;

    if (p->count + 1 <= p->cap / 5 * 4)
        return;
    p->cap = old.cap ? old.cap + old.cap / 4 : FIRST_CAP;
    p->slots = mem_zalloc(p->cap * sizeof(*p->slots));
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].rest)
            *find(p, old.slots[i]) = old.slots[i];
    free(old.slots);
}

static struct known_slot *add(struct known *k, struct known_slot s)
{
    struct known_part *p = &k->parts[part_of(s)];
    struct known_slot *at;

    make_room(p);
    at = find(p, s);
    if (!at->rest) {
        *at = s;
        p->count++;
        k->count++;
    }
    return at;
}

static struct known_slot *look_up(const struct known *k, const char *url)
{
    struct known_slot s = slot_of(k, url), *at;
    const struct known_part *p = &k->parts[part_of(s)];

    if (!p->cap)
        return NULL;
    at = find(p, s);
    return at->rest ? at : NULL;
}

/* Whether what was told before is as good. */
static bool is_old(const struct known_slot *at, uint32_t level, unsigned less)
{
    if (less_of(at) != less)
        return less_of(at) < less;
    return !(at->rest & WAITS) || (at->rest & LEVEL_MASK) <= level_bits(level);
}

enum known_news known_tell(struct known *k, const char *url, uint32_t level,
                           unsigned less)
{
    struct known_slot s = slot_of(k, url), *at;
    size_t before = k->count;
    enum known_news news;

    s.rest |= WAITS | level_bits(level) | less_bits(less);
    at = add(k, s);
    if (k->count > before)
        return KNOWN_NEW;
    if (is_old(at, level, less))
        return KNOWN_OLD;
    news = at->rest & WAITS ? KNOWN_NEARER : KNOWN_NEW;
    *at = s;
    return news;
}

static bool waits_at(const struct known_slot *at, uint32_t level, unsigned less)
{
    return at && (at->rest & WAITS) && less_of(at) == less &&
           (at->rest & LEVEL_MASK) == level_bits(level);
}

bool known_waits(const struct known *k, const char *url, uint32_t level, unsigned less)
{
    return waits_at(look_up(k, url), level, less);
}

bool known_take(struct known *k, const char *url, uint32_t level, unsigned less)
{
    struct known_slot *at = look_up(k, url);

    if (!waits_at(at, level, less))
        return false;
    at->rest ^= WAITS | SETTLED;
    return true;
}

bool known_settle(struct known *k, const char *url, unsigned less)
{
    struct known_slot s = slot_of(k, url), *at;
    bool waited;

    s.rest |= SETTLED | less_bits(less);
    at = add(k, s);
    if (less_of(at) < less)
        return false;
    waited = at->rest & WAITS;
    at->rest = s.rest;
    return waited;
}

bool known_has(const struct known *k, const char *url)
{
    return look_up(k, url) != NULL;
}

bool known_covers(const struct known *k, const char *url, unsigned less)
{
    const struct known_slot *at = look_up(k, url);

    return at && less_of(at) <= less;
}
