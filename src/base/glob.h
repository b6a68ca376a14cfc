/* glob.h - curl's URL globbing: {a,b}, [1-100], [001-100:5], [a-z].
 *
 * A pattern may hold several; the last one turns fastest. A backslash takes the next
 * character as it is. Brackets that hold an IPv6 address, or nothing, are left alone.
 */
#ifndef TRAWL_BASE_GLOB_H
#define TRAWL_BASE_GLOB_H

#include <stddef.h>
#include <stdint.h>

struct glob;

/* NULL with *why (a static string) and *column (from 1) when the pattern is wrong. */
struct glob *glob_new(const char *pattern, const char **why, size_t *column);
void glob_free(struct glob *g);

/* The next expansion, which the caller frees; NULL after the last. Lazy: a pattern
 * of a billion takes no memory. */
char *glob_next(struct glob *g);

#endif
