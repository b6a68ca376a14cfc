#include "input/answered.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 1024 }; /* a power of two, as every capacity */

void answered_add(struct answered *a, const uint8_t key[16])
{
    /* Full at each power of two from FIRST_CAP on. */
    if (a->n == 0 || (a->n >= FIRST_CAP && (a->n & (a->n - 1)) == 0))
        a->keys =
            mem_reallocarray(a->keys, a->n ? a->n * 2 : FIRST_CAP, sizeof(*a->keys));
    memcpy(a->keys[a->n++].bytes, key, sizeof(a->keys->bytes));
    a->count++;
}

static int compare(const void *x, const void *y)
{
    return memcmp(x, y, sizeof(struct answered_key));
}

void answered_sort(struct answered *a)
{
    size_t unique = 0;

    if (!a->n)
        return;
    qsort(a->keys, a->n, sizeof(*a->keys), compare);
    a->left = mem_reallocarray(NULL, a->n, sizeof(*a->left));
    for (size_t i = 0; i < a->n; i++) {
        if (i && compare(&a->keys[i], &a->keys[unique - 1]) == 0) {
            a->left[unique - 1]++;
        } else {
            a->left[unique] = 1;
            a->keys[unique++] = a->keys[i];
        }
    }
    a->n = unique;
    a->keys = mem_reallocarray(a->keys, unique, sizeof(*a->keys));
    a->left = mem_reallocarray(a->left, unique, sizeof(*a->left));
}

void answered_clear(struct answered *a)
{
    free(a->keys);
    free(a->left);
    *a = (struct answered){0};
}

bool answered_take(struct answered *a, const uint8_t key[16])
{
    const struct answered_key *found =
        a->n ? bsearch(key, a->keys, a->n, sizeof(*a->keys), compare) : NULL;

    if (!found || !a->left[found - a->keys])
        return false;
    a->left[found - a->keys]--;
    return true;
}
