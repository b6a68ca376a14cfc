#include "crawl/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void lanes_init(struct lanes *l)
{
    *l = (struct lanes){0};
    map_init(&l->all);
}

void lanes_clear(struct lanes *l)
{
    struct lane *lane;
    size_t pos = 0;

    while ((lane = map_next(&l->all, &pos))) {
        queue_clear(&lane->queue);
        free(lane);
    }
    map_clear(&l->all);
    free(l->heap);
    buf_clear(&l->key);
}

struct lane *lanes_get(struct lanes *l, struct slice origin)
{
    struct lane *lane = l->last;

    if (lane && slice_eq(origin, lane->origin))
        return lane;
    buf_reset(&l->key);
    buf_append(&l->key, origin.data, origin.len);
    lane = map_get(&l->all, l->key.data);
    if (!lane) {
        lane = mem_zalloc(sizeof(*lane) + origin.len + 1);
        memcpy(lane->origin, origin.data, origin.len);
        queue_init(&lane->queue);
        lane->turn = ++l->turn;
        map_set(&l->all, lane->origin, lane);
    }
    return l->last = lane;
}

/* ---- the heap: the first one has the smallest level, then the oldest turn ---- */

static bool goes_before(const struct lane *a, const struct lane *b)
{
    uint32_t x = queue_level(&a->queue), y = queue_level(&b->queue);

    return x != y ? x < y : a->turn < b->turn;
}

static void put(struct lanes *l, size_t place, struct lane *lane)
{
    l->heap[place - 1] = lane;
    lane->place = place;
}

static void move_up(struct lanes *l, struct lane *lane)
{
    size_t place = lane->place;

    while (place > 1 && goes_before(lane, l->heap[place / 2 - 1])) {
        put(l, place, l->heap[place / 2 - 1]);
        place /= 2;
    }
    put(l, place, lane);
}

static void move_down(struct lanes *l, struct lane *lane)
{
    size_t place = lane->place, child;

    while ((child = place * 2) <= l->n) {
        if (child < l->n && goes_before(l->heap[child], l->heap[child - 1]))
            child++;
        if (!goes_before(l->heap[child - 1], lane))
            break;
        put(l, place, l->heap[child - 1]);
        place = child;
    }
    put(l, place, lane);
}

static void enter(struct lanes *l, struct lane *lane)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 16;
        l->heap = mem_reallocarray(l->heap, l->cap, sizeof(struct lane *));
    }
    l->n++;
    put(l, l->n, lane);
}

/* Its queue may be empty by now, so it is compared with nothing. */
static void leave(struct lanes *l, struct lane *lane)
{
    struct lane *last = l->heap[--l->n];
    size_t place = lane->place;

    lane->place = 0;
    if (last == lane)
        return;
    put(l, place, last);
    move_up(l, last);
    move_down(l, last);
}

/* ---- turns ---- */

bool lanes_full(const struct lanes *l, const struct lane *lane)
{
    return l->max_per_host && lane->given >= l->max_per_host;
}

static bool may_go_on(const struct lanes *l, const struct lane *lane)
{
    return !queue_empty(&lane->queue) && (!l->per_host || lane->out < l->per_host) &&
           !lanes_full(l, lane);
}

struct lane *lanes_next(struct lanes *l)
{
    return l->n ? l->heap[0] : NULL;
}

void lanes_served(struct lanes *l, struct lane *lane)
{
    lane->turn = ++l->turn;
}

static void forget(struct lanes *l, struct lane *lane)
{
    if (l->last == lane)
        l->last = NULL;
    map_remove(&l->all, lane->origin);
    free(lane);
}

void lanes_settle(struct lanes *l, struct lane *lane)
{
    if (may_go_on(l, lane)) {
        if (!lane->place)
            enter(l, lane);
        move_up(l, lane);
        move_down(l, lane);
    } else if (lane->place) {
        leave(l, lane);
    }
    if (queue_empty(&lane->queue) && !lane->out && !(l->max_per_host && lane->given))
        forget(l, lane);
}
