/* name.h - file names made of what servers, URLs and lists say.
 *
 * A name is a relative path of one or more parts. However it came about, each part: is
 * not empty, "." or ".."; does not begin with a dot or a dash; holds no "/", "\", NUL
 * or other control character (C0, C1, DEL), no bidirectional control, no U+2028 or
 * U+2029, and is valid UTF-8; is no device name of Windows (CON, NUL, COM1, ... also
 * with an extension); does not end in a dot or a space; does not end in ".part" or
 * ".part.json", in any case, which are trawl's own; and is at most NAME_BYTES_MAX long,
 * a longer one being cut and given a hash of the whole, its extension kept. All else
 * stays: spaces,
 * ":", "%", "~" and Unicode. Plain functions over bytes.
 *
 * An extension begins at the last dot, and is 16 bytes at most behind it, without a
 * space. ".tar" before it is part of it: those of ".d.ts" or ".json.gz" are one and
 * one. */
#ifndef TRAWL_DISK_NAME_H
#define TRAWL_DISK_NAME_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* 255 is what file systems take; ".part.json" must fit behind it. */
#define NAME_BYTES_MAX 230

/* Of a whole path. In one that is longer, a folder named by the hash of the whole
 * stands for those that are too many. */
#define NAME_PATH_MAX 3000

/* Appends one part made of any bytes: what may not stand in it becomes "_" (a byte that
 * is no UTF-8 each; of dots at an end only the outermost; the dot of ".part"), a device
 * name gets one in front; nothing becomes "index.html". What keeps the rules stays as
 * it is. */
void name_append_part(struct buf *out, struct slice raw);

/* Appends a path made of any bytes: "/" parts it; parts that are empty, "." or ".." are
 * left out. Never empty. */
void name_append_path(struct buf *out, struct slice raw);

/* The last part of the URL's path (as base/url.h reads it), percent-decoded, as one
 * part:
 * "%2F" does not part it. "index.html" when the path ends in "/", and for what is no
 * URL. The caller frees. */
char *name_from_url(const char *url);

/* The URL's path, percent-decoded ("%2F" is "_") and otherwise as the server spells it:
 * to be compared, never to be opened. "" for what is no URL or would hold a NUL. The
 * caller frees. */
char *name_path_as_is(const char *url);

/* Expands a template: {host} {path} {basename} {index} {query}; "{{" is "{". The result
 * goes through name_append_path, with "index.html" added where it ends in "/", but what
 * stands for {host}, {basename}, {index}, {query} cannot part it.
 *
 * {host} is in lower case; a port that is not the scheme's follows behind "_", which
 * stands for the colons of an IPv6 address, too: tools take host:8080/x for another
 * machine's. {path} and {query} are percent-decoded; {path} keeps its "/", also the
 * first, and "%2F" in it is "_"; {query} is without "?". {basename} is what
 * name_from_url gives, {index} the item's number from 0. Of what is no URL they are
 * empty.
 *
 * NULL with a static reason in *why for a template that is wrong (unknown name, "{"
 * without
 * "}"); it is checked with url NULL: then "" is returned. The caller frees. */
char *name_expand(const char *template, const char *url, uint64_t index,
                  const char **why);

/* "a/b.tar.gz" and 2 give "a/b.2.tar.gz": the same name with a number before its
 * extension, also where it has to be cut. The caller frees. */
char *name_numbered(const char *name, unsigned n);

#endif
