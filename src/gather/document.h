/* document.h - what was gathered, as one JSON document. */
#ifndef TRAWL_GATHER_DOCUMENT_H
#define TRAWL_GATHER_DOCUMENT_H

#include "gather/play.h"

/* Whether the document has a list of failures: when `errors` asks for it, and it is an
 * object. */
bool document_lists(const struct spec *spec, bool errors);

/* Appends the document of a play that is done, without a line end. If it
 * lists failures, they are its member "errors" when there are any; else each is logged
 * as an error. Returns whether the output refers to what is not there. */
bool document_append(struct buf *out, const struct play *p, bool errors);

/* Appends JSON that json_compact has accepted, indented by two spaces a level, for
 * people; every token as it is. With `terminal` the characters that a terminal would
 * obey are escaped. */
void document_indent(struct buf *out, struct slice json, bool terminal);

#endif
