#include "crawl/robots_tag.h"

void robots_tag_add(struct robots_tag *t, struct slice value)
{
    struct slice word;

    while (slice_next(&value, ',', &word)) {
        bool none = slice_eq_nocase(word = slice_trim(word), "none");

        t->noindex |= none || slice_eq_nocase(word, "noindex");
        t->nofollow |= none || slice_eq_nocase(word, "nofollow");
    }
}
