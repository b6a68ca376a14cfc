/* --why: a record for each URL that was found and not asked for. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "crawl/job.h"

struct skips {
    struct keyset told;
    struct map held; /* by URL: struct held */
    struct digests *digests;
};

/* What may still be asked for: found again, in another place. */
struct held {
    enum scope_verdict verdict;
    uint32_t level;
    char *referrer; /* owned; NULL: none */
    char url[];
};

struct skips *skips_new(void)
{
    struct skips *s = mem_zalloc(sizeof(*s));

    s->digests = digests_new(1u << DIGEST_SHA256);
    map_init(&s->held);
    return s;
}

static void held_free(struct held *h)
{
    free(h->referrer);
    free(h);
}

void skips_free(struct skips *s)
{
    struct held *h;
    size_t pos = 0;

    if (!s)
        return;
    while ((h = map_next(&s->held, &pos))) {
        map_remove(&s->held, h->url);
        held_free(h);
    }
    map_clear(&s->held);
    keyset_clear(&s->told);
    digests_free(s->digests);
    free(s);
}

/* ---- the record ---- */

static void append_json(struct buf *out, const struct skip *skip)
{
    buf_append_str(out, "{\"schema\":1,\"url\":");
    json_append_cstr(out, skip->url);
    buf_append_str(out, ",\"skipped\":");
    json_append_cstr(out, scope_verdict_name(skip->verdict));
    buf_append_str(out, ",\"depth\":");
    buf_append_uint(out, skip->level);
    buf_append_str(out, ",\"referrer\":");
    json_append_cstr(out, skip->referrer);
    buf_append_str(out, "}\n");
}

/* Normal URLs are ASCII. */
static void append_line(struct buf *out, const struct skip *skip)
{
    buf_appendf(out, "---  skipped: %s  %s\n", scope_verdict_name(skip->verdict),
                skip->url);
}

void skips_tell(struct crawl *c, const struct skip *skip)
{
    struct buf line = BUF_INIT;

    if (c->run.o->record.format == RECORD_JSON)
        append_json(&line, skip);
    else
        append_line(&line, skip);
    sink_put(c->run.sink, line.data, line.len);
    buf_clear(&line);
}

/* ---- once each ---- */

static bool is_for_good(enum scope_verdict v)
{
    return v != SCOPE_TOO_DEEP && v != SCOPE_NOFOLLOW && v != SCOPE_NOT_WANTED;
}

static bool is_new(struct skips *s, const char *url)
{
    uint8_t sum[DIGEST_BYTES_MAX];

    digests_reset(s->digests);
    digests_update(s->digests, url, strlen(url));
    digests_final(s->digests, DIGEST_SHA256, sum);
    return keyset_add(&s->told, sum);
}

static void hold(struct skips *s, const struct skip *skip)
{
    size_t n = strlen(skip->url) + 1;
    struct held *h;

    if (map_get(&s->held, skip->url))
        return;
    h = mem_zalloc(sizeof(*h) + n);
    memcpy(h->url, skip->url, n);
    h->verdict = skip->verdict;
    h->level = skip->level;
    h->referrer = skip->referrer ? mem_strdup(skip->referrer) : NULL;
    map_set(&s->held, h->url, h);
}

void skips_note(struct crawl *c, const struct skip *skip)
{
    if (!is_for_good(skip->verdict))
        hold(c->skips, skip);
    else if (is_new(c->skips, skip->url))
        skips_tell(c, skip);
}

/* ---- in the end ---- */

void skips_finish(struct crawl *c)
{
    struct skips *s = c->skips;
    struct held *h;
    size_t pos = 0;

    while ((h = map_next(&s->held, &pos))) {
        struct skip skip = {h->url, h->verdict, h->level, h->referrer};

        if (!frontier_knows(c->frontier, h->url) && is_new(s, h->url))
            skips_tell(c, &skip);
    }
}
