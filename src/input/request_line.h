/* request_line.h - what a line of input asks for: a URL, or a JSON object.
 *
 * Plain functions over bytes; nothing suspends. The fields of the object stand in
 * trawl-fetch(1). */
#ifndef TRAWL_INPUT_REQUEST_LINE_H
#define TRAWL_INPUT_REQUEST_LINE_H

#include "base/str.h"
#include "input/source.h"

/* Sets the item's request, id and why from a line without white space around it, of any
 * bytes, that is not empty. What the line leaves open is the template's. */
void request_line_parse(struct item *item, struct slice line,
                        const struct request_template *t);

/* The same for what is a URL and nothing else. */
void request_line_url(struct item *item, struct slice url,
                      const struct request_template *t);

/* For a line that is none, as it is too long: its beginning. */
void request_line_refuse(struct item *item, struct slice line, const char *why);

#endif
