/* state_file.h - the SQLite file behind a state. Every function may block. */
#ifndef TRAWL_INPUT_STATE_FILE_H
#define TRAWL_INPUT_STATE_FILE_H

#include <stddef.h>

#include "input/answered.h"

struct state_file;

/* Opens or makes the file, keeps other runs out of it, and reads what it holds into
 * *answered. NULL with a message logged; a file that is refused is not changed. */
struct state_file *state_file_open(const char *path, const char *command,
                                   struct answered *answered);

/* Adds n keys in one transaction: all are there after a kill, or none. 0 or -errno. */
int state_file_add(struct state_file *f, const struct answered_key *keys, size_t n);

/* Logs why state_file_add failed. */
void state_file_log(const struct state_file *f);

/* After it one file is left: no journal beside it. */
void state_file_close(struct state_file *f);

#endif
