/* recode.h - a page in UTF-16, or in a charset with shift states, as UTF-8: those whose
 * markup cannot be read as it is (charset.h). */
#ifndef TRAWL_MARKUP_RECODE_H
#define TRAWL_MARKUP_RECODE_H

#include "markup/charset.h"

struct recoder;

/* Takes UTF-8. What is no character becomes U+FFFD. */
typedef void recode_sink(void *arg, const char *data, size_t n);

struct recoder *recoder_new(const struct charset *charset);
void recoder_free(struct recoder *r); /* NULL is allowed */

void recoder_feed(struct recoder *r, const char *data, size_t n, recode_sink *sink,
                  void *arg);

/* What was left waiting for more is no character. */
void recoder_finish(struct recoder *r, recode_sink *sink, void *arg);

#endif
