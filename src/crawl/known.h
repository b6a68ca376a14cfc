/* known.h - which URLs were ever found, each with its level while it waits, and how
 * thoroughly it is, or was, to be asked for.
 *
 * A URL is known by 112 bits of a keyed hash, with a key that is new each run: whoever
 * makes the URLs cannot make two that pass for one. 20 to 25 bytes each, also while the
 * table grows, which it does a part at a time. */
#ifndef TRAWL_CRAWL_KNOWN_H
#define TRAWL_CRAWL_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KNOWN_PARTS = 64 };

struct known {
    struct known_part {
        struct known_slot *slots; /* open addressing */
        size_t count, cap;
    } parts[KNOWN_PARTS];
    uint64_t keys[2];
    size_t count;
};

void known_init(struct known *k);
void known_clear(struct known *k);

enum known_news {
    KNOWN_NEW,    /* added; it waits */
    KNOWN_NEARER, /* it waits, and at a greater level until now */
    KNOWN_OLD
};

/* Levels from 255 on are one. `less` is 0 for a whole visit, up to 3 for lesser ones:
 * of several the smallest counts, whatever the levels. One that was not to be had as
 * thoroughly until now waits (again): KNOWN_NEW when its lesser visit had been taken.
 */
enum known_news known_tell(struct known *k, const char *url, uint32_t level,
                           unsigned less);

/* Whether it waits like that; then it waits no more. One that was told nearer since
 * waits at a smaller level. */
bool known_take(struct known *k, const char *url, uint32_t level, unsigned less);

/* Whether it waits like that. */
bool known_waits(const struct known *k, const char *url, uint32_t level, unsigned less);

/* It does not wait, whether or not it was known, unless it waits for more. True when it
 * waited until now. */
bool known_settle(struct known *k, const char *url, unsigned less);

bool known_has(const struct known *k, const char *url);

/* Whether it was found with no more than that `less`. */
bool known_covers(const struct known *k, const char *url, unsigned less);

#endif
