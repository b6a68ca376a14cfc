#include "base/keyset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 16 };

static const uint8_t zero[16]; /* an empty slot */

/* The slot of `key`, or the empty one that ends its search. */
static uint8_t *find(const struct keyset *s, const uint8_t key[16])
{
    uint64_t word;
    size_t i;

    memcpy(&word, key, sizeof(word));
    for (i = (size_t)(word % s->cap);; i = i + 1 < s->cap ? i + 1 : 0)
        if (!memcmp(s->slots[i], key, 16) || !memcmp(s->slots[i], zero, 16))
            return s->slots[i];
}

/* At most four fifths are used, and a table that is full grows by half: searches stay
 * short, and a key takes 20 to 30 bytes. */
static void make_room(struct keyset *s)
{
    struct keyset old = *s;

    if ((s->count + 1) <= s->cap / 5 * 4)
        return;
    s->cap = old.cap ? old.cap + old.cap / 2 : FIRST_CAP;
    s->slots = memset(mem_reallocarray(NULL, s->cap, sizeof(*s->slots)), 0,
                      s->cap * sizeof(*s->slots));
    for (size_t i = 0; i < old.cap; i++)
        if (memcmp(old.slots[i], zero, 16) != 0)
            memcpy(find(s, old.slots[i]), old.slots[i], 16);
    free(old.slots);
}

void keyset_clear(struct keyset *s)
{
    free(s->slots);
    *s = (struct keyset){0};
}

bool keyset_add(struct keyset *s, const uint8_t key[16])
{
    uint8_t *slot;

    if (!memcmp(key, zero, 16)) {
        bool was_there = s->has_zero;

        s->has_zero = true;
        s->count += !was_there;
        return !was_there;
    }
    make_room(s);
    slot = find(s, key);
    if (!memcmp(slot, key, 16))
        return false;
    memcpy(slot, key, 16);
    s->count++;
    return true;
}

bool keyset_has(const struct keyset *s, const uint8_t key[16])
{
    if (!memcmp(key, zero, 16))
        return s->has_zero;
    return s->cap && !memcmp(find(s, key), key, 16);
}
