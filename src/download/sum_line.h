/* sum_line.h - one line of a file of checksums. */
#ifndef TRAWL_DOWNLOAD_SUM_LINE_H
#define TRAWL_DOWNLOAD_SUM_LINE_H

#include <stdint.h>

#include "base/str.h"
#include "disk/digest.h"

struct sum_line {
    enum digest_kind kind;
    uint8_t bytes[DIGEST_BYTES_MAX];
    struct buf name; /* unescaped; as the line has it otherwise, and not empty */
};

/* Reads a line of either style, without its end; `l` was all zero or was read before.
 * 0, or -EINVAL and in *why (appended) what is wrong with it. */
int sum_line_read(struct sum_line *l, struct slice line, struct buf *why);

void sum_line_clear(struct sum_line *l);

/* "Word:", as the heads of a signed text and the fields of a Release file begin. */
bool sum_line_is_field(struct slice line);

/* Appends ": " and text of a list, as much of it as a message bears, clean. */
void sum_line_quote(struct buf *why, struct slice text);

#endif
