#include "crawl/anchors.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"

/* In place of refs_hash's `kind`. */
#define ANCHOR (~(uint64_t)1)

static uint32_t hash_of(const struct refs *refs, struct slice id)
{
    return (uint32_t)refs_hash(refs, ANCHOR, id);
}

void anchors_add(struct buf *gathered, const struct refs *refs, struct slice id)
{
    uint32_t hash = hash_of(refs, id);

    buf_append(gathered, &hash, sizeof(hash));
}

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

struct anchors *anchors_new(struct buf *gathered)
{
    struct anchors *a = mem_alloc(sizeof(*a) + gathered->len);

    a->count = gathered->len / sizeof(*a->hashes);
    if (a->count) {
        memcpy(a->hashes, gathered->data, gathered->len);
        qsort(a->hashes, a->count, sizeof(*a->hashes), compare);
    }
    buf_reset(gathered);
    return a;
}

struct anchors *anchors_copy(const struct anchors *a)
{
    size_t n = sizeof(*a) + a->count * sizeof(*a->hashes);

    return memcpy(mem_alloc(n), a, n);
}

static struct slice without_directive(struct slice fragment)
{
    for (size_t i = 0; i + 3 <= fragment.len; i++)
        if (!memcmp(fragment.data + i, ":~:", 3))
            return (struct slice){fragment.data, i};
    return fragment;
}

bool anchors_needless(struct slice fragment)
{
    struct slice name = without_directive(fragment);

    return name.len == 0 || name.data[0] == '!' || name.data[0] == '/' ||
           slice_eq_nocase(name, "top");
}

static bool is_there(const struct anchors *a, const struct refs *refs, struct slice id)
{
    uint32_t hash = hash_of(refs, id);

    return a->count && bsearch(&hash, a->hashes, a->count, sizeof(hash), compare);
}

bool anchors_has(const struct anchors *a, const struct refs *refs,
                 struct slice fragment)
{
    struct slice name = without_directive(fragment);
    struct buf id = BUF_INIT;
    bool has;

    if (anchors_needless(fragment) || is_there(a, refs, name))
        return true;
    percent_decode(&id, name);
    has = is_there(a, refs, (struct slice){id.data, id.len});
    buf_clear(&id);
    return has;
}
