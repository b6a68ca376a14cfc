#include "check_async.h"

#include <fenv.h>
#include <math.h>
#include <unistd.h>

#include "async/context.h"
#include "async/stack.h"

static struct context outside, inside;

static void speaks(void *arg)
{
    context_entered(&inside, &outside);
    for (int i = 0; i < 3; i++) {
        note("%s%d", (const char *)arg, i);
        context_switch(&inside, &outside);
    }
    context_exit(&inside, &outside);
}

static void start(const struct stack *stack, void (*entry)(void *), void *arg)
{
    context_init_current(&outside);
    context_init(&inside, stack, entry, arg);
}

static void end(void)
{
    context_clear(&inside);
    context_clear(&outside);
}

START_TEST(switches_there_and_back)
{
    struct stack_pool pool;
    struct stack *stack;

    journal_reset();
    stack_pool_init(&pool);
    stack = stack_get(&pool);
    start(stack, speaks, WORD("in"));
    for (int i = 0; i < 4; i++) {
        context_switch(&outside, &inside);
        note("out");
    }
    end();
    stack_put(&pool, stack);
    stack_pool_clear(&pool);
    ck_assert_journal("in0 out in1 out in2 out out");
}
END_TEST

/* ---- what a switch must keep: locals, registers, floating point ---- */

static double mix(long a, long b, long c, long d, long e, double x, double y)
{
    return (double)(a * 3 + b * 5 + c * 7 + d * 11 + e * 13) + x * y;
}

static int computes(void *arg)
{
    long seed = *(long *)arg, a = seed, b = seed + 1, c = seed + 2, d = seed + 3,
         e = seed + 4;
    double x = (double)seed + 0.5, y = x * 2, expected = mix(a, b, c, d, e, x, y);

    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(task_yield(), 0);
        ck_assert(mix(a, b, c, d, e, x, y) == expected);
        a++, b++, c++, d++, e++;
        x += 1;
        expected = mix(a, b, c, d, e, x, y);
    }
    return 0;
}

static int computes_side_by_side(void *arg)
{
    static long seeds[20];
    struct group g;

    (void)arg;
    group_init(&g);
    for (long i = 0; i < 20; i++) {
        seeds[i] = i * 1000;
        group_create_task(&g, computes, &seeds[i]);
    }
    return group_wait(&g);
}

START_TEST(keeps_registers)
{
    ck_assert_int_eq(run(computes_side_by_side), 0);
}
END_TEST

/* As the processor rounds now: a little more when it rounds up. */
static double third(void)
{
    volatile double one = 1, three = 3;

    return one / three;
}

static int rounds_up(void *arg)
{
    double nearest = third();
    bool upward;

    (void)arg;
    fesetround(FE_UPWARD);
    upward = third() > nearest; /* not so under valgrind */
    for (int i = 0; i < 3; i++) {
        task_yield();
        ck_assert_int_eq(fegetround(), FE_UPWARD);
        ck_assert((third() > nearest) == upward);
    }
    return 0;
}

/* Each task has its own rounding: the control words belong to the saved state. */
static int rounds(void *arg)
{
    struct task *t = task_create(rounds_up, arg);
    double nearest = third();

    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(fegetround(), FE_TONEAREST);
        ck_assert(third() == nearest);
        task_yield();
    }
    task_await(t);
    task_unref(t);
    return 0;
}

START_TEST(keeps_the_rounding_mode)
{
    run(rounds);
}
END_TEST

static int aligned(void *arg)
{
    _Alignas(16) char here[16];

    (void)arg;
    memset(here, 0, sizeof(here));
    ck_assert_uint_eq((uintptr_t)here % 16, 0);
    ck_assert(snprintf(here, sizeof(here), "%.3f", sqrt(2.0)) == 5); /* uses SSE */
    return 0;
}

START_TEST(the_stack_is_aligned)
{
    ck_assert_int_eq(run(aligned), 0);
}
END_TEST

/* ---- stacks ---- */

static int uses_stack(void *arg)
{
    volatile char room[96 * 1024];

    for (size_t i = 0; i < sizeof(room); i += 512)
        room[i] = (char)i;
    task_yield();
    for (size_t i = 0; i < sizeof(room); i += 512)
        ck_assert_int_eq(room[i], (char)i);
    ++*(int *)arg;
    return 0;
}

