#include "crawl/check_notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* In front of the texts. The numbers that a note does not need are 0. */
struct note {
    uint64_t url, target;
    uint32_t kind; /* a result of check.h, or LINK */
    uint32_t line, error, status, count;
    uint32_t first, second; /* lengths of texts, with their NULs; 0: none */
    uint32_t unused;        /* so that all bytes are told */
};

enum { LINK = CHECK_RESULTS, NO_ANCHORS = UINT32_MAX };

void check_notes_begin(struct buf *out, const struct refs *refs)
{
    uint64_t seed = refs_seed(refs);

    buf_reset(out);
    buf_append(out, &seed, sizeof(seed));
}

static void append(struct buf *out, struct note *n, const char *first,
                   const char *second)
{
    n->first = first ? (uint32_t)strlen(first) + 1 : 0;
    n->second = second ? (uint32_t)strlen(second) + 1 : 0;
    buf_append(out, n, sizeof(*n));
    buf_append(out, first, n->first);
    buf_append(out, second, n->second);
}

void check_notes_outcome(struct buf *out, const struct check_outcome *o)
{
    struct note n = {.url = o->url,
                     .target = o->target,
                     .kind = o->result,
                     .error = o->fault.error,
                     .status = (uint32_t)o->fault.status,
                     .count = o->anchors ? (uint32_t)o->anchors->count : NO_ANCHORS};

    append(out, &n, o->text, o->fault.message);
    if (o->anchors)
        buf_append(out, o->anchors->hashes,
                   o->anchors->count * sizeof(*o->anchors->hashes));
}

void check_notes_link(struct buf *out, const char *page, const struct check_link *l)
{
    struct note n = {.url = l->url, .kind = LINK, .line = l->line, .count = NO_ANCHORS};

    append(out, &n, page, l->text);
}

/* ---- reading ---- */

static bool cut(struct slice *rest, size_t n, struct slice *part)
{
    if (rest->len < n)
        return false;
    *part = (struct slice){rest->data, n};
    rest->data += n;
    rest->len -= n;
    return true;
}

/* NULL where it is empty. */
static bool cut_text(struct slice *rest, size_t n, const char **text)
{
    struct slice part;

    if (!cut(rest, n, &part) || (n && part.data[n - 1] != '\0'))
        return false;
    *text = n ? part.data : NULL;
    return true;
}

static bool tell_link(struct check *c, const struct note *n, const char *page,
                      const char *text)
{
    struct check_link l = {.url = n->url, .line = n->line, .text = text};

    if (!page || (!l.url && !text) || (text && l.url && !strchr(text, '#')))
        return false;
    check_links(c, page, &l, 1);
    return true;
}

static bool read_anchors(struct slice *rest, uint32_t count, struct anchors **anchors)
{
    struct buf hashes = BUF_INIT;
    struct slice part;

    *anchors = NULL;
    if (count == NO_ANCHORS)
        return true;
    if (!cut(rest, (size_t)count * sizeof(*(*anchors)->hashes), &part))
        return false;
    buf_append(&hashes, part.data, part.len);
    *anchors = anchors_new(&hashes);
    buf_clear(&hashes);
    return true;
}

static bool tell_outcome(struct check *c, const struct note *n, const char *text,
                         const char *message, struct slice *rest)
{
    struct check_outcome o = {
        .result = n->kind,
        .url = n->url,
        .text = text,
        .fault = {(enum http_error)n->error, (int)n->status, message},
        .target = n->target};
    struct anchors *anchors;

    if (n->kind >= CHECK_BROKEN && !text)
        return false;
    if (n->kind == CHECK_BROKEN && (!message || n->error >= HTTP_ERRORS))
        return false;
    if (n->kind == CHECK_MOVED && !n->target)
        return false;
    if (!n->url || !read_anchors(rest, n->count, &anchors))
        return false;
    o.anchors = anchors;
    check_outcome(c, &o);
    free(anchors);
    return true;
}

static bool read_note(struct slice *rest, struct check *c)
{
    const char *first, *second;
    struct slice head;
    struct note n;

    if (!cut(rest, sizeof(n), &head))
        return false;
    memcpy(&n, head.data, sizeof(n));
    if (!cut_text(rest, n.first, &first) || !cut_text(rest, n.second, &second))
        return false;
    if (n.kind == LINK)
        return tell_link(c, &n, first, second);
    return n.kind < LINK && tell_outcome(c, &n, first, second, rest);
}

bool check_notes_read(struct slice notes, struct check *c, struct refs *refs)
{
    struct slice part;
    uint64_t seed;

    if (!cut(&notes, sizeof(seed), &part))
        return false;
    memcpy(&seed, part.data, sizeof(seed));
    refs_set_seed(refs, seed);
    while (notes.len)
        if (!read_note(&notes, c))
            return false;
    return true;
}
