/* map.h - hash table from strings to pointers, open addressing.
 *
 * Keys are borrowed: they must live, unchanged, as long as their entry. Iteration
 * order is not defined. */
#ifndef TRAWL_BASE_MAP_H
#define TRAWL_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map {
    struct map_slot *slots;
    size_t count, used, cap; /* used counts the graves of removed entries too */
    uint64_t seed;           /* random: an input list cannot choose its collisions; set
                                with the first entry */
};

void map_init(struct map *m);
void map_clear(struct map *m); /* frees the table, not the values */

void *map_get(const struct map *m, const char *key); /* NULL: not there */

/* Adds, or replaces, and returns the value replaced (then the new key is used) or
 * NULL. `value` is not NULL. */
void *map_set(struct map *m, const char *key, void *value);

/* Removes and returns the value, or NULL. */
void *map_remove(struct map *m, const char *key);

/* The next value after position *pos (start at 0), or NULL at the end. The map must
 * not change during the walk, except that the value just returned may be removed. */
void *map_next(const struct map *m, size_t *pos);

uint64_t map_hash(uint64_t seed, const char *key);

#endif
