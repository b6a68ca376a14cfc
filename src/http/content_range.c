#include "http/content_range.h"

static const char unit[] = "bytes "; /* in any case, as all names of units */

/* Cuts "FIRST-LAST" or "*" apart. */
static bool parse_ends(struct slice s, struct content_range *range)
{
    struct slice first;

    range->first = range->last = -1;
    if (slice_eq(s, "*"))
        return true;
    return slice_next(&s, '-', &first) && !slice_parse_digits(first, &range->first) &&
           !slice_parse_digits(s, &range->last) && range->first <= range->last;
}

static bool parse_size(struct slice s, int64_t *size)
{
    *size = -1;
    return slice_eq(s, "*") || !slice_parse_digits(s, size);
}

bool content_range_parse(struct slice value, struct content_range *range)
{
    size_t n = sizeof(unit) - 1;
    struct slice ends;
    struct content_range r;

    if (value.len < n || !slice_eq_nocase((struct slice){value.data, n}, unit))
        return false;
    value.data += n;
    value.len -= n;
    if (!slice_next(&value, '/', &ends) || !parse_ends(ends, &r) ||
        !parse_size(value, &r.size))
        return false;
    if (r.size < 0 ? r.first < 0 || r.last == INT64_MAX : r.last >= r.size)
        return false;
    *range = r;
    return true;
}
