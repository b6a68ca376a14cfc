/* suggest.h - "did you mean": the one of many names that is nearest to a word. */
#ifndef TRAWL_CLI_SUGGEST_H
#define TRAWL_CLI_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word;
    const char *best; /* NULL: none is near */
    size_t distance, common_prefix;
};

/* Offers one more name. A name that begins with the word is nearest; else less than
 * half of the word may have to change, and of two that are as near the one counts that
 * begins more like it. */
void suggest_try(struct suggestion *s, const char *name);

#endif
