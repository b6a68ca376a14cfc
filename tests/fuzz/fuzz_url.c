/* The fast path gives what libcurl gives; an origin is the origin of itself; what a
 * server is asked for has the same origin; and a resolved reference is a URL. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int holds)
{
    if (!holds)
        abort();
}

static int same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void require_origin(const char *url, const struct origin *expected)
{
    struct origin o = {0};
    const char *why;

    require(url_origin(url, &o, &why) == URL_OK);
    require(origin_eq(&o, expected) && o.secure == expected->secure);
    origin_clear(&o);
}

static void check_origin(const char *url)
{
    struct origin fast = {0}, exact = {0};
    char *effective = url_effective(url), *effective_exact = url_effective_exact(url);
    const char *why;

    require(url_origin(url, &fast, &why) == url_origin_exact(url, &exact, &why));
    require(same(fast.text, exact.text) && fast.secure == exact.secure);
    require(same(effective, effective_exact));
    /* libcurl 7.88 normalises numeric hosts before it decodes %33 to 3 */
    if (fast.text && !strchr(url, '%')) {
        require_origin(fast.text, &fast);
        require_origin(effective, &fast);
    }
    free(effective_exact);
    free(effective);
    origin_clear(&exact);
    origin_clear(&fast);
}

static void check_reference(const char *reference)
{
    struct origin o = {0};
    enum url_error error;
    const char *why;
    char *url = url_resolve("https://example.com/a/b?c#d", reference, &error);

    require(!url == (error != URL_OK));
    require(!url || url_origin(url, &o, &why) == URL_OK);
    origin_clear(&o);
    free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *url = slice_dup((struct slice){(const char *)data, n});

    check_origin(url);
    check_reference(url);
    free(url);
    return 0;
}
