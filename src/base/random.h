/* random.h - chance, for jitter: not for secrets. */
#ifndef TRAWL_BASE_RANDOM_H
#define TRAWL_BASE_RANDOM_H

/* Evenly from [0, 1). */
double random_unit(void);

#endif
