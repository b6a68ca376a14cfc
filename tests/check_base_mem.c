#include "check_main.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

START_TEST(zero_sizes_give_memory)
{
    free(mem_alloc(0));
    free(mem_zalloc(0));
    free(mem_realloc(mem_alloc(8), 0));
    free(mem_reallocarray(NULL, 0, 8));
}
END_TEST

START_TEST(zalloc_gives_zeros)
{
    char *p = mem_zalloc(100);

    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(p[i], 0);
    free(p);
}
END_TEST

START_TEST(copies)
{
    char *a = mem_strdup("trawl"), *b = mem_strndup("trawler", 5);

    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

START_TEST(container)
{
    struct box {
        int before, member;
    } box;

    ck_assert_ptr_eq(container_of(&box.member, struct box, member), &box);
}
END_TEST

static void say_flushed(void)
{
    if (write(STDERR_FILENO, "flushed\n", 8) != 8)
        abort();
}

static void exhaust_again(void)
{
    mem_exhausted();
}

/* Runs the body in a child and gives what it wrote to standard error. */
static int in_child(void (*body)(void), void (*handler)(void), char *said, size_t size)
{
    int fds[2], status;
    size_t n = 0;
    ssize_t r;

    ck_assert_int_eq(pipe(fds), 0);
    if (!fork()) {
        dup2(fds[1], STDERR_FILENO);
        mem_set_exhausted_handler(handler);
        body();
        _exit(0);
    }
    close(fds[1]);
    while ((r = read(fds[0], said + n, size - 1 - n)) > 0)
        n += (size_t)r;
    said[n] = '\0';
    close(fds[0]);
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void overflow(void)
{
    mem_reallocarray(NULL, SIZE_MAX / 2 + 2, 2); /* 2 bytes, if it went unseen */
}

START_TEST(exhausted_says_so)
{
    char said[4096];

    ck_assert_int_eq(in_child(mem_exhausted, NULL, said, sizeof(said)), 3);
    ck_assert_str_eq(said, "trawl: out of memory\n");
}
END_TEST

START_TEST(overflow_is_exhausted)
{
    char said[4096];

    ck_assert_int_eq(in_child(overflow, NULL, said, sizeof(said)), 3);
    ck_assert_str_eq(said, "trawl: out of memory\n");
}
END_TEST

START_TEST(handler_runs_once)
{
    char said[4096];

    ck_assert_int_eq(in_child(overflow, say_flushed, said, sizeof(said)), 3);
    ck_assert_str_eq(said, "trawl: out of memory\nflushed\n");
    ck_assert_int_eq(in_child(overflow, exhaust_again, said, sizeof(said)), 3);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("mem", zero_sizes_give_memory, zalloc_gives_zeros, copies,
                       container, exhausted_says_so, overflow_is_exhausted,
                       handler_runs_once);
}

int main(void)
{
    return check_main(suite);
}
