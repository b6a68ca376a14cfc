/* check_main.h - the main function of every unit test program: runs one suite and
 * prints TAP on standard output, nothing else. */
#ifndef TRAWL_TESTS_CHECK_MAIN_H
#define TRAWL_TESTS_CHECK_MAIN_H

#include <stddef.h>
#include <string.h>

#include <check.h>

/* Runs what make() returns; gives the exit status. */
int check_main(Suite *(*make)(void));

/* A suite with one test case that holds the tests, in this order. */
Suite *check_suite(const char *name, const TTest *const *tests, size_t n);

/* In make(): return CHECK_SUITE("buf", append, consume, take); */
#define CHECK_SUITE(name, ...)                                                         \
    check_suite(name, (const TTest *const[]){__VA_ARGS__},                             \
                sizeof((const TTest *const[]){__VA_ARGS__}) / sizeof(TTest *))

#endif
