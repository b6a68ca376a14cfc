/* An easy handle as the client wants it: what stays the same from one exchange to the
 * next. transfer.c sets what differs. */
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "http/address.h"
#include "http/client_internal.h"
#include "http/trace.h"

/* ---- callbacks from within libcurl: they note and refuse, no more ---- */

/* The resolved address is known here for the first time, whatever the name was. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose,
                                 struct curl_sockaddr *a)
{
    struct transfer *t = arg;
    int fd;

    (void)purpose;
    if (t->client->config.deny_private && address_private(&a->addr)) {
        transfer_verdict(t, HTTP_PRIVATE_ADDRESS,
                         "the name leads to a private address (--deny-private)");
        return CURL_SOCKET_BAD;
    }
    t->opened = true;
    fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (fd < 0)
        t->open_errno = errno;
    return fd;
}

static CURLcode share_store(CURL *easy, void *ssl_ctx, void *arg)
{
    struct client *c = arg;

    (void)easy;
    castore_apply(c->castore, ssl_ctx);
    return CURLE_OK;
}

/* ---- settings ---- */

static void set_tls(struct transfer *t)
{
    const struct client_config *o = &t->client->config;
    CURL *e = t->easy;

    if (o->insecure) {
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (o->insecure || t->client->own_castore) {
        curl_easy_setopt(e, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
    if (!o->insecure && t->client->own_castore) {
        curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, share_store);
        curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, t->client);
    } else if (!o->insecure) {
        /* The next best: libcurl's own cache, which works for a file without a path. */
        const char *file = o->cacert ? o->cacert : castore_environment();

        if (file)
            curl_easy_setopt(e, CURLOPT_CAINFO, file);
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
        curl_easy_setopt(e, CURLOPT_CA_CACHE_TIMEOUT, 24L * 60 * 60);
    }
    if (o->cert)
        curl_easy_setopt(e, CURLOPT_SSLCERT, o->cert);
    if (o->key)
        curl_easy_setopt(e, CURLOPT_SSLKEY, o->key);
}

static void set_network(struct transfer *t)
{
    const struct client_config *o = &t->client->config;
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    if (o->proxy || !t->client->env_proxy) /* "": libcurl need not look, each time */
        curl_easy_setopt(e, CURLOPT_PROXY, o->proxy ? o->proxy : "");
    if (t->client->connect_to)
        curl_easy_setopt(e, CURLOPT_CONNECT_TO, t->client->connect_to);
    if (o->ip_version)
        curl_easy_setopt(e, CURLOPT_IPRESOLVE,
                         o->ip_version == 4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6);
    if (o->http_version == HTTP_VERSION_1_1) {
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    } else {
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                         o->http_version == HTTP_VERSION_2 ? CURL_HTTP_VERSION_2_0
                                                           : CURL_HTTP_VERSION_2TLS);
    }
    /* Without a limit of ours libcurl has one of its own. */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     o->connect_timeout > 0 ? (long)(o->connect_timeout * 1000 + 0.5)
                                            : (long)INT_MAX);
    if (o->receive_buffer)
        curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)o->receive_buffer);
    else if (o->limits.total >
             1000) /* at 16 KiB each they would be most of the memory */
        curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 2048L);
    curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
}

static void set_callbacks(struct transfer *t)
{
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->curl_text);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    if (t->client->config.verbose)
        trace_enable(e);
}

static void set_login(struct transfer *t)
{
    if (t->client->share) {
        curl_easy_setopt(t->easy, CURLOPT_SHARE, t->client->share);
        curl_easy_setopt(t->easy, CURLOPT_COOKIEFILE, ""); /* or it uses none of them */
    }
    if (t->client->config.netrc)
        curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
}

CURL *easy_new(struct transfer *t)
{
    CURL *e = t->easy = curl_easy_init();

    if (!e)
        mem_exhausted();
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_DEFAULT_PROTOCOL, "http"); /* never by the name */
    /* What a proxy says to CONNECT is not the server's answer. */
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    /* Without it, giving up a transfer whose name is being looked up joins the
     * resolver's thread and stops the loop for as long as the lookup takes. */
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
    set_callbacks(t);
    set_network(t);
    set_tls(t);
    set_login(t);
    return e;
}
