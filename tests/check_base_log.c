#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

static int ends[2], standard_error;

/* Standard error becomes a pipe in packet mode: one read gives what one write wrote. */
static void set_up(void)
{
    ck_assert_int_eq(pipe2(ends, O_DIRECT | O_NONBLOCK), 0);
    standard_error = dup(STDERR_FILENO);
    ck_assert_int_ge(standard_error, 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
}

/* Without a fork the number must not be left free: the next file would get it. */
static void tear_down(void)
{
    ck_assert_int_eq(dup2(standard_error, STDERR_FILENO), STDERR_FILENO);
    close(standard_error);
    close(ends[0]);
    close(ends[1]);
}

/* What the next write wrote; "" for none. */
static const char *written(void)
{
    static char text[4096];
    ssize_t n = read(ends[0], text, sizeof(text) - 1);

    text[n > 0 ? n : 0] = '\0';
    return text;
}

START_TEST(one_write_a_message)
{
    log_error("cannot open %s: %d", "file", 7);
    log_note("next");
    ck_assert_str_eq(written(), "trawl: cannot open file: 7\n");
    ck_assert_str_eq(written(), "trawl: next\n");
    ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(levels)
{
    ck_assert(log_wants(LOG_NOTE) && !log_wants(LOG_DEBUG));
    log_debug("hidden");
    ck_assert_str_eq(written(), "");
    log_set_level(LOG_ERROR);
    log_warning("hidden");
    log_note("hidden");
    ck_assert_str_eq(written(), "");
    log_error("shown");
    ck_assert_str_eq(written(), "trawl: shown\n");
    log_set_level(LOG_DEBUG);
    log_debug("shown");
    ck_assert_str_eq(written(), "trawl: shown\n");
}
END_TEST

START_TEST(control_characters)
{
    log_warning("%s", "bad\x1b[2J\r\nname");
    ck_assert_str_eq(written(), "trawl: bad\\x1b[2J\\x0d\\x0aname\n");
}
END_TEST

START_TEST(blocks_are_as_they_are)
{
    log_block("one\n\ttwo\n");
    ck_assert_str_eq(written(), "one\n\ttwo\n");
}
END_TEST

START_TEST(errno_is_kept)
{
    close(STDERR_FILENO);
    errno = ENOENT;
    log_error("message");
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static void hide(void *arg)
{
    ck_assert_int_eq(write(STDERR_FILENO, (char *)arg, 1), 1);
}

static void show(void *arg)
{
    ck_assert_int_eq(write(STDERR_FILENO, (char *)arg + 1, 1), 1);
}

START_TEST(display_steps_aside)
{
    log_set_display(hide, show, (char[]){"<>"});
    log_note("message");
    ck_assert_str_eq(written(), "<");
    ck_assert_str_eq(written(), "trawl: message\n");
    ck_assert_str_eq(written(), ">");
    log_set_display(NULL, NULL, NULL);
    log_note("alone");
    ck_assert_str_eq(written(), "trawl: alone\n");
    ck_assert_str_eq(written(), "");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("log");
    TCase *tc = tcase_create("log");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, one_write_a_message);
    tcase_add_test(tc, levels);
    tcase_add_test(tc, control_characters);
    tcase_add_test(tc, blocks_are_as_they_are);
    tcase_add_test(tc, errno_is_kept);
    tcase_add_test(tc, display_steps_aside);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return check_main(suite);
}
