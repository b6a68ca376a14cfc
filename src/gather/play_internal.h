/* play_internal.h - what the files of a play share. */
#ifndef TRAWL_GATHER_PLAY_INTERNAL_H
#define TRAWL_GATHER_PLAY_INTERNAL_H

#include "gather/play.h"

/* ---- play.c ---- */

/* Lets a node go on: from the loop, so that no chain of failures grows the stack. */
void node_ready(struct node *n);

/* Begins items as long as there is room, and ends the node behind the last. */
void node_pump(struct node *n);

void node_clear_items(struct node *n);

/* ---- play_end.c ---- */

/* A failure to be filled in, of an item or of the whole (NO_INDEX). */
struct failure *node_add_failure(struct node *n, size_t index);

/* Sets the node's result, and lets those go on that waited for nothing else. */
void node_end(struct node *n);

#endif
