/* decode.h - content codings (RFC 9110, 8.4), undone while the bytes arrive.
 *
 * gzip and deflate always, br and zstd when configured; several in a row. A body that
 * ends before its coding does is an error, as is anything behind its end. */
#ifndef TRAWL_HTTP_DECODE_H
#define TRAWL_HTTP_DECODE_H

#include <stddef.h>

#include "base/str.h"

struct decoder;

/* Takes decoded bytes; returns 0, or -errno to stop. */
typedef int decode_sink(void *arg, const char *data, size_t n);

/* What to offer in Accept-Encoding: "gzip, br, zstd" as built. Not deflate, which
 * servers send in two forms: who knows it knows gzip. */
const char *decode_accepted(void);

/* A decoder for a Content-Encoding's value, which gives what it decodes to the sink.
 * Returns 0 with *d NULL when there is nothing to undo ("identity"); -ENOTSUP for a
 * coding that is not known, or more than four in a row. */
int decoder_new(struct decoder **d, struct slice codings, decode_sink *sink, void *arg);
void decoder_free(struct decoder *d); /* NULL is allowed */

/* Decodes the next bytes. Returns 0, -EBADMSG for data that is not in its coding, or
 * what the sink returned. */
int decoder_feed(struct decoder *d, const char *data, size_t n);

/* No more will come: 0, or -EBADMSG when the coding has not come to its end. An empty
 * body is fine. */
int decoder_finish(struct decoder *d);

#endif
