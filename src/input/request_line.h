/* request_line.h - what a line of input asks for: a URL, with `files` also mirrors and
 * a name, or a JSON object.
 *
 * Plain functions over bytes; nothing suspends. What a line may hold stands in
 * trawl-fetch(1), and with `files` in trawl-download(1). */
#ifndef TRAWL_INPUT_REQUEST_LINE_H
#define TRAWL_INPUT_REQUEST_LINE_H

#include "base/str.h"
#include "input/source.h"

/* Sets the item's request, id and why, with `files` its mirrors, output and sha256,
 * from a line without white space around it, of any bytes, that is not empty. What the
 * line leaves open is the template's.
 *
 * With `files` a line that is no object has fields, parted by TABs and freed of white
 * space around them. The first is the URL; each of the others is a mirror when it
 * begins with http:// or https://, in any case, and else the name, which stands last.
 */
void request_line_parse(struct item *item, struct slice line,
                        const struct request_template *t, bool files);

/* The same for what is a URL and nothing else, whatever bytes it has. */
void request_line_url(struct item *item, struct slice url,
                      const struct request_template *t);

/* For a line that is none, as it is too long: its beginning. */
void request_line_refuse(struct item *item, struct slice line, const char *why);

#endif
