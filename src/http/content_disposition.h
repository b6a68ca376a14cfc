/* content_disposition.h - the file name that a server proposes (RFC 6266, RFC 8187). */
#ifndef TRAWL_HTTP_CONTENT_DISPOSITION_H
#define TRAWL_HTTP_CONTENT_DISPOSITION_H

#include "base/str.h"

/* The value of filename* if it is well-formed (UTF-8 or ISO-8859-1, percent-decoded
 * into UTF-8) and not empty, else of filename (a quoted-string, its backslashes undone,
 * or what stands up to the next ";"; bytes that are not UTF-8 taken as ISO-8859-1). Of
 * several of one name the first counts. NULL when there is neither, it is empty, or it
 * holds a NUL. It is not safe as a file name: see disk/name.h. The caller frees. */
char *content_disposition_filename(struct slice value);

#endif
