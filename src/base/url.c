#include "base/url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

/* A URL without a scheme starts with this; url_origin says so. */
static const char default_scheme[] = "http://";

/* --- the fast path ---------------------------------------------------------------- */

/* http(s)://host[:port][/...] as nearly every list spells it: nothing here that
 * libcurl would rewrite or refuse. Whatever looks otherwise is left to libcurl. */
struct plain {
    bool secure;
    const char *host_end, *port_end; /* the same when no port is written */
};

enum { LONGEST_PLAIN = 65535 }; /* libcurl has a limit too, far beyond */

/* The end of a number without leading zeros, of at most `most`; NULL: no such number.
 */
static const char *plain_number(const char *s, unsigned least, unsigned most)
{
    const char *first = s;
    unsigned n = 0;

    while (char_is_digit(*s) && n <= most)
        n = n * 10 + (unsigned)(*s++ - '0');
    return s == first || n < least || n > most || (*first == '0' && s - first > 1)
               ? NULL
               : s;
}

/* Four numbers alone: of others, as 0x7f.1, libcurl makes addresses of its own. */
static const char *plain_ipv4(const char *s)
{
    for (int i = 0; i < 4; i++) {
        if (i && *s++ != '.')
            return NULL;
        if (!(s = plain_number(s, 0, 255)))
            return NULL;
    }
    return s;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || char_is_digit(c) || c == '.' || c == '-';
}

static const char *plain_host(const char *s)
{
    if (char_is_digit(*s))
        return plain_ipv4(s);
    if (!is_name_char(*s) || *s == '.' || *s == '-')
        return NULL;
    while (is_name_char(*s))
        s++;
    return s[-1] == '.' || s[-1] == '-' ? NULL : s;
}

static bool plain_scan(const char *url, struct plain *p)
{
    const char *s = url;

    if (!str_starts(s, "http"))
        return false;
    p->secure = s[4] == 's';
    s += p->secure ? 5 : 4;
    if (!str_starts(s, "://"))
        return false;
    s = p->host_end = plain_host(s + 3);
    if (s && *s == ':')
        s = plain_number(s + 1, 1, 65535);
    p->port_end = s;
    return s && (*s == '/' || !*s);
}

static void plain_origin(const char *url, const struct plain *p, struct origin *origin)
{
    const char *port = p->port_end > p->host_end ? "" : p->secure ? ":443" : ":80";
    size_t n = (size_t)(p->port_end - url);

    origin->secure = p->secure;
    origin->text = mem_alloc(n + strlen(port) + 1);
    memcpy(origin->text, url, n);
    strcpy(origin->text + n, port);
}

/* --- libcurl's parser ------------------------------------------------------------- */

/* Length of the text before the first white space or control character. */
static size_t clean_length(const char *url)
{
    const unsigned char *s = (const unsigned char *)url;

    while (*s > 0x20 && *s != 0x7f)
        s++;
    return (size_t)((const char *)s - url);
}

static bool is_http(struct slice scheme)
{
    return slice_eq_nocase(scheme, "http") || slice_eq_nocase(scheme, "https");
}

/* Schemes that stand in front of no host: what follows may look like one, but a mail
 * address is no user of a web server. */
static bool is_hostless(struct slice scheme)
{
    static const char *const schemes[] = {
        "about",      "blob",   "chrome", "cid",         "data", "geo", "jar",
        "javascript", "magnet", "mailto", "mid",         "news", "sip", "sips",
        "sms",        "tel",    "urn",    "view-source", "xmpp"};

    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (slice_eq_nocase(scheme, schemes[i]))
            return true;
    return false;
}

/* Whether the text before a colon can be only a scheme: what follows is neither a port
 * nor a password. `n` is the length of what follows, up to the path. */
static bool is_scheme(struct slice name, const char *rest, size_t n)
{
    size_t digits = strspn(rest, "0123456789");
    int64_t port;

    if (is_hostless(name))
        return !n || digits < n ||
               slice_parse_digits((struct slice){rest, n}, &port) < 0 || port > 65535;
    return digits < n && !memchr(rest, '@', n) && !is_http(name);
}

/* The scheme of what a user types; empty without: `localhost:8080` has none, nor has
 * `user:pw@host`. */
static struct slice scheme_of(const char *url)
{
    const char *rest;
    size_t n = 0;

    while (is_name_char(char_lower(url[n])) || url[n] == '+')
        n++;
    if (url[n] != ':' || char_lower(*url) < 'a')
        return (struct slice){url, 0};
    rest = url + n + 1;
    if (*rest != '/' && !is_scheme((struct slice){url, n}, rest, strcspn(rest, "/?#")))
        n = 0;
    return (struct slice){url, n};
}

static enum url_error error_of(CURLUcode rc)
{
    if (rc == CURLUE_OUT_OF_MEMORY)
        mem_exhausted();
    return !rc                               ? URL_OK
           : rc == CURLUE_UNSUPPORTED_SCHEME ? URL_UNSUPPORTED_SCHEME
                                             : URL_MALFORMED;
}

