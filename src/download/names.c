#include "download/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "disk/name.h"

/* None is given back: so the numbers below the next one stay taken. */
struct taken {
    unsigned next; /* number that may be free */
    char name[];
};

static bool take(struct map *names, const char *name)
{
    size_t size = strlen(name) + 1;
    struct taken *t;

    if (map_get(names, name))
        return false;
    t = mem_alloc(sizeof(*t) + size);
    t->next = 2;
    memcpy(t->name, name, size);
    map_set(names, t->name, t);
    return true;
}

char *names_take(struct map *names, const char *name)
{
    struct taken *first = map_get(names, name);
    char *numbered = NULL;

    if (!first) {
        take(names, name);
        return mem_strdup(name);
    }
    do {
        free(numbered);
        numbered = name_numbered(name, first->next++);
    } while (!take(names, numbered));
    return numbered;
}

void names_clear(struct map *names)
{
    size_t pos = 0;
    struct taken *t;

    while ((t = map_next(names, &pos))) {
        map_remove(names, t->name);
        free(t);
    }
    map_clear(names);
}
