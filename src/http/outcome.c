/* What libcurl's codes mean, in the words of the record. */
#include <errno.h>
#include <string.h>

#include "http/client_internal.h"

static const struct {
    CURLcode code;
    enum http_error error;
} meanings[] = {
    {CURLE_URL_MALFORMAT, HTTP_URL_MALFORMED},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_DNS_NOT_FOUND},
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_DNS_NOT_FOUND},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT_FAILED},
    {CURLE_PROXY, HTTP_CONNECT_FAILED},
    {CURLE_INTERFACE_FAILED, HTTP_CONNECT_FAILED},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS_VERIFY},
    {CURLE_SSL_ISSUER_ERROR, HTTP_TLS_VERIFY},
    {CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS_VERIFY},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, HTTP_TLS_VERIFY},
    {CURLE_SSL_CONNECT_ERROR, HTTP_TLS_HANDSHAKE},
    {CURLE_SSL_CIPHER, HTTP_TLS_HANDSHAKE},
    {CURLE_SSL_CLIENTCERT, HTTP_TLS_HANDSHAKE},
    {CURLE_USE_SSL_FAILED, HTTP_TLS_HANDSHAKE},
    {CURLE_SSL_CERTPROBLEM, HTTP_LOCAL_IO},
    {CURLE_SSL_CACERT_BADFILE, HTTP_LOCAL_IO},
    {CURLE_SSL_CRL_BADFILE, HTTP_LOCAL_IO},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT},
    {CURLE_SEND_ERROR, HTTP_SEND},
    {CURLE_SEND_FAIL_REWIND, HTTP_SEND},
    {CURLE_RECV_ERROR, HTTP_RESET},
    {CURLE_GOT_NOTHING, HTTP_EMPTY_REPLY},
    {CURLE_PARTIAL_FILE, HTTP_TRUNCATED},
    {CURLE_WEIRD_SERVER_REPLY, HTTP_PROTOCOL},
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_PROTOCOL}, /* HTTP/0.9 among others */
    {CURLE_BAD_CONTENT_ENCODING, HTTP_PROTOCOL}, /* chunks, since we decode the rest */
    {CURLE_FILESIZE_EXCEEDED, HTTP_TOO_LARGE},
#if LIBCURL_VERSION_NUM >= 0x080600
    {CURLE_TOO_LARGE, HTTP_HEADER_TOO_LARGE},
#endif
};

static enum http_error meaning(CURLcode code)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code)
            return meanings[i].error;
    return HTTP_PROTOCOL;
}

/* A new connection has its stages; one that was kept has none. The time of the last,
 * pretransfer, libcurl 8 gives also to what never came so far. */
static bool connected(struct transfer *t)
{
    if (!t->opened)
        return transfer_number(t, CURLINFO_NAMELOOKUP_TIME_T) > 0 &&
               transfer_number(t, CURLINFO_PRETRANSFER_TIME_T) > 0;
    return transfer_number(t, CURLINFO_CONNECT_TIME_T) > 0 &&
           (!t->hop->origin.secure ||
            transfer_number(t, CURLINFO_APPCONNECT_TIME_T) > 0);
}

static bool open_files_spent(int e)
{
    return e == EMFILE || e == ENFILE;
}

static enum http_error judge_connect(struct transfer *t)
{
    long e = 0;

    if (open_files_spent(t->open_errno))
        return HTTP_LOCAL_IO;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &e);
    switch (e) {
    case ECONNREFUSED:
        return HTTP_CONNECT_REFUSED;
    case ETIMEDOUT:
        return HTTP_CONNECT_TIMEOUT;
    case EMFILE:
    case ENFILE:
        return HTTP_LOCAL_IO;
    default:
        return HTTP_CONNECT_FAILED;
    }
}

/* A lookup, a connection or a handshake that took too long is told from a response that
 * did, unless the limit on the whole came first. */
static enum http_error judge_timeout(struct transfer *t)
{
    double limit = t->client->config.connect_timeout;

    if (connected(t))
        return HTTP_TIMEOUT;
    return limit > 0 && loop_time() - t->began >= limit - 0.05 ? HTTP_CONNECT_TIMEOUT
                                                               : HTTP_TIMEOUT;
}

/* A server that goes away (GOAWAY), or refuses a stream, has not begun to answer: the
 * request may be sent again (RFC 9113, 8.7). */
static enum http_error judge_http2(struct transfer *t)
{
    if (strstr(t->curl_text, "PROTOCOL_ERROR"))
        return HTTP_PROTOCOL;
    return t->response->status ? HTTP_TRUNCATED : HTTP_RESET;
}

static enum http_error judge_code(struct transfer *t)
{
    switch (t->code) {
    case CURLE_COULDNT_CONNECT:
        return judge_connect(t);
    case CURLE_OPERATION_TIMEDOUT:
        return judge_timeout(t);
    case CURLE_OUT_OF_MEMORY:
        /* libcurl's word for a header line beyond its 100 kB, too. */
        return connected(t) && !t->headers_over ? HTTP_HEADER_TOO_LARGE : HTTP_LOCAL_IO;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return judge_http2(t);
    case CURLE_RECV_ERROR:
        if (strstr(t->curl_text, "CONNECT")) /* what the proxy answered */
            return HTTP_CONNECT_FAILED;
        if (strstr(t->curl_text, "chunk"))
            return HTTP_PROTOCOL;
        return connected(t) && t->response->status && t->headers_over &&
                       strstr(t->curl_text, "reset") == NULL
                   ? HTTP_TRUNCATED
                   : HTTP_RESET;
    default:
        return meaning(t->code);
    }
}

void outcome_judge(struct transfer *t)
{
    struct response *rs = t->response;

    if (t->verdict) {
        response_fail(rs, t->verdict, "%s", t->verdict_text);
    } else if (t->code != CURLE_OK) {
        enum http_error e = judge_code(t);
        const char *text = t->curl_text[0] ? t->curl_text : curl_easy_strerror(t->code);

        if (e == HTTP_HEADER_TOO_LARGE)
            text = "a header line is larger than 100 kB";
        else if (t->code == CURLE_BAD_FUNCTION_ARGUMENT)
            text = "the header is malformed";
        rs->out_of_files = e == HTTP_LOCAL_IO && t->code == CURLE_COULDNT_CONNECT;
        if (rs->out_of_files)
            text = "this process may open no more files (ulimit -n)";
        response_fail(rs, e, "%s", text);
    } else if (rs->status == 0) {
        response_fail(rs, HTTP_PROTOCOL, "the answer has no HTTP status");
    } else if (!t->headers_over) {
        response_fail(rs, HTTP_TRUNCATED, "the connection ended within the header");
    }
    if (rs->error) /* part of a body is no body */
        buf_clear(&rs->body);
}
