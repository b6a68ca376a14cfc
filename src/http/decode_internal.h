/* decode_internal.h - one content coding, as decode.c chains them. */
#ifndef TRAWL_HTTP_DECODE_INTERNAL_H
#define TRAWL_HTTP_DECODE_INTERNAL_H

#include <stdbool.h>

#include "http/decode.h"

/* What goes to the sink at once, at most. On the stack of whoever feeds, so that a
 * decoder that waits for its next bytes holds no buffer. */
#define DECODE_BLOCK (16 * 1024)

struct coding {
    void *(*open)(void); /* when the first byte comes; never NULL */
    void (*close)(void *state);

    /* Decodes all n bytes (n > 0): 0, -EBADMSG, or what the sink returned. */
    int (*feed)(void *state, const char *data, size_t n, decode_sink *sink, void *arg);

    /* Whether the bytes so far may be all there are. */
    bool (*complete)(const void *state);
};

extern const struct coding coding_gzip, coding_deflate, coding_brotli, coding_zstd;

#endif
