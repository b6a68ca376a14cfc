/* item_key.h - the key by which an input is known from one run to the next. */
#ifndef TRAWL_INPUT_ITEM_KEY_H
#define TRAWL_INPUT_ITEM_KEY_H

#include <stdint.h>

#include "base/str.h"
#include "input/source.h"

struct item_keys;

struct item_keys *item_keys_new(const struct request_template *t);
void item_keys_free(struct item_keys *k); /* NULL is allowed */

/* The first half of SHA-256: whoever writes the list cannot make two lines that pass
 * for one. */
void item_key(struct item_keys *k, struct slice line, uint8_t key[16]);

#endif
