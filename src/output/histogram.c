#include "output/summary.h"

#include <stdlib.h>

#include "base/mem.h"

/* Each power of two is cut into 64 buckets of the same width, so a bucket is at most a
 * 64th of its values wide, and its middle off by less than one percent. Values below
 * 128 have a bucket each. */
enum {
    BITS = 6,
    PER_POWER = 1 << BITS,
    BUCKETS = (64 - BITS + 1) * PER_POWER,
};

static size_t bucket_of(uint64_t value)
{
    int power;

    if (value < 2 * PER_POWER)
        return (size_t)value;
    power = 63 - __builtin_clzll(value) - BITS;
    return (size_t)power * PER_POWER + (size_t)(value >> power);
}

static uint64_t middle_of(size_t bucket)
{
    size_t power = bucket / PER_POWER;

    if (bucket < 2 * PER_POWER)
        return bucket;
    power--;
    return ((uint64_t)(bucket - power * PER_POWER) << power) +
           ((uint64_t)1 << power) / 2;
}

void histogram_add(struct histogram *h, uint64_t us)
{
    if (!h->counts)
        h->counts = mem_zalloc(BUCKETS * sizeof(*h->counts));
    h->counts[bucket_of(us)]++;
    h->total++;
    if (us > h->max)
        h->max = us;
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
    double exact = percent / 100 * (double)h->total;
    uint64_t rank = (uint64_t)exact, seen = 0, value;
    size_t bucket = 0;

    if (!h->total)
        return 0;
    rank +=
        (double)rank < exact; /* the smallest rank that has so many below or at it */
    rank = rank ? rank : 1;
    while (bucket < BUCKETS - 1 && (seen += h->counts[bucket]) < rank)
        bucket++;
    value = middle_of(bucket);
    return value < h->max ? value : h->max;
}

void histogram_clear(struct histogram *h)
{
    free(h->counts);
    *h = (struct histogram){0};
}
