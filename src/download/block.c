#include "download/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char *new_memory(struct download *d)
{
    if (d->spare_count)
        return d->spare[--d->spare_count];
    return mem_alloc_aligned(DIRECT_ALIGN, d->o->block);
}

void block_take(struct download *d, struct block *b, int64_t offset)
{
    b->memory = new_memory(d);
    b->data = b->memory + offset % DIRECT_ALIGN;
    b->len = 0;
    b->offset = offset;
}

size_t block_room(const struct download *d, const struct block *b)
{
    return b->memory ? (size_t)(b->memory + d->o->block - b->data) - b->len : 0;
}

void block_append(struct block *b, const char *data, size_t n)
{
    memcpy(b->data + b->len, data, n);
    b->len += n;
}

void block_free(struct download *d, struct block *b)
{
    if (!b->memory)
        return;
    if (d->spare_count == d->spare_room) {
        d->spare_room = d->spare_room ? 2 * d->spare_room : 64;
        d->spare = mem_reallocarray(d->spare, d->spare_room, sizeof(*d->spare));
    }
    d->spare[d->spare_count++] = b->memory;
    *b = (struct block){0};
}

void block_clear_all(struct download *d)
{
    while (d->spare_count)
        free(d->spare[--d->spare_count]);
    free(d->spare);
}
