/* Header fields as a server may send them, and all that is read from their values. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "http/decode.h"
#include "http/retry.h"
#include "http/validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static int discard(void *arg, const char *data, size_t n)
{
    (void)arg, (void)data, (void)n;
    return 0;
}

static void add_lines(struct headers *h, const char *data, size_t n)
{
    struct slice rest = {data, n}, line;

    while (slice_next(&rest, '\n', &line))
        headers_add_line(h, line.data, line.len);
}

static void walk(const struct headers *h)
{
    struct slice name, value, found;
    size_t pos = 0;

    while (headers_next(h, &pos, &name, &value)) {
        const char *end = h->lines.data + h->lines.len;
        char *key = slice_dup(name);

        require(name.data >= h->lines.data && value.data + value.len <= end);
        require(name.data + name.len < value.data || value.len == 0);
        require(!memchr(value.data, '\n', value.len));
        if (strlen(key) == name.len) /* no NUL */
            require(headers_get(h, key, &found));
        free(key);
    }
}

/* What can be gone on with is of its own version. */
static void read_validators(const struct headers *h)
{
    struct slice value;
    time_t modified;
    char *text;

    require(!validator_mtime(h, &modified) || modified <= time(NULL));
    if (!validator_strong(h, &value))
        return;
    text = slice_dup(value);
    require(strlen(text) == value.len);
    require(*text == '"' ? validator_same(h, text, NULL)
                         : validator_same(h, NULL, text));
    free(text);
}

static void read_values(const struct response *rs)
{
    struct slice value;
    struct decoder *d;
    double seconds = retry_after(rs, 60);

    require(seconds >= 0 && seconds <= 60);
    require(!response_redirects(rs, &value) || value.len > 0);
    if (headers_get(&rs->headers, "Content-Encoding", &value)) {
        decoder_new(&d, value, discard, NULL);
        decoder_free(d);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const int statuses[] = {200, 302, 429, 503};
    char *text = slice_dup((struct slice){(const char *)data, n});
    struct response rs = {.status = statuses[n % 4]};

    headers_line_wrong(text);
    add_lines(&rs.headers, (const char *)data, n);
    walk(&rs.headers);
    read_validators(&rs.headers);
    read_values(&rs);
    response_clear(&rs);
    free(text);
    return 0;
}
