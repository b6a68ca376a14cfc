/* answered.h - what earlier runs answered: a sorted table of keys, each with how often.
 *
 * All of it is in memory, 20 bytes a key, so that looking up never waits for the disk.
 */
#ifndef TRAWL_INPUT_ANSWERED_H
#define TRAWL_INPUT_ANSWERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answered_key {
    uint8_t bytes[16];
};

struct answered {
    struct answered_key *keys;
    uint32_t *left; /* how often each may still be taken */
    size_t n;
    uint64_t count; /* how many were added */
};

/* All zero is empty. Add all keys, again for each time, then sort once, then take. */
void answered_add(struct answered *a, const uint8_t key[16]);
void answered_sort(struct answered *a);
void answered_clear(struct answered *a);

/* Whether the key is there once more. */
bool answered_take(struct answered *a, const uint8_t key[16]);

#endif
