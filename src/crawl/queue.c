#include "crawl/queue.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A block is twice the one before it, up to a page: a host with one URL costs little,
 * and one with a million loses little at the end. */
enum { FIRST_BLOCK = 96, LARGEST_BLOCK = 4096 - 32 };

struct block {
    struct block *next;
    uint32_t used, size;
    char data[];
};

/* All of one level. What is the same as in the item before is not written again. */
struct row {
    struct list node;
    uint32_t level;
    uint32_t at; /* of the first block, what was read */
    struct block *first, *last;
    struct page *page_written, *page_read; /* the last ones, for comparing */
    uint64_t id_written, id_read;
};

/* The first byte of an item. Behind it come, in this order, what is not told by it: id,
 * referrer, length of the path, path, length of lastmod, lastmod. */
enum {
    REASON_MASK = 7,
    HAS_LASTMOD = 8,
    NEW_REFERRER = 16, /* else that of the item before */
    NEW_ID = 32        /* else the next one */
};

enum { NUMBER_MAX = 10, OVERHEAD_MAX = 1 + 3 * NUMBER_MAX + sizeof(struct page *) };

void queue_init(struct queue *q)
{
    list_init(&q->rows);
}

bool queue_empty(const struct queue *q)
{
    return list_empty(&q->rows);
}

void queue_clear(struct queue *q)
{
    while (!queue_empty(q))
        queue_drop(q);
}

static struct row *first_row(const struct queue *q)
{
    return container_of(q->rows.next, struct row, node);
}

uint32_t queue_level(const struct queue *q)
{
    return first_row(q)->level;
}

/* ---- writing ---- */

/* The row of a level, which mostly is the last one. */
static struct row *row_of(struct queue *q, uint32_t level)
{
    struct list *before = q->rows.prev;
    struct row *row;

    while (before != &q->rows && container_of(before, struct row, node)->level > level)
        before = before->prev;
    if (before != &q->rows && container_of(before, struct row, node)->level == level)
        return container_of(before, struct row, node);
    row = mem_zalloc(sizeof(*row));
    row->level = level;
    list_prepend(before, &row->node);
    return row;
}

/* Makes room for `n` more bytes at the end. */
static void reserve(struct row *row, size_t n)
{
    struct block *last = row->last, *b;
    size_t size = last ? (size_t)last->size * 2 : FIRST_BLOCK;

    if (last && last->size - last->used >= n)
        return;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < n)
        size = n;
    b = mem_alloc(sizeof(*b) + size);
    *b = (struct block){.size = (uint32_t)size};
    if (last)
        last->next = b;
    else
        row->first = b;
    row->last = b;
}

static void put(struct row *row, const void *data, size_t n)
{
    memcpy(row->last->data + row->last->used, data, n);
    row->last->used += (uint32_t)n;
}

/* Seven bits a byte, the lowest first; the highest bit tells that more come. */
static void put_number(struct row *row, uint64_t n)
{
    unsigned char bytes[NUMBER_MAX];
    size_t length = 0;

    for (; n > 0x7f; n >>= 7)
        bytes[length++] = (unsigned char)(n | 0x80);
    bytes[length++] = (unsigned char)n;
    put(row, bytes, length);
}

static void put_text(struct row *row, struct slice text)
{
    put_number(row, text.len);
    put(row, text.data, text.len);
}

/* An item lies in one block. */
void queue_put(struct queue *q, const struct queue_item *item)
{
    struct row *row = row_of(q, item->level);
    bool new_id = item->id != row->id_written + 1;
    bool new_referrer = item->referrer != row->page_written;
    unsigned char head = (unsigned char)(item->reason | (new_id ? NEW_ID : 0) |
                                         (new_referrer ? NEW_REFERRER : 0) |
                                         (item->lastmod.len ? HAS_LASTMOD : 0));

    reserve(row, OVERHEAD_MAX + item->path.len + item->lastmod.len);
    put(row, &head, 1);
    if (new_id)
        put_number(row, item->id);
    if (new_referrer)
        put(row, &item->referrer, sizeof(item->referrer));
    put_text(row, item->path);
    if (item->lastmod.len)
        put_text(row, item->lastmod);
    row->id_written = item->id;
    row->page_written = page_ref(item->referrer);
}

/* ---- reading ---- */

static uint64_t get_number(const char **at)
{
    uint64_t n = 0;
    unsigned char byte;
    unsigned shift = 0;

    do {
        byte = (unsigned char)*(*at)++;
        n |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return n;
}

static struct slice get_text(const char **at)
{
    struct slice text = {NULL, get_number(at)};

    text.data = *at;
    *at += text.len;
    return text;
}

/* The first item, and where the next one begins. */
static struct queue_item read_first(const struct row *row, const char **at)
{
    struct queue_item item = {.level = row->level,
                              .id = row->id_read + 1,
                              .referrer = row->page_read,
                              .lastmod = {NULL, 0}};
    unsigned char head;

    *at = row->first->data + row->at;
    head = (unsigned char)*(*at)++;
    item.reason = (enum visit_reason)(head & REASON_MASK);
    if (head & NEW_ID)
        item.id = get_number(at);
    if (head & NEW_REFERRER) {
        memcpy(&item.referrer, *at, sizeof(item.referrer));
        *at += sizeof(item.referrer);
    }
    item.path = get_text(at);
    if (head & HAS_LASTMOD)
        item.lastmod = get_text(at);
    return item;
}

struct queue_item queue_first(const struct queue *q)
{
    const char *end;

    return read_first(first_row(q), &end);
}

static void drop_block(struct row *row)
{
    struct block *b = row->first;

    row->first = b->next;
    row->at = 0;
    free(b);
}

void queue_drop(struct queue *q)
{
    struct row *row = first_row(q);
    const char *end;
    struct queue_item item = read_first(row, &end);

    row->id_read = item.id;
    row->page_read = item.referrer;
    row->at = (uint32_t)(end - row->first->data);
    if (row->at == row->first->used)
        drop_block(row);
    if (!row->first) {
        list_remove(&row->node);
        free(row);
    }
    page_unref(item.referrer);
}
