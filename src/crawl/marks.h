/* marks.h - a number for each of many hashes: 15 to 18 bytes each, also while the table
 * grows, which it does a part at a time. */
#ifndef TRAWL_CRAWL_MARKS_H
#define TRAWL_CRAWL_MARKS_H

#include <stddef.h>
#include <stdint.h>

enum { MARKS_PARTS = 64 };

/* All zero is the empty table. Keys are evenly spread, and not 0. */
struct marks {
    struct marks_part {
        uint32_t (*slots)[3]; /* open addressing: both halves of the key, its number */
        size_t count, cap;
    } parts[MARKS_PARTS];
};

void marks_clear(struct marks *m);

/* The number of a key; 0 when it has none. */
uint32_t marks_get(const struct marks *m, uint64_t key);
void marks_set(struct marks *m, uint64_t key, uint32_t number);

#endif
