/* state.h - which inputs have been answered, in a file that outlives the run (SQLite).
 *
 * An input is known by the key of its line and by how often that line came before, so
 * duplicates count, and lines may move. What is marked is on disk within a second,
 * written by another thread; a kill costs at most what that second reported. */
#ifndef TRAWL_INPUT_STATE_H
#define TRAWL_INPUT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "async/loop.h"

struct state;

/* Opens or makes the file for `command`. NULL with a message logged when it is damaged,
 * made by another command or program, or in use by another run; a file that is refused
 * is left as it was. Takes 20 bytes of memory for each input that was answered. */
struct state *state_open(const char *path, const char *command);

/* Suspends until all that was marked is on disk, then closes and leaves one file. 0 or
 * -errno (logged). A request for cancellation does not keep it from that. */
async int state_close(struct state *s);

/* Whether some earlier run answered this input: the n-th call with a key in this run
 * asks for its n-th occurrence. */
bool state_answered(struct state *s, const uint8_t key[16]);

/* Marks an input as answered; its record has been written. Never suspends. */
void state_mark(struct state *s, const uint8_t key[16]);

/* How many inputs earlier runs answered. */
uint64_t state_count(const struct state *s);

/* 0, or the -errno with which writing failed (it was logged). */
int state_error(const struct state *s);

#endif
