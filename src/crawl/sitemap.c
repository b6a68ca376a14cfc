#include "crawl/sitemap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/sitemap_internal.h"
#include "crawl/w3c_date.h"
#include "http/decode.h"

enum { ENTRIES_MAX = 50000 };

#define BYTES_MAX ((size_t)50 << 20) /* which bounds what a gzip bomb can do, too */

struct sitemap {
    void (*found)(const struct sitemap_entry *entry, void *arg);
    void *arg;
    int failed;
    struct buf why;
    size_t entries, size; /* told; bytes, decoded */
    bool started;         /* it is known whether it is gzipped */
    struct decoder *gzip; /* NULL: it is not */
    struct buf head;      /* bytes that have to wait until it is known, or the format */
    bool marked;          /* a byte order mark was passed over */
    size_t lines;         /* and so many lines without anything in them */
    const struct sitemap_reader *reader; /* NULL: the format is not known yet */
    void *state;
};

struct sitemap *sitemap_new(void (*found)(const struct sitemap_entry *entry, void *arg),
                            void *arg)
{
    struct sitemap *s = mem_zalloc(sizeof(*s));

    s->found = found;
    s->arg = arg;
    return s;
}

void sitemap_free(struct sitemap *s)
{
    if (!s)
        return;
    if (s->reader)
        s->reader->close(s->state);
    decoder_free(s->gzip);
    buf_clear(&s->head);
    buf_clear(&s->why);
    free(s);
}

int sitemap_fail(struct sitemap *s, int r, const char *format, ...)
{
    va_list ap;

    if (s->failed)
        return s->failed;
    va_start(ap, format);
    buf_vappendf(&s->why, format, ap);
    va_end(ap);
    return s->failed = r;
}

const char *sitemap_why(const struct sitemap *s)
{
    return s->why.data ? s->why.data : "";
}

int sitemap_failed(const struct sitemap *s)
{
    return s->failed;
}

size_t sitemap_entries(const struct sitemap *s)
{
    return s->entries;
}

size_t sitemap_first_line(const struct sitemap *s)
{
    return s->lines + 1;
}

int sitemap_tell(struct sitemap *s, struct slice loc, struct slice lastmod,
                 bool is_sitemap)
{
    struct sitemap_entry entry = {slice_trim(loc), slice_trim(lastmod), is_sitemap};

    if (s->failed || !entry.loc.len || entry.loc.len > SITEMAP_LOC_MAX)
        return s->failed;
    if (s->entries == ENTRIES_MAX)
        return sitemap_fail(s, -EFBIG, "more than %d entries", ENTRIES_MAX);
    s->entries++;
    if (!w3c_date_valid(entry.lastmod))
        entry.lastmod.len = 0;
    s->found(&entry, s->arg);
    return 0;
}

/* --- which format ----------------------------------------------------------------- */

/* Takes a byte order mark and white space off the head: XML bears neither, yet many a
 * script prints an empty line first. */
static void skip_blank(struct sitemap *s)
{
    size_t n = 0;

    if (!s->marked && s->head.len >= 3 && !memcmp(s->head.data, "\xef\xbb\xbf", 3)) {
        s->marked = true;
        n = 3;
    }
    for (; n < s->head.len && strchr(" \t\r\n", s->head.data[n]) && s->head.data[n];
         n++) {
        s->marked = true;
        s->lines += s->head.data[n] == '\n';
    }
    buf_consume(&s->head, n);
}

/* NULL: the next bytes have to tell. */
static const struct sitemap_reader *choose(struct sitemap *s, bool final)
{
    static const char *const utf16[] = {"\xfe\xff", "\xff\xfe", "<\0", "\0<"};

    skip_blank(s);
    if (s->head.len < 3 && !final)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(utf16); i++)
        if (s->head.len >= 2 && !memcmp(s->head.data, utf16[i], 2))
            return &sitemap_xml;
    return s->head.len && s->head.data[0] == '<' ? &sitemap_xml : &sitemap_text;
}

static int begin(struct sitemap *s, bool final)
{
    struct buf head;
    int r;

    if (!(s->reader = choose(s, final)))
        return 0;
    s->state = s->reader->open(s);
    head = s->head;
    buf_init(&s->head);
    r = head.len ? s->reader->feed(s->state, head.data, head.len) : 0;
    buf_clear(&head);
    return r;
}

/* --- bytes ------------------------------------------------------------------------ */

/* decode_sink */
static int take_decoded(void *arg, const char *data, size_t n)
{
    struct sitemap *s = arg;
    size_t room = BYTES_MAX - s->size, some = n < room ? n : room;
    int r;

    s->size += some;
    if (s->reader) {
        r = s->reader->feed(s->state, data, some);
    } else {
        buf_append(&s->head, data, some);
        r = begin(s, false);
    }
    if (!r && some < n)
        r = sitemap_fail(s, -EFBIG, "more than %zu MiB", BYTES_MAX >> 20);
    return r;
}

static int take(struct sitemap *s, const char *data, size_t n)
{
    int r;

    if (!s->gzip)
        return take_decoded(s, data, n);
    r = decoder_feed(s->gzip, data, n);
    return r < 0 ? sitemap_fail(s, -EINVAL, "damaged gzip data") : 0;
}

/* Once its first two bytes are there. */
static int start(struct sitemap *s)
{
    struct buf head = s->head;
    int r;

    s->started = true;
    buf_init(&s->head);
    if (head.len >= 2 && !memcmp(head.data, "\x1f\x8b", 2))
        decoder_new(&s->gzip, SLICE("gzip"), take_decoded, s);
    r = take(s, head.data, head.len);
    buf_clear(&head);
    return r;
}

int sitemap_feed(struct sitemap *s, const char *data, size_t n)
{
    if (s->failed || !n)
        return s->failed;
    if (s->started)
        return take(s, data, n);
    buf_append(&s->head, data, n);
    return s->head.len < 2 ? 0 : start(s);
}

int sitemap_finish(struct sitemap *s)
{
    if (!s->failed && !s->started && s->head.len)
        start(s);
    if (!s->failed && s->gzip && decoder_finish(s->gzip))
        sitemap_fail(s, -EINVAL, "gzip data without its end");
    if (!s->failed && !s->reader)
        begin(s, true);
    return s->failed ? s->failed : s->reader->finish(s->state);
}
