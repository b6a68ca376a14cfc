/* command.h - what a command is, and which there are. Each is one file cmd_NAME.c that
 * exports one constant, and one row in command.c. */
#ifndef TRAWL_CLI_COMMAND_H
#define TRAWL_CLI_COMMAND_H

#include "base/buf.h"
#include "cli/option.h"

/* Exit statuses that the command line gives itself; fetch.h and its like have more. */
enum { STATUS_OK = 0, STATUS_USAGE = 2, STATUS_LOCAL = 3, STATUS_PIPE = 141 };

struct command {
    const char *name;
    const char *arguments; /* "[OPTION]... [URL]..." */
    const char *summary;   /* one line, for the list of commands */
    option_tables tables;
    const char *word_suffix; /* of the files that words name; NULL: they are URLs */

    /* Takes the NULL-terminated arguments behind the command's name; gives the exit
     * status. */
    int (*run)(const struct command *self, const char *const *args);
};

extern const struct command cmd_crawl;
extern const struct command cmd_download;
extern const struct command cmd_fetch;
extern const struct command cmd_gather;

/* NULL-terminated. */
extern const struct command *const commands[];

const struct command *command_find(const char *name); /* NULL: none */

/* The options that stand before a command. */
struct main_options {
    bool help, version;
    int shell; /* --completion: see complete.h; -1 without */
};
extern const option_tables main_tables;

/* Writes text to standard output, and empties it. Gives the exit status. */
int command_print(struct buf *text);

/* "trawl NAME: MESSAGE" and where help is, on standard error; `why` is cleared. NULL as
 * the command: trawl itself. Returns STATUS_USAGE. */
int command_usage_error(const struct command *command, struct buf *why);

/* The command was given nothing to work on, and nobody to read it from: says how to
 * give it something. Returns STATUS_USAGE. */
int command_without_input(const struct command *command);

#endif
