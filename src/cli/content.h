/* content.h - option arguments that may name a file: DATA, @FILE, @- */
#ifndef TRAWL_CLI_CONTENT_H
#define TRAWL_CLI_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the text itself, or the bytes of the file, or of standard input, as they are.
 * 0, or -errno with the reason in *why. */
int content_read(struct buf *out, const char *arg, struct buf *why);

/* Whether it is "@-". */
bool content_is_stdin(const char *arg);

/* Whether both paths lead to one regular file, which writing one would destroy for the
 * other. NULL is no path. */
bool content_same_file(const char *a, const char *b);

/* What the files of a run are for, by the option that names each; NULL: none, "-" may
 * stand twice. */
struct named_file {
    const char *option, *path;
};

/* What is written must not destroy what is read, nor other output: 0, or -EINVAL and
 * why when two of them are the same file. */
int content_check_files(const struct named_file *files, size_t n, struct buf *why);

#endif
