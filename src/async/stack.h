/* stack.h - stacks for tasks: mapped, guarded, pooled. */
#ifndef TRAWL_ASYNC_STACK_H
#define TRAWL_ASYNC_STACK_H

#include <stddef.h>

#include "base/list.h"

/* Lives at the upper end of the mapping it describes. */
struct stack {
    struct list node; /* in the pool */
    void *bottom;     /* lowest usable address, above the guard page */
    size_t size;      /* usable bytes from there */
    unsigned valgrind_id;
};

struct stack_pool {
    struct list free;
    size_t count;
};

void stack_pool_init(struct stack_pool *pool);
void stack_pool_clear(struct stack_pool *pool);

/* A stack from the pool or a new one; running out of mappings counts as out of
 * memory. */
struct stack *stack_get(struct stack_pool *pool);
void stack_put(struct stack_pool *pool, struct stack *stack);

#endif
