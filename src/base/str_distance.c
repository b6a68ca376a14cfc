#include "base/str.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The table of distances between all prefixes, of which three rows are ever needed:
 * row i holds the prefix of i bytes of a against every prefix of b. */
size_t str_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], na = strlen(a), nb = strlen(b);

    if (na > LONGEST || nb > LONGEST)
        return na > nb ? na : nb;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] =
                min(up[j - 1] + (a[i - 1] != b[j - 1]), min(up[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], up2[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}
