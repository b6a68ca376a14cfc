/* complete.h - completion scripts for shells, made from the option tables. */
#ifndef TRAWL_CLI_COMPLETE_H
#define TRAWL_CLI_COMPLETE_H

#include "cli/option.h"

enum complete_shell { COMPLETE_BASH, COMPLETE_ZSH, COMPLETE_FISH };

/* Their names, in that order, NULL-terminated. */
extern const char *const complete_shells[];

void complete_append(struct buf *out, enum complete_shell shell);

/* One a shell. */
void complete_append_bash(struct buf *out);
void complete_append_zsh(struct buf *out);
void complete_append_fish(struct buf *out);

#endif