/* A part that is in its place may be missing, but not for want of memory. The caller
 * frees it with curl_free. */
static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
    char *text = NULL;

    error_of(curl_url_get(u, what, &text, flags));
    return text;
}

/* A per cent sign left in the host once libcurl has decoded it would be decoded again
 * wherever the URL is read next, and name another host. Newer libcurl refuses it. */
static CURLUcode check_host(CURLU *u)
{
    char *host = part(u, CURLUPART_HOST, 0);
    bool bad = host && strchr(host, '%');

    curl_free(host);
    return bad ? CURLUE_BAD_HOSTNAME : CURLUE_OK;
}

/* Sets *u, for curl_url_cleanup. */
static enum url_error parse(const char *url, CURLU **u, const char **why)
{
    struct slice scheme = scheme_of(url);
    struct buf full = BUF_INIT;
    CURLUcode rc;

    if (url[clean_length(url)]) {
        *why = "white space or control character";
        return URL_MALFORMED;
    }
    if (scheme.len && !is_http(scheme)) {
        *why = curl_url_strerror(CURLUE_UNSUPPORTED_SCHEME);
        return URL_UNSUPPORTED_SCHEME;
    }
    if (!scheme.len && *url == '/') { /* or http:///etc would be the host etc */
        *why = curl_url_strerror(CURLUE_NO_HOST);
        return URL_MALFORMED;
    }
    *u = curl_url();
    if (!*u)
        mem_exhausted();
    buf_append_str(&full, scheme.len ? "" : default_scheme);
    buf_append_str(&full, url);
    rc = curl_url_set(*u, CURLUPART_URL, full.data, 0);
    if (!rc)
        rc = check_host(*u);
    buf_clear(&full);
    if (rc) {
        *why = curl_url_strerror(rc);
        curl_url_cleanup(*u);
    }
    return error_of(rc);
}

/* The zone of fe80::1%25eth0 is part of where a request goes; libcurl keeps it apart
 * from the host. */
static void append_host(struct buf *out, CURLU *u)
{
    char *host = part(u, CURLUPART_HOST, 0), *zone = part(u, CURLUPART_ZONEID, 0);

    for (const char *s = host; *s; s++)
        buf_append_char(out, char_lower(*s));
    if (zone) {
        out->len--;
        buf_appendf(out, "%%25%s]", zone);
    }
    curl_free(zone);
    curl_free(host);
}

enum url_error url_origin_exact(const char *url, struct origin *origin,
                                const char **why)
{
    struct buf text = BUF_INIT;
    CURLU *u;
    char *scheme, *port;
    enum url_error e = parse(url, &u, why);

    if (e)
        return e;
    scheme = part(u, CURLUPART_SCHEME, 0); /* lower case already */
    port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    buf_appendf(&text, "%s://", scheme);
    append_host(&text, u);
    buf_appendf(&text, ":%s", port);
    *origin =
        (struct origin){.text = buf_take(&text), .secure = !strcmp(scheme, "https")};
    curl_free(port);
    curl_free(scheme);
    curl_url_cleanup(u);
    return URL_OK;
}

/* Credentials go to the server in a header, the fragment not at all. */
char *url_effective_exact(const char *url)
{
    static const CURLUPart unsent[] = {CURLUPART_USER, CURLUPART_PASSWORD,
                                       CURLUPART_OPTIONS, CURLUPART_FRAGMENT};
    const char *why;
    char *text, *copy;
    CURLU *u;

    if (parse(url, &u, &why))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(unsent); i++)
        error_of(curl_url_set(u, unsent[i], NULL, 0));
    text = part(u, CURLUPART_URL, 0);
    copy = mem_strdup(text);
    curl_free(text);
    curl_url_cleanup(u);
    return copy;
}

/* --- both ------------------------------------------------------------------------- */

enum url_error url_origin(const char *url, struct origin *origin, const char **why)
{
    struct plain p;
    const char *ignored;

    if (plain_scan(url, &p)) {
        size_t n = (size_t)(p.port_end - url) + clean_length(p.port_end);

        if (!url[n] && n <= LONGEST_PLAIN) {
            plain_origin(url, &p, origin);
            return URL_OK;
        }
    }
    return url_origin_exact(url, origin, why ? why : &ignored);
}

static bool is_ascii(const char *s)
{
    while (*s > 0)
        s++;
    return !*s;
}

#ifdef CURLU_PUNYCODE
static const bool converts_names = true;
#else
#define CURLU_PUNYCODE 0
static const bool converts_names = false;
#endif

/* The URL with its host as it is looked up, for curl_free. Of a name that cannot be
 * converted libcurl 7.88 says that it is out of memory: no telling. Asked for the host
 * alone it leaks, then. */
static enum url_error ascii_url(const char *origin, char **url, const char **why)
{
    CURLU *u;
    enum url_error e = parse(origin, &u, why);

