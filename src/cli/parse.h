/* parse.h - reads a command line by its option tables.
 *
 * `--name value`, `--name=value`, `-n value`, `-nvalue`, bundled flags `-qk`; `--` ends
 * the options; words and options mix in any order. Names are not abbreviated. */
#ifndef TRAWL_CLI_PARSE_H
#define TRAWL_CLI_PARSE_H

#include "cli/option.h"

/* Reads the NULL-terminated arguments into *values, what is no option into *words, a
 * list to be freed; with `words` NULL it stops at the first of them. Returns how many
 * arguments were read, or -EINVAL with what is wrong, for people, in *why. */
int options_parse(option_tables tables, void *values, const char *const *args,
                  const char *const **words, struct buf *why);

#endif
