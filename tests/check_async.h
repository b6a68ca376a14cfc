/* check_async.h - what the tests of async/ share: a journal of what happened in which
 * order, and tests that an assertion must end. */
#ifndef TRAWL_TESTS_CHECK_ASYNC_H
#define TRAWL_TESTS_CHECK_ASYNC_H

#include "check_main.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "async/async.h"
#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

/* Longer than any test takes: what sleeps so long is cancelled or never ends. */
#define AGES 3600.0

/* A limit of time before which something must have come: a machine that is busy may be
 * too slow for the first, so each is tried that is twice the one before. */
#define WITH_LIMITS(limit) for (double limit = 0.05; limit < 8; limit *= 2)

struct journal {
    char text[4096];
    size_t len;
};

static inline struct journal *journal(void)
{
    static struct journal j;

    return &j;
}

/* Appends a word to the journal. */
__attribute__((format(printf, 1, 2))) static inline void note(const char *format, ...)
{
    struct journal *j = journal();
    va_list ap;

    if (j->len)
        j->text[j->len++] = ' ';
    va_start(ap, format);
    j->len += (size_t)vsnprintf(j->text + j->len, sizeof(j->text) - j->len, format, ap);
    va_end(ap);
    ck_assert_uint_lt(j->len, sizeof(j->text) - 1);
}

#define ck_assert_journal(expected) ck_assert_str_eq(journal()->text, expected)

static inline void journal_reset(void)
{
    journal()->len = 0;
    journal()->text[0] = '\0';
}

/* loop_run with a fresh journal. */
static inline int run(task_fn *fn)
{
    journal_reset();
    return loop_run(fn, NULL);
}

/* Lets every other ready task run, several times over: enough for what one event sets
 * off to come to its end. */
static inline async void settle(void)
{
    for (int i = 0; i < 20; i++)
        task_yield();
}

/* Cancels and awaits it, and gives the reference back. */
static inline async int cancel_and_await(struct task *t)
{
    int r;

    task_cancel(t);
    r = task_await(t);
    task_unref(t);
    return r;
}

/* A literal as the argument of a task or callback, which will not write to it. */
#define WORD(literal) ((void *)(literal))

/* A callback for handles and timers: notes the word that is its argument. */
static inline void note_word(void *word)
{
    note("%s", (const char *)word);
}

/* ---- tests that end with an assertion ---- */

/* The first line of such a test: what the assertion prints is of no interest. */
static inline void expect_abort(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (!freopen("/dev/null", "w", stderr))
        ck_abort_msg("/dev/null");
}

/* Adds them to the suite, unless tests run in this very process. */
static inline Suite *with_aborts(Suite *suite, const TTest *const *tests, size_t n)
{
    const char *fork = getenv("CK_FORK");
    TCase *tc = tcase_create("misuse");

    for (size_t i = 0; i < n && !(fork && strcmp(fork, "no") == 0); i++)
        tcase_add_test_raise_signal(tc, tests[i], SIGABRT);
    suite_add_tcase(suite, tc);
    return suite;
}

#define WITH_ABORTS(suite, ...)                                                        \
    with_aborts(suite, (const TTest *const[]){__VA_ARGS__},                            \
                sizeof((const TTest *const[]){__VA_ARGS__}) / sizeof(TTest *))

#endif
