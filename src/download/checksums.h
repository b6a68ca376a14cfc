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
 * "SHA256 (NAME) = HEX", which GNU's programs escape in the same way; the length of the
 * hex tells the kind in GNU's. A BOM in front and CRLF ends are accepted. Blank lines
 * and those that begin with # are passed over, as is the armour of a signed file (what
 * lies from "-----BEGIN PGP SIGNATURE-----" to its end, and the head before the text).
 * 0, or -EINVAL and in *why (appended) the line's number and what is wrong: nothing at
 * all of what was meant to be checked may be passed over. The same name twice with
 * different digests of one kind is wrong too. A name that leaves the folder ("../x",
 * "/x") counts, and nothing ever matches it. */
int checksums_add(struct checksums *c, struct slice text, struct buf *why);

/* By a relative path as it stands in the list; a leading "./" is no part of a name, on
 * either side. Fills *expected when it is there. */
bool checksums_by_name(const struct checksums *c, const char *name,
                       struct expected *expected);

/* The entry whose name is the longest end, by whole parts, of this path ("/" parts it):
 * of "debian/pool/a/x.deb" and the names "a/x.deb" and "x.deb", the first. Fills
 * *expected and *name when there is one; *name, the list's own spelling without "./",
 * lives as long as the list, has no part "", "." or "..". */
bool checksums_by_path(const struct checksums *c, const char *path,
                       struct expected *expected, const char **name);

size_t checksums_count(const struct checksums *c); /* names */

#endif
