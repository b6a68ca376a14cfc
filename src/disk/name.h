/* name.h - file names made of what servers, URLs and lists say.
 *
 * A name is a relative path of one or more parts. However it came about, each part: is
 * not empty, "." or ".."; does not begin with a dot or a dash; holds no "/", "\", NUL or
 * other control character (C0, C1, DEL), no bidirectional control, and is valid UTF-8; is
 * no device name of Windows (CON, NUL, COM1, ... also with an extension); does not end
 * in a dot or a space; does not end in ".part" or ".part.json", which are trawl's own;
 * and is at most NAME_BYTES_MAX long, a longer one being cut and given a hash of the
 * whole, its extension kept. Plain functions over bytes. */
#ifndef TRAWL_DISK_NAME_H
#define TRAWL_DISK_NAME_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* 255 is what file systems take; ".part.json" and a number must fit behind it. */
#define NAME_BYTES_MAX 230

/* Of a whole path. */
#define NAME_PATH_MAX 3000

/* Appends one part made of any bytes: what may not stand in it becomes "_"; nothing
 * becomes "index.html". */
void name_append_part(struct buf *out, struct slice raw);

/* Appends a path made of any bytes: "/" parts it; parts that are empty, "." or ".." are
 * left out. Never empty. */
void name_append_path(struct buf *out, struct slice raw);

/* The last part of the URL's path, percent-decoded, as one part: "%2F" does not part it.
 * "index.html" when the path ends in "/". The caller frees. */
char *name_from_url(const char *url);

/* Expands a template: {host} {path} {basename} {index} {query}; "{{" is "{". The result
 * goes through name_append_path, but what stands for {host}, {basename}, {index}, {query}
 * cannot part it. {path} keeps its "/". {index} is the item's number from 0. NULL with a
 * static reason in *why for a template that is wrong (unknown name, "{" without "}"); it
 * is checked with url NULL: then "" is returned. The caller frees. */
char *name_expand(const char *template, const char *url, uint64_t index,
                  const char **why);

/* "a/b.tar.gz" and 2 give "a/b.2.tar.gz": the same name with a number before its
 * extension (.tar.gz and the like count as one). The caller frees. */
char *name_numbered(const char *name, unsigned n);

#endif
