#include "base/map.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"

enum { FIRST_CAP = 16 }; /* a power of two, as every capacity */

/* Empty: no key. A grave, which a search must pass: a key and no value. */
struct map_slot {
    uint64_t hash;
    const char *key;
    void *value;
};

/* --- SipHash-1-3 (Aumasson, Bernstein 2012), the key stretched from 64 bits ------- */

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static inline void sip_absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t map_hash(uint64_t seed, const char *key)
{
    uint64_t k1 = rotate(seed * UINT64_C(0x9e3779b97f4a7c15), 32) ^ seed;
    uint64_t v[4] = {
        seed ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
        seed ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    size_t n = strlen(key), left = n;
    uint64_t word;

    for (; left >= 8; left -= 8, key += 8) {
        memcpy(&word, key, 8);
        sip_absorb(v, word);
    }
    word = 0;
    memcpy(&word, key, left);
    sip_absorb(v, word ^ (uint64_t)n << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* --- the table -------------------------------------------------------------------- */

void map_init(struct map *m)
{
    *m = (struct map){0};
}

void map_clear(struct map *m)
{
    free(m->slots);
    map_init(m);
}

/* The slot of `key`, or the empty one that ends its search. */
static struct map_slot *find(const struct map *m, uint64_t hash, const char *key)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct map_slot *s = &m->slots[i];

        if (!s->key || (s->value && s->hash == hash && !strcmp(s->key, key)))
            return s;
    }
}

/* Makes room for one more: at most three quarters are used, so that searches stay
 * short and always end. Graves go; the table grows only if entries need it. */
static void make_room(struct map *m)
{
    struct map old = *m;

    if ((m->used + 1) * 4 <= m->cap * 3)
        return;
    if (!m->cap)
        m->seed = random_seed();
    m->cap = FIRST_CAP;
    while (m->cap < (m->count + 1) * 2)
        m->cap *= 2;
    m->slots = memset(mem_reallocarray(NULL, m->cap, sizeof(*m->slots)), 0,
                      m->cap * sizeof(*m->slots));
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].value)
            *find(m, old.slots[i].hash, old.slots[i].key) = old.slots[i];
    m->used = m->count;
    free(old.slots);
}

void *map_get(const struct map *m, const char *key)
{
    return m->count ? find(m, map_hash(m->seed, key), key)->value : NULL;
}

void *map_set(struct map *m, const char *key, void *value)
{
    struct map_slot *s;
    uint64_t hash;
    void *before;

    assert(value);
    make_room(m);
    hash = map_hash(m->seed, key);
    s = find(m, hash, key);
    before = s->value;
    if (!before) {
        m->count++;
        m->used++;
    }
    *s = (struct map_slot){hash, key, value};
    return before;
}

void *map_remove(struct map *m, const char *key)
{
    struct map_slot *s;
    void *value;

    if (!m->count)
        return NULL;
    s = find(m, map_hash(m->seed, key), key);
    value = s->value;
    if (value) {
        *s = (struct map_slot){0, "", NULL};
        m->count--;
    }
    return value;
}

void *map_next(const struct map *m, size_t *pos)
{
    while (*pos < m->cap) {
        struct map_slot *s = &m->slots[(*pos)++];

        if (s->value)
            return s->value;
    }
    return NULL;
}
