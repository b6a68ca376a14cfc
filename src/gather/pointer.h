/* pointer.h - JSON Pointer (RFC 6901), over the text of a document. */
#ifndef TRAWL_GATHER_POINTER_H
#define TRAWL_GATHER_POINTER_H

#include "base/str.h"

/* Why the text is no pointer (RFC 6901, 3): a static reason, or NULL. */
const char *pointer_wrong(struct slice pointer);

/* Sets *value to what the pointer points to in a document that json_compact has
 * accepted: a part of that text. Of several members with one name it takes the last, as
 * jq, Python and JavaScript do. False when nothing is there. */
bool pointer_find(struct slice document, struct slice pointer, struct slice *value);

#endif
