/* Journals, as they are and with the sum that belongs to them: what is accepted is
 * written as the same bytes, which parse as the same journal. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk/digest.h"
#include "disk/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static int same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static int same(const struct journal *a, const struct journal *b)
{
    return same_text(a->etag, b->etag) &&
           same_text(a->last_modified, b->last_modified) && a->size == b->size &&
           a->done.n == b->done.n &&
           (!a->done.n ||
            !memcmp(a->done.items, b->done.items, a->done.n * sizeof(*a->done.items)));
}

static void check_accepted(const struct journal *j)
{
    int64_t end = -1;

    require(j->size >= -1);
    for (size_t i = 0; i < j->done.n; i++) {
        const struct range *r = &j->done.items[i];

        require(r->first > end && r->end > r->first);
        end = r->end;
    }
    require(j->size < 0 || end <= j->size);
}

static void check_text(struct slice text)
{
    struct journal j, again;
    struct buf written = BUF_INIT;

    if (!journal_parse(&j, text)) {
        check_accepted(&j);
        journal_append(&written, &j);
        require(written.len == text.len && !memcmp(written.data, text.data, text.len));
        require(!journal_parse(&again, (struct slice){written.data, written.len}));
        require(same(&j, &again));
        journal_clear(&again);
        buf_clear(&written);
    }
    require(text.len || j.size == -1);
    journal_clear(&j);
}

static void check_sealed(struct slice line)
{
    struct digests *d = digests_new(1u << DIGEST_SHA256);
    uint8_t sum[DIGEST_BYTES_MAX];
    char hex[DIGEST_HEX_MAX];
    struct buf text = BUF_INIT;

    digests_update(d, line.data, line.len);
    digests_final(d, DIGEST_SHA256, sum);
    digests_free(d);
    digest_hex(sum, digest_size(DIGEST_SHA256), hex);
    buf_appendf(&text, "%s\n", hex);
    buf_append(&text, line.data, line.len);
    check_text((struct slice){text.data, text.len});
    buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice text = {(const char *)data, n};

    check_text(text);
    check_sealed(text);
    return 0;
}
