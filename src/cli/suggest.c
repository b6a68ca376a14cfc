#include "cli/suggest.h"

#include <string.h>

#include "base/str.h"

static size_t common_prefix(const char *a, const char *b)
{
    size_t n = 0;

    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

void suggest_try(struct suggestion *s, const char *name)
{
    size_t n = strlen(s->word), distance, prefix = common_prefix(s->word, name);

    if (n >= 3 && prefix == n)
        distance = 0;
    else if ((distance = str_distance(s->word, name)) > n * 3 / 7)
        return;
    if (s->best && (distance > s->distance ||
                    (distance == s->distance && prefix <= s->common_prefix)))
        return;
    s->best = name;
    s->distance = distance;
    s->common_prefix = prefix;
}
