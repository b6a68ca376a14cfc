/* headers.h - header fields (RFC 9110, 5), kept as the lines they are.
 *
 * One block of "Name: value\r\n" lines in the order in which they came, duplicates
 * and all. Blocks are short: looking one up is a scan. */
#ifndef TRAWL_HTTP_HEADERS_H
#define TRAWL_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct headers {
    struct buf lines;
    uint32_t initials; /* a bit for each letter that a line begins with */
};

#define HEADERS_INIT                                                                   \
    {                                                                                  \
        BUF_INIT, 0                                                                    \
    }

void headers_clear(struct headers *h);

/* Empties the block, keeping its memory. */
void headers_reset(struct headers *h);

/* Adds a line as received, without or with its CRLF. One that begins with white space
 * goes on with the line before it (RFC 9112, 5.2); one that is empty is dropped. */
void headers_add_line(struct headers *h, const char *line, size_t n);

/* Walks the lines; start with *pos = 0. Name and value are trimmed and point into the
 * block. Lines without a colon are passed over. */
bool headers_next(const struct headers *h, size_t *pos, struct slice *name,
                  struct slice *value);

/* The first field of that name, in any case. False: none; *value is then empty. */
bool headers_get(const struct headers *h, const char *name, struct slice *value);

/* Checks "Name: value", as a user gives it: a token (RFC 9110, 5.6.2), a colon (or a
 * semicolon at the end, curl's way to send an empty value), no CR, LF or NUL. A static
 * reason, or NULL when it is fine. */
const char *headers_line_wrong(const char *line);

#endif
