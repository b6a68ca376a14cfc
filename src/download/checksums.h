/* checksums.h - what files ought to be: SHA256SUMS and the like. */
#ifndef TRAWL_DOWNLOAD_CHECKSUMS_H
#define TRAWL_DOWNLOAD_CHECKSUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "disk/digest.h"

/* What is expected of one file: for each kind with its bit in `kinds`, the digest. */
struct expected {
    unsigned kinds; /* bits 1u << enum digest_kind */
    uint8_t bytes[DIGEST_KINDS][DIGEST_BYTES_MAX];
};

struct checksums;

struct checksums *checksums_new(void);
void checksums_free(struct checksums *c); /* NULL is allowed */

/* Reads the text of a file of sums, of either style, each line by itself: GNU's
 * "HEX  NAME", "HEX *NAME" and "\HEX  NAME" (escaped: \\, \n, \r), BSD's
 * "SHA256 (NAME) = HEX"; the length of the hex tells the kind in GNU's. Blank lines and
 * those that begin with # are passed over, as is the armour of a signed file (lines from
 * "-----BEGIN PGP SIGNATURE-----" on, and the header before). 0, or -EINVAL and in *why
 * (appended) the line's number and what is wrong: nothing at all of what was meant to be
 * checked may be passed over. The same name twice with different digests of one kind is
 * wrong too. */
int checksums_add(struct checksums *c, struct slice text, struct buf *why);

/* By a relative path as it stands in the list; a leading "./" is no part of a name, on
 * either side. */
const struct expected *checksums_by_name(const struct checksums *c, const char *name);

/* The entry whose name is the longest end, by whole parts, of this path ("/" parts it):
 * of "debian/pool/a/x.deb" and the names "a/x.deb" and "x.deb", the first. *name, the
 * list's own spelling without "./", lives as long as the list. NULL: none. */
const struct expected *checksums_by_path(const struct checksums *c, const char *path,
                                         const char **name);

size_t checksums_count(const struct checksums *c); /* names */

#endif
