/* main.c - looks the command up, and sets the exit status. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/suggest.h"

/* A standard descriptor that is closed would become the next file that is opened. What
 * stands in is opened the other way round, so that using it fails as it did. */
static void hold_standard_fds(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int unknown_command(const char *name)
{
    struct suggestion s = {.word = name};
    struct buf why = BUF_INIT;

    for (size_t i = 0; commands[i]; i++)
        suggest_try(&s, commands[i]->name);
    buf_append_str(&why, "unknown command ");
    str_append_printable(&why, name, strlen(name));
    if (s.best)
        buf_appendf(&why, "; did you mean %s?", s.best);
    else if (str_starts(name, "http://") || str_starts(name, "https://"))
        buf_append_str(&why, "; did you mean trawl fetch?");
    return command_usage_error(NULL, &why);
}

/* trawl help [COMMAND] */
static int help(const char *name)
{
    const struct command *command = name ? command_find(name) : NULL;
    struct buf text = BUF_INIT;

    if (name && !command)
        return unknown_command(name);
    if (command)
        help_append_command(&text, command);
    else
        help_append_main(&text);
    return command_print(&text);
}

static int version(void)
{
    struct buf text = BUF_INIT;

    help_append_version(&text);
    return command_print(&text);
}

static int completion(enum complete_shell shell)
{
    struct buf text = BUF_INIT;

    complete_append(&text, shell);
    return command_print(&text);
}

/* `args`: the command and what follows. */
static int run_command(const char *const *args)
{
    const struct command *command;

    if (!strcmp(args[0], "help"))
        return help(args[1]);
    command = command_find(args[0]);
    return command ? command->run(command, args + 1) : unknown_command(args[0]);
}

static int usage(void)
{
    struct buf text = BUF_INIT;

    help_append_main(&text);
    log_block(text.data);
    buf_clear(&text);
    return STATUS_USAGE;
}

int main(int argc, char **argv)
{
    const char *const *args = (const char *const *)argv + 1;
    struct main_options o = {.shell = -1};
    struct buf why = BUF_INIT;
    int n;

    hold_standard_fds();
    setlocale(LC_CTYPE, "C.UTF-8"); /* what libcurl reads international names by */
    signal(SIGPIPE, SIG_IGN);       /* a reader that left is an error of write ... */
    signal(SIGXFSZ, SIG_IGN); /* ... and so is a file that ulimit keeps from growing */
    if (argc < 1)
        return usage();
    n = options_parse(main_tables, &o, args, NULL, &why);
    if (n < 0)
        return command_usage_error(NULL, &why);
    if (o.help)
        return help(NULL);
    if (o.version)
        return version();
    if (o.shell >= 0)
        return completion((enum complete_shell)o.shell);
    return args[n] ? run_command(args + n) : usage();
}
