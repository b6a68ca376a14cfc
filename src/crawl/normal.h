/* normal.h - the one spelling of a URL by which a crawl knows it.
 *
 * RFC 3986, 6.2.2 and 6.2.3, and what browsers do (https://url.spec.whatwg.org):
 *
 * - White space and control characters around a reference are dropped, TABs and line
 *   ends in it too; backslashes before the query are slashes.
 * - "http:path" is the path alone where the base is http, too; "https:path" there is
 *   https://path. More than two slashes in front of a host are two.
 * - Scheme and host in lower case, no user name, no port 80 or 443 where it is the
 *   scheme's own (http://h:080/ is http://h/). The host is as libcurl reads it: escapes
 *   undone, numbers an address (0x7f.1 is 127.0.0.1), international names as xn--...; a
 *   dot at its end stays.
 * - "/" for an empty path (http://h?x is http://h/?x); dot segments are resolved, also
 *   those written %2e; empty segments stay.
 * - Escapes in upper case, and none for letters, digits and -._~. What a browser
 *   escapes is escaped: spaces, control characters, bytes over 0x7f, "<> and some more.
 *   A % without two digits stays as it is.
 * - No fragment; no empty query. The query stays as it is but for escapes, and for
 *   parameters that are to be dropped.
 *
 * A normal URL is ASCII, and normal in its own eyes. Plain functions; what most links
 * look like takes a fast path that gives the same answer. */
#ifndef TRAWL_CRAWL_NORMAL_H
#define TRAWL_CRAWL_NORMAL_H

#include "base/buf.h"
#include "base/pattern.h"
#include "base/str.h"
#include "base/url.h"

/* A base that many references are resolved against. */
struct normal_base;

/* `url` is absolute, its scheme http or https; NULL when it is none. The caller frees.
 */
struct normal_base *normal_base_new(const char *url);
void normal_base_free(struct normal_base *b); /* NULL is allowed */

/* The base itself, normal; lives as long. */
const char *normal_base_url(const struct normal_base *b);

/* Puts the absolute, normal URL of `reference` in *out (which is reset first) and,
 * unless `fragment` is NULL, its fragment (undecoded, without #; data is NULL where
 * there is none) in *fragment: a part of the reference. `drop` lists patterns for names
 * of query parameters, as they stand in the URL, or is NULL. URL_OK, or why it is none:
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
