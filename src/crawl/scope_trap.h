/* scope_trap.h - URLs that look as if their server made them up without end. */
#ifndef TRAWL_CRAWL_SCOPE_TRAP_H
#define TRAWL_CRAWL_SCOPE_TRAP_H

#include <stdbool.h>

/* Whether a normal URL exceeds one of the limits of scope.h. */
bool scope_trap(const char *url);

#endif
