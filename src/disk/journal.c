#include "disk/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "disk/digest.h"

/* {"trawl":1,"url":"...","size":9,"etag":"\"a\"","last_modified":"...","sum":"SHA1
 * ...", "done":[[0,4],[6,9]]}
 *
 * What is not known is left out. The first member is the layout's number. Headers are
 * bytes and JSON is text: a byte over 0x7f stands as the code point of that number. */

enum {
    SUM_BYTES = 64 + 1, /* the first line */
    RANGE_BYTES = 2 * 20 + 4,
    TAIL_BYTES = 4 /* what closes the last line */
};

void journal_init(struct journal *j)
{
    *j = (struct journal){.size = -1};
}

void journal_clear(struct journal *j)
{
    free(j->url);
    free(j->etag);
    free(j->last_modified);
    free(j->sum);
    ranges_clear(&j->done);
    journal_init(j);
}

/* ---- writing ---- */

static void append_bytes(struct buf *out, const char *key, const char *bytes)
{
    struct buf text = BUF_INIT;
    char utf8[4];

    if (!bytes)
        return;
    buf_append_str(&text, ""); /* which is no NULL */
    for (const char *p = bytes; *p; p++)
        buf_append(&text, utf8, utf8_encode((unsigned char)*p, utf8));
    json_append_key(out, key);
    json_append_string(out, text.data, text.len);
    buf_clear(&text);
}

static void append_known(struct buf *line, const struct journal *j)
{
    buf_append_str(line, "{\"trawl\":1");
    append_bytes(line, "url", j->url);
    if (j->size >= 0) {
        json_append_key(line, "size");
        buf_append_int(line, j->size);
    }
    append_bytes(line, "etag", j->etag);
    append_bytes(line, "last_modified", j->last_modified);
    append_bytes(line, "sum", j->sum);
    json_append_key(line, "done");
}

/* As many as there is room for: to know of less than there is does no harm. */
static void append_done(struct buf *line, const struct ranges *done)
{
    size_t most = JOURNAL_BYTES_MAX - SUM_BYTES - TAIL_BYTES - RANGE_BYTES;

    buf_append_char(line, '[');
    for (size_t i = 0; i < done->n && line->len <= most; i++)
        buf_appendf(line, "%s[%lld,%lld]", i ? "," : "",
                    (long long)done->items[i].first, (long long)done->items[i].end);
    buf_append_str(line, "]}\n");
}

static void append_line(struct buf *line, const struct journal *j)
{
    static const struct journal nothing = {.size = -1};

    append_known(line, j);
    if (line->len + SUM_BYTES + TAIL_BYTES > JOURNAL_BYTES_MAX) {
        /* Without one of its validators another version might pass for this one. */
        buf_reset(line);
        j = &nothing;
        append_known(line, j);
    }
    append_done(line, &j->done);
}

static void append_sum(struct buf *out, struct slice line)
{
    struct digests *d = digests_new(1u << DIGEST_SHA256);
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];

    digests_update(d, line.data, line.len);
    digests_final(d, DIGEST_SHA256, sum);
    digests_free(d);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    buf_append_str(out, hex);
    buf_append_char(out, '\n');
}

void journal_append(struct buf *out, const struct journal *j)
{
    struct buf line = BUF_INIT;

    append_line(&line, j);
    append_sum(out, (struct slice){line.data, line.len});
    buf_append(out, line.data, line.len);
    buf_clear(&line);
}

/* ---- reading ---- */

/* The bytes that append_bytes wrote; anything for what it never wrote. */
static char *read_bytes(struct slice string)
{
    struct buf text = BUF_INIT, bytes = BUF_INIT;
    uint32_t cp;

    json_append_unquoted(&text, string);
    for (size_t i = 0, n; i < text.len; i += n) {
        n = utf8_decode(text.data + i, text.len - i, &cp);
        if (!n)
            break;
        buf_append_char(&bytes, (char)cp);
    }
    buf_clear(&text);
    return buf_take(&bytes);
}

static void read_range(struct ranges *done, struct slice pair)
{
    struct json_iter it = json_iter(pair);
    int64_t ends[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        if (!json_next(&it) || slice_parse_digits(it.value, &ends[i]))
            return;
    ranges_add(done, ends[0], ends[1]);
}

static void read_member(struct journal *j, struct slice line, const char *name)
{
    struct slice value;
    struct json_iter it;

    if (!json_member(line, name, &value))
        return;
    if (!strcmp(name, "etag")) {
        j->etag = read_bytes(value);
    } else if (!strcmp(name, "last_modified")) {
        j->last_modified = read_bytes(value);
    } else if (!strcmp(name, "url")) {
        j->url = read_bytes(value);
    } else if (!strcmp(name, "sum")) {
        j->sum = read_bytes(value);
    } else if (!strcmp(name, "size")) {
        if (slice_parse_digits(value, &j->size))
            j->size = -1;
    } else {
        for (it = json_iter(value); json_next(&it);)
            read_range(&j->done, it.value);
    }
}

static bool within_size(const struct journal *j)
{
    return j->size < 0 || !j->done.n || j->done.items[j->done.n - 1].end <= j->size;
}

/* Whatever is read, what counts is that the same bytes come of it again: so nothing is
 * accepted that journal_append does not write. */
static bool comes_again(const struct journal *j, struct slice text)
{
    struct buf again = BUF_INIT;
    bool same;

    journal_append(&again, j);
    same = again.len == text.len && !memcmp(again.data, text.data, text.len);
    buf_clear(&again);
    return same;
}

int journal_parse(struct journal *j, struct slice text)
{
    static const char *const members[] = {"url",           "size", "etag",
                                          "last_modified", "sum",  "done"};
    struct slice line;

    journal_init(j);
    if (text.len <= SUM_BYTES || text.len > JOURNAL_BYTES_MAX)
        return -EINVAL;
    line = (struct slice){text.data + SUM_BYTES, text.len - SUM_BYTES};
    if (json_compact(NULL, line, NULL))
        return -EINVAL;
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        read_member(j, line, members[i]);
    if (within_size(j) && comes_again(j, text))
        return 0;
    journal_clear(j);
    return -EINVAL;
}
