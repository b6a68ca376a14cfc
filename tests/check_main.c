#include "check_main.h"

#include <stdlib.h>

Suite *check_suite(const char *name, const TTest *const *tests, size_t n)
{
    Suite *suite = suite_create(name);
    TCase *tc = tcase_create(name);

    for (size_t i = 0; i < n; i++)
        tcase_add_test(tc, tests[i]);
    suite_add_tcase(suite, tc);
    return suite;
}

int check_main(Suite *(*make)(void))
{
    SRunner *runner;
    int failed;

    setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* check's own 4 s are few under valgrind */
    runner = srunner_create(make());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
