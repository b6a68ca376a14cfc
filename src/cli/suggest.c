#include "cli/suggest.h"

#include <string.h>

#include "base/str.h"

void suggest_try(struct suggestion *s, const char *name)
{
    size_t n = strlen(s->word), distance;

    if (n >= 3 && str_starts(name, s->word))
        distance = 0;
    else if ((distance = str_distance(s->word, name)) * 3 > n)
        return;
    if (s->best && distance >= s->distance)
        return;
    s->best = name;
    s->distance = distance;
}
