/* save_name.h - where in a mirror a page lies.
 *
 * The name is host/path/..., the host as in disk/name.h ("example.com_8080"), whatever
 * the scheme. Each part is percent-decoded, but for what is reserved, "%" and controls:
 * those stay apart from the characters themselves. "/" at the end has index.html behind
 * it, and a query follows behind "^", which no path has otherwise: "/view?id=7&x" is
 * "view^id=7&x" ("?" would be a query in a link, and no file system of Windows bears
 * it). "/" in a query is "%2F". In the end each part keeps the rules of disk/name.h.
 *
 * As links to them are written (convert.h), they can be opened from a disk: there the
 * extension alone tells what a file is, so if `extend` is set a part whose extension is
 * not its content type's gets that: ".html", ".xhtml", ".css", ".js", ".svg". */
#ifndef TRAWL_CRAWL_SAVE_NAME_H
#define TRAWL_CRAWL_SAVE_NAME_H

#include <stdbool.h>

#include "base/keyset.h"
#include "base/str.h"

/* The name of a normal URL; `type` is its Content-Type, or empty. A pure function. The
 * caller frees. */
char *save_name(const char *url, struct slice type, bool extend);

/* Another one, for when that is taken: the last part alone, in a folder of its own
 * below the host's, named by the hash of the URL. The caller frees. */
char *save_name_apart(const char *url, struct slice type, bool extend);

/* The names that were given. About 24 bytes for each, and for each folder. */
struct save_names {
    struct keyset files, folders;
};

/* All zero is without names. */
void save_names_clear(struct save_names *n);

/* Names a URL, once for each: save_name, or save_name_apart when that is the name of
 * another ("/a/" and "/a/index.html", "http:" and "https:"), or a file has to be where
 * a folder is, or the other way round ("/a" and "/a/b"). Who comes first has the better
 * name. The caller frees. */
char *save_names_take(struct save_names *n, const char *url, struct slice type,
                      bool extend);

#endif
