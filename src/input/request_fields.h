/* request_fields.h - the fields of a JSON request, each by its own rule. */
#ifndef TRAWL_INPUT_REQUEST_FIELDS_H
#define TRAWL_INPUT_REQUEST_FIELDS_H

#include <stdbool.h>

#include "base/str.h"
#include "input/source.h"

struct request_fields {
    struct item *item; /* all zero but for its id and its request's defaults */
    bool files;        /* what trawl-download(1) says, not trawl-fetch(1) */
    bool json;         /* set: the body came as `json` */
    unsigned given;    /* a bit for each field seen */
};

/* Reads an object that json_compact has accepted into the item. NULL, or what is wrong
 * (owned by the caller); fields before the wrong one are then set. A `url` that is a
 * string, or the first of `urls`, is always set. */
char *request_fields_read(struct request_fields *f, struct slice object);

/* Whether a header line is one that whole files are asked for without, or with one that
 * the program makes itself: Range, If-Range, Accept-Encoding. */
bool request_fields_header_reserved(const char *line);

/* As many as a file may have; a line of a list that is none could hold a million. */
#define REQUEST_MIRRORS_MAX 100

/* Adds a URL (taken over) to what the item asks for: its request's own, or when it has
 * that a mirror. False when there are too many: it was freed. */
bool request_fields_add_url(struct item *item, char *url);

#endif
