/* url.h - URLs of http and https (RFC 3986), by libcurl's own parser.
 *
 * What decides who receives a header must read a URL exactly as the transfer will:
 * libcurl's parser is the one authority here. A fast path takes the plain spellings
 * that nearly every list is made of and gives the same answer. */
#ifndef TRAWL_BASE_URL_H
#define TRAWL_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

enum url_error { URL_OK, URL_MALFORMED, URL_UNSUPPORTED_SCHEME };

/* scheme://host:port, lower case, port always given: "https://example.com:443".
 * User name and password are no part of it (RFC 6454, 4). */
struct origin {
    char *text; /* owned */
    bool secure;
};

/* Checks an absolute URL and sets *origin (origin_clear frees it; untouched on
 * failure). A URL without a scheme is taken as http://. A failure leaves its reason
 * in *why (a static string). White space and control characters anywhere are
 * malformed; bytes over 0x7f in the path are not.
 *
 * A transfer sees the same URL if CURLOPT_DEFAULT_PROTOCOL is "http": libcurl's own
 * guess makes ftp of `ftp.example.com`. */
enum url_error url_origin(const char *url, struct origin *origin, const char **why);

/* The same, with the name of an international host as it is looked up (IDNA, xn--...),
 * so that its spellings are one. URL_MALFORMED where there is no such name. libcurl
 * before 7.88 cannot tell it: there such a name stays as it is. */
enum url_error url_origin_ascii(const char *url, struct origin *origin,
                                const char **why);

void origin_clear(struct origin *origin);
bool origin_eq(const struct origin *a, const struct origin *b);

/* Whether the host is an IPv4 or IPv6 address rather than a name. */
bool origin_is_address(const struct origin *origin);

/* What the server will be asked for: scheme added when missing, dot segments resolved,
 * user name, password and fragment removed. NULL when url_origin refuses the URL; the
 * caller frees. */
char *url_effective(const char *url);

/* The same two without the fast path, so that tests can compare. */
enum url_error url_origin_exact(const char *url, struct origin *origin,
                                const char **why);
char *url_effective_exact(const char *url);

/* Resolves a reference, as in Location, against an absolute base (RFC 3986, 5.2);
 * a base's fragment is inherited where the reference has none (RFC 9110, 10.2.2).
 * White space around the reference is dropped, spaces and bytes over 0x7f in it are
 * percent-encoded. A user name in the reference stays in the result. NULL with *error
 * set when the result is no URL or its scheme is not http or https; the caller frees.
 */
char *url_resolve(const char *base, const char *reference, enum url_error *error);

#endif
