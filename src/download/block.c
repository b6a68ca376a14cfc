#include "download/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* In whole pages: from that of the first byte to that of the last. */
static size_t size_for(const struct download *d, int64_t offset, int64_t end)
{
    int64_t pages = (end - 1) / DIRECT_ALIGN - offset / DIRECT_ALIGN + 1;

    if (end <= offset || pages > (int64_t)(d->o->block / DIRECT_ALIGN))
        return d->o->block;
    return (size_t)pages * DIRECT_ALIGN;
}

static char *new_memory(struct download *d, size_t size)
{
    if (size == d->o->block && d->spare_count)
        return d->spare[--d->spare_count];
    return mem_alloc_aligned(DIRECT_ALIGN, size);
}

void block_take(struct download *d, struct block *b, int64_t offset, int64_t end)
{
    b->size = size_for(d, offset, end);
    b->memory = new_memory(d, b->size);
    b->data = b->memory + offset % DIRECT_ALIGN;
    b->len = 0;
    b->offset = offset;
}

size_t block_room(const struct block *b)
{
    return b->memory ? (size_t)(b->memory + b->size - b->data) - b->len : 0;
}

void block_append(struct block *b, const char *data, size_t n)
{
    assert(n <= block_room(b));
    memcpy(b->data + b->len, data, n);
    b->len += n;
}

static void keep(struct download *d, char *memory)
{
    if (d->spare_count == d->spare_room) {
        d->spare_room = d->spare_room ? 2 * d->spare_room : 64;
        d->spare = mem_reallocarray(d->spare, d->spare_room, sizeof(*d->spare));
    }
    d->spare[d->spare_count++] = memory;
}

void block_free(struct download *d, struct block *b)
{
    if (b->size < d->o->block)
        free(b->memory);
    else
        keep(d, b->memory);
    *b = (struct block){0};
}

void block_clear_all(struct download *d)
{
    while (d->spare_count)
        free(d->spare[--d->spare_count]);
    free(d->spare);
}
