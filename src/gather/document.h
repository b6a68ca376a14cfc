/* document.h - what was gathered, as one JSON document. */
#ifndef TRAWL_GATHER_DOCUMENT_H
#define TRAWL_GATHER_DOCUMENT_H

#include "gather/play.h"

/* Appends the document of a play that is done, without a line end. With `errors` the
 * failures are its member of that name, if there are any and it is an object; else each
 * is logged. Returns whether the output refers to what is not there. */
bool document_append(struct buf *out, const struct play *p, bool errors);

/* Appends JSON that json_compact has accepted, indented by two spaces a level, for
 * people; every token as it is. With `terminal` the characters that a terminal would
 * obey are escaped. */
void document_indent(struct buf *out, struct slice json, bool terminal);

#endif
