/* Timers: a binary heap that the loop takes the due ones from. */
#include <assert.h>
#include <stdlib.h>

#include "async/loop_internal.h"
#include "base/mem.h"

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->when < b->when || (a->when == b->when && a->order < b->order);
}

static void place(struct timer_heap *heap, struct timer *t, size_t index)
{
    heap->items[index] = t;
    t->index = index;
}

static void sift_up(struct timer_heap *heap, struct timer *t, size_t index)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;

        if (!earlier(t, heap->items[parent]))
            break;
        place(heap, heap->items[parent], index);
        index = parent;
    }
    place(heap, t, index);
}

static void sift_down(struct timer_heap *heap, struct timer *t, size_t index)
{
    for (;;) {
        size_t child = 2 * index + 1;

        if (child >= heap->count)
            break;
        if (child + 1 < heap->count &&
            earlier(heap->items[child + 1], heap->items[child]))
            child++;
        if (!earlier(heap->items[child], t))
            break;
        place(heap, heap->items[child], index);
        index = child;
    }
    place(heap, t, index);
}

struct timer *timer_heap_first(const struct timer_heap *heap)
{
    return heap->count ? heap->items[0] : NULL;
}

void timer_heap_add(struct timer_heap *heap, struct timer *t)
{
    if (heap->count == heap->cap) {
        heap->cap = heap->cap ? 2 * heap->cap : 64;
        heap->items = mem_reallocarray(heap->items, heap->cap, sizeof(*heap->items));
    }
    t->order = heap->order++;
    sift_up(heap, t, heap->count++);
}

void timer_heap_remove(struct timer_heap *heap, struct timer *t)
{
    size_t hole = t->index;
    struct timer *last = heap->items[--heap->count];

    assert(heap->items[hole] == t);
    t->index = TIMER_IDLE;
    if (last == t)
        return;
    if (hole > 0 && earlier(last, heap->items[(hole - 1) / 2]))
        sift_up(heap, last, hole);
    else
        sift_down(heap, last, hole);
}

void timer_heap_clear(struct timer_heap *heap)
{
    assert(heap->count == 0);
    free(heap->items);
    *heap = (struct timer_heap){0};
}

void timer_init(struct timer *t, loop_fn *fn, void *arg)
{
    handle_init(&t->handle, fn, arg);
    t->index = TIMER_IDLE;
    t->loop = NULL;
}

void loop_call_at(struct loop *loop, struct timer *t, double when)
{
    timer_stop(t);
    t->loop = loop;
    t->when = when;
    timer_heap_add(loop_timers(loop), t);
}

void loop_call_later(struct loop *loop, struct timer *t, double delay)
{
    loop_call_at(loop, t, loop_time() + (delay > 0 ? delay : 0));
}

void timer_stop(struct timer *t)
{
    if (t->index != TIMER_IDLE)
        timer_heap_remove(loop_timers(t->loop), t);
    handle_cancel(&t->handle);
}

bool timer_active(const struct timer *t)
{
    return t->index != TIMER_IDLE || !list_empty(&t->handle.node);
}
