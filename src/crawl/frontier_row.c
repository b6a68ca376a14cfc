#include "crawl/frontier_row.h"

#include <string.h>

/* In front of the texts: there may be many on the way. */
struct head {
    uint64_t id, referrer, output_length;
    uint32_t level, url_length, lastmod_length, notes_length;
    uint16_t reason;
    uint8_t done, claimed;
};

void frontier_row_append(struct buf *out, const struct frontier_row *row)
{
    struct head head = {.id = row->id,
                        .referrer = row->referrer,
                        .output_length = row->output_length,
                        .level = row->level,
                        .url_length = (uint32_t)row->url.len,
                        .lastmod_length = (uint32_t)row->lastmod.len,
                        .notes_length = (uint32_t)row->notes.len,
                        .reason = (uint16_t)row->reason,
                        .done = row->done,
                        .claimed = row->claimed};

    buf_append(out, &head, sizeof(head));
    buf_append(out, row->url.data, row->url.len);
    buf_append(out, row->lastmod.data, row->lastmod.len);
    buf_append(out, row->notes.data, row->notes.len);
}

static struct slice cut(struct slice *rest, size_t n)
{
    struct slice first = {rest->data, n};

    rest->data += n;
    rest->len -= n;
    return first;
}

bool frontier_row_next(struct slice *rest, struct frontier_row *row)
{
    struct head head;

    if (!rest->len)
        return false;
    memcpy(&head, cut(rest, sizeof(head)).data, sizeof(head));
    *row = (struct frontier_row){.id = head.id,
                                 .referrer = head.referrer,
                                 .level = head.level,
                                 .reason = (enum visit_reason)head.reason,
                                 .done = head.done,
                                 .claimed = head.claimed,
                                 .output_length = head.output_length};
    row->url = cut(rest, head.url_length);
    row->lastmod = cut(rest, head.lastmod_length);
    row->notes = cut(rest, head.notes_length);
    return true;
}