    if (e)
        return e;
    if (curl_url_get(u, CURLUPART_URL, url, CURLU_PUNYCODE)) {
        *why = curl_url_strerror(CURLUE_BAD_HOSTNAME);
        e = URL_MALFORMED;
    }
    curl_url_cleanup(u);
    return e;
}

/* A name that was converted may turn out to be an address: digits have other forms, and
 * libcurl 7.88 looks for addresses before it makes 3 of %33. So it is read again. */
enum url_error url_origin_ascii(const char *url, struct origin *origin,
                                const char **why)
{
    struct origin first;
    char *text;
    enum url_error e = url_origin(url, &first, why);

    if (e)
        return e;
    if (is_ascii(first.text)) {
        e = url_origin(first.text, origin, why);
    } else if (!(e = ascii_url(first.text, &text, why))) {
        e = url_origin(text, origin, why);
        curl_free(text);
    }
    origin_clear(&first);
    if (!e && converts_names && !is_ascii(origin->text)) { /* an address's zone */
        *why = curl_url_strerror(CURLUE_BAD_HOSTNAME);
        origin_clear(origin);
        e = URL_MALFORMED;
    }
    return e;
}

/* Whether libcurl leaves what is behind the host as it is: no fragment, no segment
 * that could be "." or ".." in some spelling, no empty query. */
static bool plain_path(const char *s)
{
    if (*s != '/')
        return false;
    for (; *s; s++)
        if (*s == '#' || (*s == '/' && (s[1] == '.' || s[1] == '%')) ||
            (*s == '?' && !s[1]))
            return false;
    return true;
}

char *url_effective(const char *url)
{
    struct plain p;

    if (plain_scan(url, &p) && plain_path(p.port_end)) {
        size_t n = clean_length(url);

        if (!url[n] && n <= LONGEST_PLAIN)
            return mem_strndup(url, n);
    }
    return url_effective_exact(url);
}

void origin_clear(struct origin *origin)
{
    free(origin->text);
    *origin = (struct origin){0};
}

bool origin_eq(const struct origin *a, const struct origin *b)
{
    return a->text && b->text && !strcmp(a->text, b->text);
}

bool origin_is_address(const struct origin *origin)
{
    const char *host = strstr(origin->text, "://") + 3;

    /* Names of digits and dots alone have been made addresses by the parser. */
    return *host == '[' || host[strspn(host, "0123456789.")] == ':';
}

/* Puts the reference into u, which holds the base. libcurl 7.88 takes an empty
 * reference for malformed and drops the last segment for a lone fragment. */
static enum url_error apply(CURLU *u, const char *reference)
{
    enum url_error e;
    char *scheme;

    if (!*reference)
        return URL_OK;
    if (*reference == '#')
        return error_of(
            curl_url_set(u, CURLUPART_FRAGMENT, reference + 1, CURLU_URLENCODE));
    e = error_of(curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0));
    if (!e)
        e = error_of(curl_url_set(u, CURLUPART_URL, reference, CURLU_URLENCODE));
    if (!e)
        e = error_of(check_host(u));
    if (e)
        return e;
    scheme = part(u, CURLUPART_SCHEME, 0);
    e = is_http(slice_str(scheme)) ? URL_OK : URL_UNSUPPORTED_SCHEME;
    curl_free(scheme);
    return e;
}

static enum url_error inherit_fragment(CURLU *u, const char *fragment)
{
    char *own = part(u, CURLUPART_FRAGMENT, 0);
    CURLUcode rc =
        own || !fragment ? CURLUE_OK : curl_url_set(u, CURLUPART_FRAGMENT, fragment, 0);

    curl_free(own);
    return error_of(rc);
}

/* Servers do write spaces into Location. CURLU_ALLOW_SPACE would let those of a
 * fragment through. */
static char *encode_spaces(struct slice s)
{
    struct buf out = BUF_INIT;

    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] == ' ')
            buf_append_str(&out, "%20");
        else
            buf_append_char(&out, s.data[i]);
    return buf_take(&out);
}

char *url_resolve(const char *base, const char *reference, enum url_error *error)
{
    char *encoded = encode_spaces(slice_trim(slice_str(reference)));
    char *fragment, *text, *result = NULL;
    const char *why;
    CURLU *u;

    if ((*error = parse(base, &u, &why)))
        goto out;
    fragment = part(u, CURLUPART_FRAGMENT, 0);
    /* Some libcurls encode control characters in place of refusing them. */
    *error = encoded[clean_length(encoded)] ? URL_MALFORMED : apply(u, encoded);
    if (!*error)
        *error = inherit_fragment(u, fragment);
    if (!*error) {
        text = part(u, CURLUPART_URL, 0);
        result = mem_strdup(text);
        curl_free(text);
    }
    curl_free(fragment);
    curl_url_cleanup(u);
out:
    free(encoded);
    return result;
}
