/* random.h - chance. */
#ifndef TRAWL_BASE_RANDOM_H
#define TRAWL_BASE_RANDOM_H

#include <stdint.h>

/* 64 bits of the kernel's, which nobody else knows: for the keys of hashes. In the
 * first moments of a machine, when it has none yet, they are the time's. */
uint64_t random_seed(void);

/* Evenly from [0, 1), for jitter: not for secrets. */
double random_unit(void);

#endif
