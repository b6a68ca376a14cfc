/* order.h - puts results back into the order of their input (--ordered).
 *
 * A ring as long as the read-ahead: results that come early wait in it, as finished
 * text, for the ones before them. */
#ifndef TRAWL_RUN_ORDER_H
#define TRAWL_RUN_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* A record and what its state file needs to know. */
struct result {
    char *text; /* owned; NULL: not there yet */
    size_t len;
    uint8_t key[16];
    int answered; /* true: may be marked in the state file */
};

struct order;

/* `emit` gets the results in order of their numbers and takes their text over. */
struct order *order_new(size_t window, void (*emit)(struct result *r, void *arg),
                        void *arg);
void order_free(struct order *o);

/* Adds result number `n` (0, 1, 2, ...; each once), which must be less than `window`
 * ahead of the first that is missing, and emits what has become due. */
void order_put(struct order *o, uint64_t n, const struct result *r);

#endif
