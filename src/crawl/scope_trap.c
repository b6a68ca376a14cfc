#include "crawl/scope_trap.h"

#include <string.h>

#include "base/str.h"
#include "crawl/normal.h"
#include "crawl/scope.h"

struct path {
    struct slice parts[SCOPE_DEPTH_MAX];
    size_t n;
};

static bool same(struct slice a, struct slice b)
{
    return a.len == b.len && !memcmp(a.data, b.data, a.len);
}

/* False when there are too many. What is behind the last slash counts if there is
 * anything. */
static bool split(const char *url, struct path *p)
{
    const char *path = normal_path(url) + 1;
    struct slice rest = {path, strcspn(path, "?")}, part;

    p->n = 0;
    while (slice_next(&rest, '/', &part)) {
        if (p->n == SCOPE_DEPTH_MAX)
            return false;
        p->parts[p->n++] = part;
    }
    return true;
}

/* How often the part at i comes again further on. */
static unsigned count_again(const struct path *p, size_t i)
{
    unsigned n = 0;

    for (size_t j = i + 1; j < p->n; j++)
        n += same(p->parts[i], p->parts[j]);
    return n;
}

/* Whether the row of `length` parts at i follows itself once more than it may: so long
 * is the run of parts that are the same as those one row further on. */
static bool row_repeats(const struct path *p, size_t i, size_t length)
{
    size_t run = 0;

    while (i + run + length < p->n &&
           same(p->parts[i + run], p->parts[i + run + length]))
        run++;
    return run >= length * SCOPE_ROWS_MAX;
}

static bool repeats(const struct path *p, size_t i)
{
    unsigned again = count_again(p, i);

    if (again >= SCOPE_REPEATS_MAX)
        return true;
    for (size_t length = 1; again >= SCOPE_ROWS_MAX && length <= p->n; length++)
        if (row_repeats(p, i, length))
            return true;
    return false;
}

bool scope_trap(const char *url)
{
    struct path p;

    if (strlen(url) > SCOPE_URL_MAX || !split(url, &p))
        return true;
    for (size_t i = 0; i < p.n; i++)
        if (repeats(&p, i))
            return true;
    return false;
}
