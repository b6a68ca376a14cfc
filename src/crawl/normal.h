/* normal.h - the one spelling of a URL by which a crawl knows it.
 *
 * RFC 3986, 6.2.2 and 6.2.3, and what browsers do (https://url.spec.whatwg.org): scheme
 * and host in lower case (IDNA by libcurl's parser), no default port, no user name, no
 * fragment, dot segments resolved, backslashes as slashes, "/" for an empty path,
 * percent-encoding in upper case and none for unreserved characters, what may not stand
 * in a URL percent-encoded. The query stays as it is but for that, and for parameters
 * that are to be dropped. Plain functions; what most links look like takes a fast path
 * that gives the same answer. */
#ifndef TRAWL_CRAWL_NORMAL_H
#define TRAWL_CRAWL_NORMAL_H

#include "base/buf.h"
#include "base/str.h"
#include "base/url.h"
#include "crawl/pattern.h"

/* A base that many references are resolved against. */
struct normal_base;

/* `url` is absolute; NULL when it is none. The caller frees. */
struct normal_base *normal_base_new(const char *url);
void normal_base_free(struct normal_base *b); /* NULL is allowed */

/* Puts the absolute, normal URL of `reference` in *out (which is reset first) and,
 * unless `fragment` is NULL, its fragment (undecoded, without #) in *fragment. `drop`
 * lists patterns for names of query parameters, or is NULL. URL_OK, or why it is none:
 * mailto:, javascript: and data: are URL_UNSUPPORTED_SCHEME. */
enum url_error normal_resolve(const struct normal_base *b, struct slice reference,
                              const struct pattern *drop, struct buf *out,
                              struct slice *fragment);

/* The same without the fast path, so that tests can compare. */
enum url_error normal_resolve_exact(const struct normal_base *b, struct slice reference,
                                    const struct pattern *drop, struct buf *out,
                                    struct slice *fragment);

/* Parts of a normal URL, which point into it. */
struct slice normal_origin(const char *url); /* "http://example.com:8080" */
struct slice normal_host(const char *url);   /* "example.com", "[::1]" */
const char *normal_path(const char *url);    /* path and query: "/a?b" */

#endif
