/* The real tables of all commands: what every row must be, and what is made of them. */
#include "check_main.h"

#include <stdlib.h>

#include "base/str.h"
#include "cli/command.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/suggest.h"

static void check_row(option_tables tables, const struct option *o)
{
    ck_assert_ptr_eq(option_by_name(tables, o->name, strlen(o->name)), o); /* once */
    if (o->letter)
        ck_assert_ptr_eq(option_by_letter(tables, o->letter), o);
    ck_assert_ptr_nonnull(o->set);
    ck_assert(o->help && *o->help && strlen(o->help) < 60);
    ck_assert_uint_lt(o->group, OPTION_GROUPS);
    ck_assert_msg(o->metavar || !(o->names || o->hint), "--%s: hints without argument",
                  o->name);
    ck_assert_msg(o->set != option_enum || o->names, "--%s: no names", o->name);
    ck_assert_msg(o->set != option_int || o->max > o->min, "--%s: no bounds", o->name);
    ck_assert_msg(o->set != option_list || o->list, "--%s: never freed", o->name);
}

START_TEST(rows)
{
    for (size_t i = 0; commands[i]; i++) {
        struct option_iter it = {0};
        const struct option *o;
        size_t n = 0;

        while ((o = option_next(commands[i]->tables, &it))) {
            check_row(commands[i]->tables, o);
            n++;
        }
        ck_assert_uint_gt(n, 40);
    }
}
END_TEST

/* Counts the lines and checks their width. */
static size_t lines_of(const struct buf *text)
{
    struct slice rest = {text->data, text->len}, line;
    size_t n = 0;

    while (slice_next(&rest, '\n', &line)) {
        n++;
        ck_assert_msg(line.len < 80, "too wide: %.*s", (int)line.len, line.data);
    }
    return n;
}

/* Whether the text has the word, with nothing that could belong to it on either side.
 */
static bool has_word(const char *text, const char *word)
{
    static const char in_words[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    size_t n = strlen(word);

    for (const char *p = text; (p = strstr(p, word)); p++)
        if ((p == text || !strchr(in_words, p[-1])) &&
            (!p[n] || !strchr(in_words, p[n])))
            return true;
    return false;
}

static void check_named(const struct buf *text, option_tables tables,
                        const char *prefix)
{
    struct option_iter it = {0};
    struct buf name = BUF_INIT;
    const struct option *o;

    while ((o = option_next(tables, &it))) {
        buf_reset(&name);
        buf_appendf(&name, "%s%s", prefix, o->name);
        ck_assert_msg(has_word(text->data, name.data), "%s is missing", name.data);
    }
    buf_clear(&name);
}

START_TEST(help_of_commands)
{
    struct buf text = BUF_INIT;

    for (size_t i = 0; commands[i]; i++) {
        buf_reset(&text);
        help_append_command(&text, commands[i]);
        ck_assert_uint_le(lines_of(&text), 64);
        check_named(&text, commands[i]->tables, "--");
    }
    buf_clear(&text);
}
END_TEST

START_TEST(help_of_trawl)
{
    struct buf text = BUF_INIT;

    help_append_main(&text);
    ck_assert_uint_le(lines_of(&text), 23); /* and the prompt */
    check_named(&text, main_tables, "--");
    for (size_t i = 0; commands[i]; i++)
        ck_assert(has_word(text.data, commands[i]->name));
    buf_clear(&text);
}
END_TEST

START_TEST(versions)
{
    struct buf text = BUF_INIT;

    help_append_version(&text);
    ck_assert(str_starts(text.data, "trawl " PACKAGE_VERSION "\n"));
    ck_assert(strstr(text.data, "libcurl ") && strstr(text.data, "OpenSSL ") &&
              strstr(text.data, "SQLite "));
    buf_clear(&text);
}
END_TEST

START_TEST(completions)
{
    static const char *const prefixes[] = {"--", "--", "-l "};
    struct buf text = BUF_INIT;

    for (int shell = 0; complete_shells[shell]; shell++) {
        buf_reset(&text);
        complete_append(&text, (enum complete_shell)shell);
        check_named(&text, main_tables, prefixes[shell]);
        for (size_t i = 0; commands[i]; i++)
            check_named(&text, commands[i]->tables, prefixes[shell]);
    }
    buf_clear(&text);
}
END_TEST

START_TEST(commands_by_name)
{
    ck_assert_ptr_eq(command_find("fetch"), &cmd_fetch);
    ck_assert_ptr_null(command_find("fetc"));
    ck_assert_ptr_null(command_find(""));
}
END_TEST

START_TEST(suggestions)
{
    static const struct {
        const char *word, *best;
    } cases[] = {
        {"feth", "fetch"},    {"fetch", "fetch"}, {"fet", "fetch"}, {"retyr", "retry"},
        {"retires", "retry"}, {"x", NULL},        {"", NULL},       {"xylophone", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct suggestion s = {.word = cases[i].word};

        suggest_try(&s, "redirects");
        suggest_try(&s, "retry");
        suggest_try(&s, "fetch");
        suggest_try(&s, "retry-delay");
        if (cases[i].best)
            ck_assert_str_eq(s.best, cases[i].best);
        else
            ck_assert_ptr_null(s.best);
    }
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("cli_help", rows, help_of_commands, help_of_trawl, versions,
                       completions, commands_by_name, suggestions);
}

int main(void)
{
    return check_main(make);
}
