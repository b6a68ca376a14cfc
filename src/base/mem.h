/* mem.h - allocation that never returns NULL.
 *
 * trawl holds no state worth saving that is not already written down, so the
 * honest answer to a failed allocation is to say so and leave. Every function
 * here ends the program with a message and exit status 3 when memory runs out,
 * after calling the handler that was set (it flushes what is owed). */
#ifndef TRAWL_BASE_MEM_H
#define TRAWL_BASE_MEM_H

#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The struct that holds `member`, from a pointer to that member. */
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Like malloc, calloc, realloc, strdup, strndup; the caller frees with free(). */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mem_zalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mem_realloc(void *p, size_t size) __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((malloc, returns_nonnull));
char *mem_strndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));

/* `size` bytes at a multiple of `alignment`, a power of two; free() frees them. */
void *mem_alloc_aligned(size_t alignment, size_t size)
    __attribute__((malloc, returns_nonnull));

/* Resizes an array of `n` elements of `size` bytes; an overflow of the product
 * counts as out of memory. */
void *mem_reallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));

/* Sets what runs once, before the program ends for want of memory. It must not
 * allocate. NULL unsets it. */
void mem_set_exhausted_handler(void (*handler)(void));

/* Ends the program as a failed allocation does. For allocations made elsewhere
 * (a library, mmap). */
void mem_exhausted(void) __attribute__((noreturn));

#endif
