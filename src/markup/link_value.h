/* link_value.h - URLs in attributes that hold more than one. */
#ifndef TRAWL_MARKUP_LINK_VALUE_H
#define TRAWL_MARKUP_LINK_VALUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Cuts the next URL off a srcset ("a.png 1x, b.png 2x"); false when there is no more.
 * https://html.spec.whatwg.org/#parsing-a-srcset-attribute */
bool link_value_srcset(struct slice *rest, struct slice *url);

/* The URL in the content of <meta http-equiv=refresh> ("5; url=next.html"); false if it
 * has none. https://html.spec.whatwg.org/#shared-declarative-refresh-steps */
bool link_value_refresh(struct slice content, struct slice *url);

/* Whether one of the words, between white space, is that one (in lower case); in any
 * case. */
bool link_value_has_word(struct slice words, const char *word);

/* A URL without what URL parsers take off: controls and spaces around it, TABs and line
 * ends in it. In `url` itself where it can be, else in *out. */
struct slice link_value_clean(struct slice url, struct buf *out);

#endif
