/* list.h - where a command's list comes from: its arguments, -i FILE, standard input.
 */
#ifndef TRAWL_CLI_LIST_H
#define TRAWL_CLI_LIST_H

#include <stdbool.h>

#include "base/buf.h"
#include "http/client.h"

/* Whether the name, which may be NULL, is "-". */
bool list_is_stdin(const char *name);

/* Standard input can be read only once: 0, or -EINVAL and why. */
int list_check(string_list words, const char *input, struct buf *why);

/* Nothing was named, and a person sits where the list would come from. */
bool list_waits_for_nobody(string_list words, const char *input);

#endif
