#include "base/random.h"

#include <stdint.h>
#include <sys/random.h>
#include <time.h>

/* A mixing step as in splitmix generators: each bit of x reaches every bit. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t random_seed(void)
{
    struct timespec now;
    uint64_t bits;

    /* Runs that a failing server set going together must not keep step. */
    if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) == sizeof(bits))
        return bits;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec;
}

double random_unit(void)
{
    static _Thread_local uint64_t state;

    if (state == 0)
        state = random_seed() | 1;
    state += UINT64_C(0x9e3779b97f4a7c15);
    return (double)(mix(state) >> 11) * 0x1p-53;
}
