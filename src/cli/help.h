/* help.h - --help and --version. */
#ifndef TRAWL_CLI_HELP_H
#define TRAWL_CLI_HELP_H

#include "cli/command.h"

/* What trawl is and which commands there are: fits a screen of 24 lines. */
void help_append_main(struct buf *out);

/* The usage of a command, and its options by groups, 80 columns wide. */
void help_append_command(struct buf *out, const struct command *command);

/* The line "usage: trawl fetch ...". */
void help_append_usage(struct buf *out, const struct command *command);

void help_append_version(struct buf *out);

#endif
