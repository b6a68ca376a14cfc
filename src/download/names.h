/* names.h - the names that the files of a run have taken. */
#ifndef TRAWL_DOWNLOAD_NAMES_H
#define TRAWL_DOWNLOAD_NAMES_H

#include "base/map.h"

/* Takes the first free one of name, name.2, name.3, ...: the same list gives the same
 * names again. However many want one name, each costs the same. The caller frees. */
char *names_take(struct map *names, const char *name);

/* Frees what was taken, and the table. */
void names_clear(struct map *names);

#endif
