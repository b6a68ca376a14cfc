#include "crawl/marks.h"

#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_CAP = 16 };

void marks_clear(struct marks *m)
{
    for (size_t i = 0; i < MARKS_PARTS; i++)
        free(m->parts[i].slots);
    *m = (struct marks){0};
}

static uint64_t key_at(const uint32_t *slot)
{
    return (uint64_t)slot[1] << 32 | slot[0];
}

/* The slot where it is, or the empty one that ends its search. */
static uint32_t *find(const struct marks_part *p, uint64_t key)
{
    size_t i = (size_t)(key / MARKS_PARTS % p->cap);

    while (key_at(p->slots[i]) && key_at(p->slots[i]) != key)
        i = i + 1 < p->cap ? i + 1 : 0;
    return p->slots[i];
}

static void put(const struct marks_part *p, uint64_t key, uint32_t number)
{
    uint32_t *slot = find(p, key);

    slot[0] = (uint32_t)key;
    slot[1] = (uint32_t)(key >> 32);
    slot[2] = number;
}

/* At most four fifths are used, and a part that is full grows by a quarter. */
static void make_room(struct marks_part *p)
{
    struct marks_part old = *p;

    if (p->count + 1 <= p->cap / 5 * 4)
        return;
    p->cap = old.cap ? old.cap + old.cap / 4 : FIRST_CAP;
    p->slots = mem_zalloc(p->cap * sizeof(*p->slots));
    for (size_t i = 0; i < old.cap; i++)
        if (key_at(old.slots[i]))
            put(p, key_at(old.slots[i]), old.slots[i][2]);
    free(old.slots);
}

uint32_t marks_get(const struct marks *m, uint64_t key)
{
    const struct marks_part *p = &m->parts[key % MARKS_PARTS];

    return p->cap ? find(p, key)[2] : 0;
}

void marks_set(struct marks *m, uint64_t key, uint32_t number)
{
    struct marks_part *p = &m->parts[key % MARKS_PARTS];

    make_room(p);
    if (!key_at(find(p, key)))
        p->count++;
    put(p, key, number);
}
