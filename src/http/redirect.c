#include "http/redirect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void hop_clear(struct hop *h)
{
    free(h->url);
    origin_clear(&h->origin);
    *h = (struct hop){0};
}

static void change_method(struct hop *h, int status)
{
    bool to_get = status == 303 ? strcmp(h->method, "HEAD") != 0
                                : (status == 301 || status == 302) &&
                                      strcmp(h->method, "POST") == 0;

    if (to_get) {
        h->method = "GET";
        h->send_body = false;
    }
}

static enum http_error refuse(struct response *rs, const char *target, const char *why)
{
    response_fail(rs, HTTP_REDIRECT_REFUSED, "redirected to %s: %s", target, why);
    return HTTP_REDIRECT_REFUSED;
}

enum http_error redirect_follow(struct hop *h, const struct origin *first,
                                struct response *rs)
{
    struct slice location;
    struct origin origin;
    enum url_error wrong = URL_OK;
    const char *why = "not a URL";
    char *reference, *url;
    enum http_error e = HTTP_OK;

    response_redirects(rs, &location);
    reference = slice_dup(location);
    url = url_resolve(h->url, reference, &wrong);
    if (!url)
        e = refuse(rs, reference,
                   wrong == URL_UNSUPPORTED_SCHEME ? "only http and https are followed"
                                                   : why);
    else if (url_origin(url, &origin, &why) != URL_OK)
        e = refuse(rs, reference, why);
    free(reference);
    if (e) {
        free(url);
        return e;
    }
    change_method(h, rs->status);
    free(h->url);
    origin_clear(&h->origin);
    h->url = url;
    h->origin = origin;
    h->credentials = origin_eq(&origin, first);
    return HTTP_OK;
}
