#include "async/context.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#if !defined(TRAWL_UCONTEXT) && (defined(__x86_64__) || defined(__aarch64__))
#define SAVED_REGISTER_SWITCH 1
#else
#include <ucontext.h>
#endif

/*
 * The switch proper: what the ABI lets a called function keep is saved on the old
 * stack, the stack pointer is exchanged, the same is restored from the new one. About
 * 20 ns for there and back; swapcontext takes 600, since it saves the signal mask by
 * a system call each way, and no task here has a mask of its own.
 */
#ifdef SAVED_REGISTER_SWITCH

void context_swap_registers(void **save_sp, void *load_sp);
void context_trampoline(void);

#if defined(__x86_64__)

/* The floating point control words belong to the callee-saved state too. */
__asm__(".text\n"
        ".globl context_swap_registers\n"
        ".hidden context_swap_registers\n"
        ".type context_swap_registers,@function\n"
        "context_swap_registers:\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  pushq %r12\n"
        "  pushq %r13\n"
        "  pushq %r14\n"
        "  pushq %r15\n"
        "  subq $8, %rsp\n"
        "  stmxcsr (%rsp)\n"
        "  fnstcw 4(%rsp)\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  ldmxcsr (%rsp)\n"
        "  fldcw 4(%rsp)\n"
        "  addq $8, %rsp\n"
        "  popq %r15\n"
        "  popq %r14\n"
        "  popq %r13\n"
        "  popq %r12\n"
        "  popq %rbx\n"
        "  popq %rbp\n"
        "  ret\n"
        ".size context_swap_registers, .-context_swap_registers\n"
        ".globl context_trampoline\n"
        ".hidden context_trampoline\n"
        ".type context_trampoline,@function\n"
        "context_trampoline:\n"
        "  .cfi_startproc\n"
        "  .cfi_undefined rip\n" /* a backtrace ends here */
        "  movq %r13, %rdi\n"
        "  call *%r12\n"
        "  ud2\n"
        "  .cfi_endproc\n"
        ".size context_trampoline, .-context_trampoline\n");

struct saved_registers {
    uint32_t mxcsr;
    uint16_t x87_control, unused;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    void (*return_to)(void);
};

static void fill_registers(struct saved_registers *r, void (*entry)(void *), void *arg)
{
    r->mxcsr = 0x1f80;
    r->x87_control = 0x037f;
    r->r12 = (uintptr_t)entry;
    r->r13 = (uintptr_t)arg;
    r->return_to = context_trampoline;
}

#else /* aarch64 */

__asm__(".text\n"
        ".globl context_swap_registers\n"
        ".hidden context_swap_registers\n"
        ".type context_swap_registers,%function\n"
        "context_swap_registers:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp, #0]\n"
        "  stp x21, x22, [sp, #16]\n"
        "  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n"
        "  stp x27, x28, [sp, #64]\n"
        "  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n"
        "  str x9, [x0]\n"
        "  mov sp, x1\n"
        "  ldp x19, x20, [sp, #0]\n"
        "  ldp x21, x22, [sp, #16]\n"
        "  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n"
        "  ldp x27, x28, [sp, #64]\n"
        "  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  ret\n"
        ".size context_swap_registers, .-context_swap_registers\n"
        ".globl context_trampoline\n"
        ".hidden context_trampoline\n"
        ".type context_trampoline,%function\n"
        "context_trampoline:\n"
        "  .cfi_startproc\n"
        "  .cfi_undefined x30\n"
        "  mov x0, x20\n"
        "  blr x19\n"
        "  brk #0\n"
        "  .cfi_endproc\n"
        ".size context_trampoline, .-context_trampoline\n");

struct saved_registers {
    uint64_t x19, x20, x21_to_x28[8], x29;
    void (*return_to)(void);
    uint64_t d8_to_d15[8];
};

static void fill_registers(struct saved_registers *r, void (*entry)(void *), void *arg)
{
    r->x19 = (uintptr_t)entry;
    r->x20 = (uintptr_t)arg;
    r->return_to = context_trampoline;
}

#endif

void context_init_current(struct context *c)
{
    *c = (struct context){0};
}

void context_init(struct context *c, const struct stack *stack, void (*entry)(void *),
                  void *arg)
{
    /* The trampoline finds the stack pointer on a multiple of 16, as the ABI wants it
     * at a call. */
    uintptr_t top = ((uintptr_t)stack->bottom + stack->size) & ~(uintptr_t)15;
    struct saved_registers *r =
        (struct saved_registers *)(top - 16 - sizeof(struct saved_registers));

    *r = (struct saved_registers){0};
    fill_registers(r, entry, arg);
    *c = (struct context){.sp = r, .bottom = stack->bottom, .size = stack->size};
}

void context_clear(struct context *c)
{
    *c = (struct context){0};
}

static void swap(struct context *from, struct context *to)
{
    context_swap_registers(&from->sp, to->sp);
}

#else /* ucontext */

static void start(unsigned entry_hi, unsigned entry_lo, unsigned arg_hi,
                  unsigned arg_lo)
{
    /* makecontext passes ints only. */
    uintptr_t entry = (uintptr_t)((uint64_t)entry_hi << 32 | entry_lo);
    uintptr_t arg = (uintptr_t)((uint64_t)arg_hi << 32 | arg_lo);

    ((void (*)(void *))entry)((void *)arg);
}

void context_init_current(struct context *c)
{
    *c = (struct context){.sp = mem_zalloc(sizeof(ucontext_t))};
}

void context_init(struct context *c, const struct stack *stack, void (*entry)(void *),
                  void *arg)
{
    uint64_t e = (uintptr_t)entry, a = (uintptr_t)arg;
    ucontext_t *u = mem_zalloc(sizeof(*u));

    getcontext(u);
    u->uc_stack.ss_sp = stack->bottom;
    u->uc_stack.ss_size = stack->size;
    makecontext(u, (void (*)(void))start, 4, (unsigned)(e >> 32), (unsigned)e,
                (unsigned)(a >> 32), (unsigned)a);
    *c = (struct context){.sp = u, .bottom = stack->bottom, .size = stack->size};
}

void context_clear(struct context *c)
{
    free(c->sp);
    *c = (struct context){0};
}

static void swap(struct context *from, struct context *to)
{
    swapcontext(from->sp, to->sp);
}

#endif

void context_switch(struct context *from, struct context *to)
{
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(&from->fake_stack, to->bottom, to->size);
#endif
    swap(from, to);
#ifdef WITH_ASAN
    __sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
#endif
}

void context_entered(struct context *self, struct context *from)
{
    (void)self, (void)from;
#ifdef WITH_ASAN
    /* Tells where the stack lies that we came from: nobody else knows the thread's. */
    __sanitizer_finish_switch_fiber(self->fake_stack, &from->bottom, &from->size);
#endif
}

void context_exit(struct context *from, struct context *to)
{
#ifdef WITH_ASAN
    /* NULL: the fake stack of this one dies with it. */
    __sanitizer_start_switch_fiber(NULL, to->bottom, to->size);
#endif
    swap(from, to);
    abort();
}