static int fills_stacks(void *arg)
{
    struct group g;
    int n = 0;

    (void)arg;
    group_init(&g);
    for (int i = 0; i < 50; i++)
        group_create_task(&g, uses_stack, &n);
    group_wait(&g);
    return n;
}

START_TEST(stacks_are_large_enough)
{
    ck_assert_int_eq(run(fills_stacks), 50);
}
END_TEST

START_TEST(the_last_used_is_the_first_reused)
{
    struct stack_pool pool;
    struct stack *a, *b;

    stack_pool_init(&pool);
    a = stack_get(&pool);
    b = stack_get(&pool);
    ck_assert_ptr_ne(a, b);
    memset(a->bottom, 1, a->size);
    memset(b->bottom, 2, b->size);
    stack_put(&pool, a);
    stack_put(&pool, b);
    ck_assert_ptr_eq(stack_get(&pool), b);
    ck_assert_ptr_eq(stack_get(&pool), a);
    stack_put(&pool, a);
    stack_put(&pool, b);
    stack_pool_clear(&pool);
}
END_TEST

/* Nothing can be read below a stack, also where another lies there. */
START_TEST(each_has_a_guard)
{
    struct stack_pool pool;
    struct stack *stacks[4];
    int fds[2];

    stack_pool_init(&pool);
    ck_assert_int_eq(pipe(fds), 0);
    for (int i = 0; i < 4; i++)
        stacks[i] = stack_get(&pool);
    for (int i = 0; i < 4; i++) {
        const char *bottom = stacks[i]->bottom;

        ck_assert_int_eq(write(fds[1], bottom, 1), 1);
#if !defined(                                                                          \
    WITH_ASAN) /* nor valgrind's, which sees the bytes before the kernel does */
        if (!getenv("CK_FORK"))
            ck_assert(write(fds[1], bottom - 1, 1) < 0 && errno == EFAULT);
#endif
        stack_put(&pool, stacks[i]);
    }
    close(fds[0]);
    close(fds[1]);
    stack_pool_clear(&pool);
}
END_TEST

static int holds_stack(void *arg)
{
    (void)arg;
    return task_yield();
}

static long mappings(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    long n = 0;
    int c;

    ck_assert_ptr_nonnull(f);
    while ((c = getc(f)) != EOF)
        n += c == '\n';
    fclose(f);
    return n;
}

static int burst(void *arg)
{
    struct group g;

    group_init(&g);
    for (int i = 0; i < 3000; i++)
        group_create_task(&g, holds_stack, arg);
    return group_wait(&g);
}

/* A burst of tasks leaves no more behind than the pool holds, the loop's end nothing.
 */
static int bursts(void *arg)
{
    long after_first;

    burst(arg);
    after_first = mappings();
    for (int i = 0; i < 5; i++)
        burst(arg);
    ck_assert_int_le(mappings(), after_first + 20);
#ifndef WITH_ASAN /* whose shadow is cut into mappings too */
    ck_assert_int_lt(after_first, 1500);
#endif
    return 0;
}

START_TEST(bursts_do_not_pile_up)
{
    long before = mappings();

    run(bursts);
#ifndef WITH_ASAN
    ck_assert_int_le(mappings(), before + 50);
#endif
    (void)before;
}
END_TEST

/* ---- misuse ---- */

static int recurses(void *arg)
{
    volatile char room[1024];

    room[0] = room[1023] = *(char *)arg;
    if (room[0])
        return recurses((void *)(uintptr_t)room) + room[1];
    return 0;
}

static int overflows(void *arg)
{
    char c = 1;

    (void)arg;
    return recurses(&c);
}

START_TEST(an_overflow_hits_the_guard)
{
    expect_abort();
    run(overflows);
}
END_TEST

static Suite *make(void)
{
    Suite *s = CHECK_SUITE("async_context", switches_there_and_back, keeps_registers,
                           keeps_the_rounding_mode, the_stack_is_aligned,
                           stacks_are_large_enough, the_last_used_is_the_first_reused,
                           each_has_a_guard, bursts_do_not_pile_up);
    const char *fork = getenv("CK_FORK");
    TCase *tc = tcase_create("overflow");

    /* AddressSanitizer's report ends the program in another way. */
#ifndef WITH_ASAN
    if (!(fork && strcmp(fork, "no") == 0))
        tcase_add_test_raise_signal(tc, an_overflow_hits_the_guard, SIGSEGV);
#else
    (void)fork, (void)an_overflow_hits_the_guard;
#endif
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return check_main(make);
}
