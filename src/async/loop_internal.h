/* loop_internal.h - what the files of async/ share about the loop. */
#ifndef TRAWL_ASYNC_LOOP_INTERNAL_H
#define TRAWL_ASYNC_LOOP_INTERNAL_H

#include "async/context.h"
#include "async/loop.h"
#include "async/stack.h"

struct executor;
struct task;

/* Timers by time, then by order; a binary heap of borrowed pointers. */
struct timer_heap {
    struct timer **items;
    size_t count, cap;
    uint64_t order;
};

void timer_heap_clear(struct timer_heap *heap);
struct timer *timer_heap_first(const struct timer_heap *heap); /* NULL: empty */
void timer_heap_add(struct timer_heap *heap, struct timer *t);
void timer_heap_remove(struct timer_heap *heap, struct timer *t);

/* The tasks' share of the loop, looked after by task.c. */
struct task_state {
    struct list all;
    struct task *running;
    struct context context; /* the loop's own stack, while a task runs */
    struct stack_pool stacks;
};

struct task_state *loop_tasks(struct loop *loop);
struct timer_heap *loop_timers(struct loop *loop);
struct list *loop_ready(struct loop *loop);

/* Made at the first use, freed (threads joined) with the loop. */
struct executor **loop_executor(struct loop *loop);

/* Work under way elsewhere that will call loop_call_soon_threadsafe: keeps the loop
 * waiting. */
void loop_expect(struct loop *loop, int more);

#endif
