/* context.h - switching stacks; used by task.c alone.
 *
 * One side of the switch is always the loop's own stack, the other a task's. */
#ifndef TRAWL_ASYNC_CONTEXT_H
#define TRAWL_ASYNC_CONTEXT_H

#include <stddef.h>

#include "async/stack.h"

struct context {
    void *sp;           /* saved stack pointer, or a ucontext_t in the slow way */
    const void *bottom; /* lowest address of the stack, for AddressSanitizer */
    size_t size;
    void *fake_stack; /* AddressSanitizer's */
};

/* The context of the stack that the caller is running on: filled by the first switch
 * away from it. */
void context_init_current(struct context *c);

/* A context that will run entry(arg) on the stack. entry must not return: it switches
 * away for the last time with context_exit. */
void context_init(struct context *c, const struct stack *stack, void (*entry)(void *),
                  void *arg);
void context_clear(struct context *c);

/* Saves the running context in *from and goes on in *to. Returns when somebody
 * switches back. */
void context_switch(struct context *from, struct context *to);

/* The first thing that runs on a new stack, the other half of the first switch. */
void context_entered(struct context *self, struct context *from);

/* context_switch for the last time: nothing comes back to *from. */
void context_exit(struct context *from, struct context *to) __attribute__((noreturn));

#endif
