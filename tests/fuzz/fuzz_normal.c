/* The first line is a base, the rest a reference: both ways give the same, and it is a
 * URL that is normal in its own eyes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/url.h"
#include "crawl/normal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_normal(const char *url)
{
    struct normal_base *again = normal_base_new(url);
    struct origin o;
    const char *why;

    require(again && !strcmp(normal_base_url(again), url));
    require(url_origin(url, &o, &why) == URL_OK);
    require(!strncmp(o.text, url, normal_origin(url).len));
    require(!url[strspn(url, "!\"$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~")]);
    origin_clear(&o);
    normal_base_free(again);
}

static void check_reference(const char *base, struct buf *reference)
{
    struct normal_base *b = normal_base_new(base);
    struct buf fast = BUF_INIT, exact = BUF_INIT;
    struct slice r = {reference->data, reference->len}, f, g;
    enum url_error e;

    if (!b)
        return;
    e = normal_resolve(b, r, NULL, &fast, &f);
    require(e == normal_resolve_exact(b, r, NULL, &exact, &g));
    require(f.data == g.data && f.len == g.len);
    require(e || !strcmp(fast.data, exact.data));
    if (!e)
        check_normal(exact.data);
    buf_clear(&fast);
    buf_clear(&exact);
    normal_base_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *line = n ? memchr(data, '\n', n) : NULL;
    size_t first = line ? (size_t)(line - data) : 0;
    char *base = slice_dup((struct slice){(const char *)data, first});
    struct buf reference = BUF_INIT;

    buf_append(&reference, data + first, n - first);
    check_reference(*base ? base : "http://h/a/b?c", &reference);
    buf_clear(&reference);
    free(base);
    return 0;
}
