/* lines.h - the lines of a file, a pipe or a terminal, read as they are asked for.
 *
 * One buffer, used again and again: memory does not grow with the input. */
#ifndef TRAWL_INPUT_LINES_H
#define TRAWL_INPUT_LINES_H

#include <stdbool.h>

#include "async/loop.h"
#include "base/str.h"

/* The longest line that is read whole, in bytes without its end. */
#define LINES_LONGEST ((size_t)16 << 20)

enum { LINES_END, LINES_LINE, LINES_TOO_LONG };

struct lines;

/* Reads from the descriptor, which stays as it is (O_NONBLOCK or not) and, with `own`,
 * is closed in the end. */
struct lines *lines_new(int fd, bool own);
void lines_free(struct lines *l); /* NULL is allowed */

/* Suspends until there is a line; on a regular file only to let others run, after each
 * block. LINES_LINE with the line, valid until the next call: without its LF or CRLF,
 * the first without a byte order mark; bytes behind the last LF are a line too.
 * LINES_TOO_LONG with how such a line begins, the rest of it is passed over. LINES_END
 * at the end, then and ever after. -ECANCELED: nothing was lost; or another -errno. */
async int lines_next(struct lines *l, struct slice *line);

#endif
