#include "crawl/reader.h"

/* Of one page at once, and of all that wait. */
enum { BLOCK = 128 << 10, MOST_HELD = 4 << 20 };

/* ---- what the pages share ---- */

void reading_room_init(struct reading_room *room)
{
    room->held = 0;
    event_init(&room->open);
    event_set(&room->open);
}

static void hold(struct reading_room *room, size_t n)
{
    room->held += n;
    if (room->held > MOST_HELD)
        event_clear(&room->open);
}

static void let_go(struct reading_room *room, size_t n)
{
    room->held -= n;
    if (room->held <= MOST_HELD)
        event_set(&room->open);
}

/* ---- in the executor ---- */

/* A link that was put by; or an anchor, if its kind is LINK_KINDS. Its URL is behind
 * those before it, in `text`. */
struct put_by {
    struct link link;
    bool based;
};

static void put_by(struct reader *r, const struct link *link)
{
    struct put_by p = {*link, links_base(r->block.links)};

    buf_append(&r->found, &p, sizeof(p));
    buf_append(&r->text, link->url.data, link->url.len);
}

static void put_link_by(const struct link *link, void *arg)
{
    put_by(arg, link);
}

static void put_anchor_by(struct slice id, void *arg)
{
    struct link link = {.kind = LINK_KINDS, .url = id};

    put_by(arg, &link);
}

static int read_block(void *arg)
{
    struct reader *r = arg;
    struct block_read *b = &r->block;

    if (b->digests)
        digests_update(b->digests, b->bytes.data, b->bytes.len);
    if (b->links && b->bytes.len)
        links_feed(b->links, b->bytes.data, b->bytes.len);
    if (b->links && b->whole)
        links_finish(b->links);
    return 0;
}

/* ---- on the loop ---- */

static void tell(struct reader *r)
{
    const struct put_by *p = (const void *)r->found.data;
    size_t n = r->found.len / sizeof(*p), at = 0;

    for (size_t i = 0; i < n; at += p[i++].link.url.len) {
        struct link link = p[i].link;

        link.url.data = r->text.data + at;
        r->based = p[i].based;
        if (link.kind == LINK_KINDS)
            r->handler.anchor(link.url, r->handler.arg);
        else
            r->handler.link(&link, r->handler.arg);
    }
}

static void was_read(struct future *f, void *arg);

static void start(struct reader *r)
{
    struct buf empty = r->block.bytes;

    r->block = (struct block_read){.links = r->links,
                                   .digests = r->digests,
                                   .bytes = r->fill,
                                   .last = r->finishing,
                                   .whole = r->finishing && r->whole};
    r->fill = empty;
    r->busy = true;
    executor_submit(&r->work, read_block, r);
    future_add_done_callback(&r->work.future, &r->done, was_read, r);
}

static void drop_fill(struct reader *r)
{
    if (r->fill.len)
        let_go(r->room, r->fill.len);
    buf_reset(&r->fill);
}

/* Of an exchange that counts no more; what came behind it is another's. */
static void drop(struct reader *r)
{
    links_free(r->block.links);
    digests_free(r->block.digests);
    r->stale = false;
}

static void was_read(struct future *f, void *arg)
{
    struct reader *r = arg;
    bool ended = r->block.last;

    future_clear(f);
    r->busy = false;
    let_go(r->room, r->block.bytes.len);
    buf_reset(&r->block.bytes);
    if (r->stale)
        drop(r);
    else
        tell(r);
    buf_reset(&r->found);
    buf_reset(&r->text);
    if (ended)
        r->ended(r);
    else if (r->finishing)
        start(r);
    else
        body_sink_resume(r->sink);
}

void reader_reset(struct reader *r)
{
    r->stale |= r->busy;
    if (!r->busy || r->links != r->block.links)
        links_free(r->links);
    if (!r->busy || r->digests != r->block.digests)
        digests_free(r->digests);
    r->links = NULL;
    r->digests = NULL;
    r->based = false;
    drop_fill(r);
}

void reader_find(struct reader *r, enum links_format format, struct slice charset)
{
    struct links_handler handler = {.arg = r, .no_parts = r->handler.no_parts};

    if (r->handler.link)
        handler.link = put_link_by;
    if (r->handler.anchor)
        handler.anchor = put_anchor_by;
    r->links = links_new(format, charset, &handler);
}

void reader_hash(struct reader *r)
{
    r->digests = digests_new(1u << DIGEST_SHA256);
}

enum body_use reader_write(struct reader *r, const char *data, size_t n)
{
    if (!r->links && !r->digests)
        return BODY_TAKE;
    buf_append(&r->fill, data, n);
    hold(r->room, n);
    if (r->fill.len < BLOCK)
        return BODY_TAKE;
    if (r->busy)
        return BODY_WAIT;
    start(r);
    return BODY_TAKE;
}

bool reader_finish(struct reader *r, bool whole)
{
    bool wanted = r->fill.len || (whole && (r->links || r->digests));

    if (!wanted && !r->busy)
        return false;
    r->finishing = true;
    r->whole = whole;
    if (!r->busy)
        start(r);
    return true;
}

const char *reader_base(const struct reader *r)
{
    return r->based ? links_base(r->links) : NULL;
}

void reader_clear(struct reader *r)
{
    reader_reset(r);
    buf_clear(&r->fill);
    buf_clear(&r->block.bytes);
    buf_clear(&r->found);
    buf_clear(&r->text);
}
