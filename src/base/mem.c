#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_LOCAL_FAILURE = 3 };

static void (*exhausted_handler)(void);

void mem_set_exhausted_handler(void (*handler)(void))
{
    exhausted_handler = handler;
}

void mem_exhausted(void)
{
    static const char message[] = "trawl: out of memory\n";
    void (*handler)(void) = exhausted_handler;

    exhausted_handler = NULL; /* should it run out of memory too, leave at once */
    if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0) {
        /* nobody left to tell */
    }
    if (handler)
        handler();
    _exit(STATUS_LOCAL_FAILURE);
}

static void *checked(void *p)
{
    if (!p)
        mem_exhausted();
    return p;
}

/* malloc(0) may return NULL, and realloc(p, 0) frees p: neither means exhausted. */
static size_t at_least_one(size_t size)
{
    return size ? size : 1;
}

void *mem_alloc(size_t size)
{
    return checked(malloc(at_least_one(size)));
}

void *mem_alloc_aligned(size_t alignment, size_t size)
{
    void *p;

    return checked(posix_memalign(&p, alignment, at_least_one(size)) ? NULL : p);
}

void *mem_zalloc(size_t size)
{
    return checked(calloc(1, at_least_one(size)));
}

void *mem_realloc(void *p, size_t size)
{
    return checked(realloc(p, at_least_one(size)));
}

void *mem_reallocarray(void *p, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        mem_exhausted();
    return mem_realloc(p, n * size);
}

char *mem_strdup(const char *s)
{
    return checked(strdup(s));
}

char *mem_strndup(const char *s, size_t n)
{
    return checked(strndup(s, n));
}
