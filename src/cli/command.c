#include "cli/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/complete.h"
#include "cli/help.h"

const struct command *const commands[] = {&cmd_fetch, &cmd_download, &cmd_crawl,
                                          &cmd_gather, NULL};

static const struct option main_rows[] = {
    {"help", 'h', NULL, GROUP_OTHER, "this text; also: trawl help COMMAND",
     .set = option_true, .offset = offsetof(struct main_options, help)},
    {"version", 'V', NULL, GROUP_OTHER, "version, libraries and features",
     .set = option_true, .offset = offsetof(struct main_options, version)},
    {"completion", 0, "SHELL", GROUP_OTHER,
     "a script of completions for bash, zsh or fish", .set = option_enum,
     .offset = offsetof(struct main_options, shell), .names = complete_shells},
    {0},
};

const option_tables main_tables = (const struct option *const[]){main_rows, NULL};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

int command_print(struct buf *text)
{
    size_t done = 0;

    while (done < text->len) {
        ssize_t n = write(STDOUT_FILENO, text->data + done, text->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        done += (size_t)n;
    }
    if (done == text->len) {
        buf_clear(text);
        return STATUS_OK;
    }
    buf_clear(text);
    if (errno == EPIPE)
        return STATUS_PIPE;
    log_error("standard output: %s", strerror(errno));
    return STATUS_LOCAL;
}

int command_usage_error(const struct command *command, struct buf *why)
{
    const char *space = command ? " " : "", *name = command ? command->name : "";
    struct buf text = BUF_INIT;

    buf_appendf(&text, "trawl%s%s: %s\n", space, name, why->data);
    buf_appendf(&text, "try 'trawl%s%s --help'\n", space, name);
    log_block(text.data);
    buf_clear(&text);
    buf_clear(why);
    return STATUS_USAGE;
}

int command_without_input(const struct command *command)
{
    struct buf text = BUF_INIT;

    help_append_usage(&text, command);
    buf_appendf(&text,
                "Give URLs as arguments, in a file with -i FILE, or on standard "
                "input.\ntry 'trawl %s --help'\n",
                command->name);
    log_block(text.data);
    buf_clear(&text);
    return STATUS_USAGE;
}
