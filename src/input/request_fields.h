/* request_fields.h - the fields of a JSON request, each by its own rule. */
#ifndef TRAWL_INPUT_REQUEST_FIELDS_H
#define TRAWL_INPUT_REQUEST_FIELDS_H

#include <stdbool.h>

#include "base/str.h"
#include "http/request.h"

struct request_fields {
    struct request *request; /* all zero but for its defaults; filled in */
    bool json;               /* the body came as `json` */
    unsigned given;          /* a bit for each field seen */
};

/* Reads an object that json_compact has accepted. NULL, or what is wrong (owned by the
 * caller); fields before the wrong one are then set. A `url` that is a string is always
 * set. */
char *request_fields_read(struct request_fields *f, struct slice object);

#endif
