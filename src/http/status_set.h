/* status_set.h - a set of status codes, 0 to 999. */
#ifndef TRAWL_HTTP_STATUS_SET_H
#define TRAWL_HTTP_STATUS_SET_H

#include <stdbool.h>

struct status_set {
    unsigned char bits[125];
};

static inline void status_set_add(struct status_set *s, unsigned first, unsigned last)
{
    for (; first <= last; first++)
        s->bits[first / 8] |= (unsigned char)(1u << first % 8);
}

/* False for what is no status. */
static inline bool status_set_has(const struct status_set *s, int status)
{
    return status >= 0 && status < 1000 && s->bits[status / 8] >> status % 8 & 1;
}

#endif
