#include "async/stack.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#ifdef HAVE_VALGRIND_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(from, to) 0
#define VALGRIND_STACK_DEREGISTER(id)     ((void)(id))
#endif

/* Address space, not memory: only the pages that a task touches are ever there.
 * AddressSanitizer's frames are several times as large. */
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define BIG_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BIG_FRAMES 1
#endif
#endif

#ifdef BIG_FRAMES
#define STACK_BYTES (1024 * 1024)
#else
#define STACK_BYTES (256 * 1024)
#endif

/* Kept for the next task: their touched pages stay, so a burst costs them once. */
#define POOL_MAX 256

static size_t page_size(void)
{
    static size_t size;

    if (!size)
        size = (size_t)sysconf(_SC_PAGESIZE);
    return size;
}

static struct stack *stack_map(void)
{
    char *map = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);

    if (map == MAP_FAILED)
        mem_exhausted();
    /* An overflow must end the program, not run into a neighbour. */
    if (mprotect(map, page_size(), PROT_NONE) < 0)
        mem_exhausted();

    struct stack *s = (struct stack *)(map + STACK_BYTES) - 1;
    list_init(&s->node);
    s->bottom = map + page_size();
    s->size = (size_t)((char *)s - (char *)s->bottom);
    s->valgrind_id = VALGRIND_STACK_REGISTER(s->bottom, s);
    return s;
}

static void stack_unmap(struct stack *s)
{
    VALGRIND_STACK_DEREGISTER(s->valgrind_id);
    munmap((char *)s->bottom - page_size(), STACK_BYTES);
}

void stack_pool_init(struct stack_pool *pool)
{
    list_init(&pool->free);
    pool->count = 0;
}

void stack_pool_clear(struct stack_pool *pool)
{
    struct list *node;

    while ((node = list_shift(&pool->free)))
        stack_unmap(container_of(node, struct stack, node));
    pool->count = 0;
}

struct stack *stack_get(struct stack_pool *pool)
{
    struct list *node = list_shift(&pool->free);

    if (!node)
        return stack_map();
    pool->count--;
    return container_of(node, struct stack, node);
}

void stack_put(struct stack_pool *pool, struct stack *stack)
{
    if (pool->count >= POOL_MAX) {
        stack_unmap(stack);
        return;
    }
    /* Last used, first reused: its pages are warm. */
    list_prepend(&pool->free, &stack->node);
    pool->count++;
}
