#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http/decode.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/decode_internal.h"

/* More than anybody means, and each stage multiplies what a bomb can do. */
#define STAGES_MAX 4

/* One coding on the way from the wire to the sink. */
struct stage {
    const struct coding *coding;
    void *state; /* NULL until the first byte */
    decode_sink *sink;
    void *arg; /* of the sink: the next stage, or the caller's */
};

struct decoder {
    int failed; /* the first failure: a broken stream cannot be picked up again */
    size_t count;
    struct stage stages[]; /* the first undoes the coding that was applied last */
};

static const struct {
    const char *name;
    const struct coding *coding;
} codings[] = {
    {"gzip", &coding_gzip},       {"x-gzip", &coding_gzip}, /* RFC 9110, 8.4.1.3 */
    {"deflate", &coding_deflate},
#ifdef HAVE_BROTLI
    {"br", &coding_brotli}, /* RFC 7932 */
#endif
#ifdef HAVE_ZSTD
    {"zstd", &coding_zstd}, /* RFC 8878, RFC 9659 */
#endif
};

const char *decode_accepted(void)
{
    return "gzip"
#ifdef HAVE_BROTLI
           ", br"
#endif
#ifdef HAVE_ZSTD
           ", zstd"
#endif
        ;
}

static const struct coding *coding_find(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(codings); i++)
        if (slice_eq_nocase(name, codings[i].name))
            return codings[i].coding;
    return NULL;
}

static int stage_feed(void *arg, const char *data, size_t n)
{
    struct stage *stage = arg;

    if (n == 0)
        return 0;
    if (!stage->state)
        stage->state = stage->coding->open();
    return stage->coding->feed(stage->state, data, n, stage->sink, stage->arg);
}

/* The codings in the order in which they were applied: how many, or -ENOTSUP. */
static int parse(struct slice list, const struct coding *found[STAGES_MAX])
{
    struct slice name;
    int count = 0;

    while (slice_next(&list, ',', &name)) {
        name = slice_trim(name);
        if (name.len == 0 || slice_eq_nocase(name, "identity"))
            continue;
        const struct coding *coding = coding_find(name);
        if (!coding || count == STAGES_MAX)
            return -ENOTSUP;
        found[count++] = coding;
    }
    return count;
}

int decoder_new(struct decoder **d, struct slice list, decode_sink *sink, void *arg)
{
    const struct coding *found[STAGES_MAX];
    int count = parse(list, found);

    *d = NULL;
    if (count <= 0)
        return count;
    *d = mem_zalloc(sizeof(**d) + (size_t)count * sizeof((*d)->stages[0]));
    (*d)->count = (size_t)count;
    for (int i = 0; i < count; i++) {
        struct stage *stage = &(*d)->stages[i];

        stage->coding = found[count - 1 - i];
        stage->sink = i + 1 < count ? stage_feed : sink;
        stage->arg = i + 1 < count ? stage + 1 : arg;
    }
    return 0;
}

void decoder_free(struct decoder *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->count; i++)
        if (d->stages[i].state)
            d->stages[i].coding->close(d->stages[i].state);
    free(d);
}

int decoder_feed(struct decoder *d, const char *data, size_t n)
{
    if (!d->failed)
        d->failed = stage_feed(&d->stages[0], data, n);
    return d->failed;
}

int decoder_finish(struct decoder *d)
{
    for (size_t i = 0; i < d->count && !d->failed; i++) {
        const struct stage *stage = &d->stages[i];

        if (stage->state && !stage->coding->complete(stage->state))
            d->failed = -EBADMSG;
    }
    return d->failed;
}
