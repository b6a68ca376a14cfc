/* What is accepted is a range of a file of that size, and written out again it is
 * accepted as the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/content_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void append_number(struct buf *out, int64_t n)
{
    if (n < 0)
        buf_append_char(out, '*');
    else
        buf_append_int(out, n);
}

static void require_again(const struct content_range *r)
{
    struct content_range again;
    struct buf text = BUF_INIT;

    buf_append_str(&text, "bytes ");
    append_number(&text, r->first);
    if (r->first >= 0) {
        buf_append_char(&text, '-');
        append_number(&text, r->last);
    }
    buf_append_char(&text, '/');
    append_number(&text, r->size);
    require(content_range_parse((struct slice){text.data, text.len}, &again));
    require(again.first == r->first && again.last == r->last && again.size == r->size);
    buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct content_range r = {5, 6, 7};

    if (!content_range_parse((struct slice){(const char *)data, n}, &r)) {
        require(r.first == 5 && r.last == 6 && r.size == 7);
        return 0;
    }
    require((r.first < 0) == (r.last < 0) && r.first <= r.last && r.last < INT64_MAX);
    require(r.first >= -1 && r.size >= -1 && (r.first >= 0 || r.size >= 0));
    require(r.size < 0 || r.last < r.size);
    require_again(&r);
    return 0;
}
