/* Which headers go where. What the user set is meant for the origin of the URL it was
 * given with; to another one, after a redirect, go only those that say how to answer. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/client_internal.h"

struct curl_slist *slist_add(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);

    if (!longer)
        mem_exhausted();
    return longer;
}

static bool same_name(const char *a, const char *b)
{
    size_t n = strcspn(a, ":;");

    return n == strcspn(b, ":;") && strncasecmp(a, b, n) == 0;
}

/* They carry nothing but preferences. */
static bool tells_nothing(const char *line)
{
    static const char *const harmless[] = {"Accept:", "Accept-Encoding:",
                                           "Accept-Language:", "User-Agent:",
                                           "Cache-Control:"};

    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        if (same_name(line, harmless[i]))
            return true;
    return false;
}

/* With a body or not at all (RFC 9110, 15.4). */
static bool describes_body(const char *line)
{
    return strncasecmp(line, "Content-", 8) == 0 || same_name(line, "Transfer-Encoding:");
}

static bool given(const struct client *c, const struct request *rq, const char *line)
{
    for (size_t i = 0; rq && i < rq->header_count; i++)
        if (same_name(rq->headers[i], line))
            return true;
    for (string_list s = c->config.headers; s && *s; s++)
        if (same_name(*s, line))
            return true;
    return false;
}

static bool own_has(const struct request *rq, const char *line)
{
    for (size_t i = 0; rq && i < rq->header_count; i++)
        if (same_name(rq->headers[i], line))
            return true;
    return false;
}

static bool may_go(const char *line, bool credentials, bool body)
{
    if (describes_body(line))
        return body;
    return credentials || tells_nothing(line);
}

/* A request's own line takes the place of the client's of that name. */
static struct curl_slist *make_list(struct client *c, const struct request *rq,
                                    bool credentials, bool body)
{
    struct curl_slist *list = NULL;
    char offer[64] = "Accept-Encoding: ";

    list = slist_add(list, "Expect:"); /* no round trip to ask leave to send a body */
    if (!given(c, rq, offer))
        list = slist_add(list, strcat(offer, decode_accepted()));
    for (string_list s = c->config.headers; s && *s; s++)
        if (!own_has(rq, *s) && may_go(*s, credentials, body))
            list = slist_add(list, *s);
    for (size_t i = 0; rq && i < rq->header_count; i++)
        if (may_go(rq->headers[i], credentials, body))
            list = slist_add(list, rq->headers[i]);
    return list;
}

void client_headers_init(struct client *c)
{
    c->headers = make_list(c, NULL, true, true);
    c->plain_headers = make_list(c, NULL, false, false);
}

struct curl_slist *request_header_list(struct client *c, const struct request *rq,
                                       const struct hop *hop, struct curl_slist **own)
{
    *own = NULL;
    bool body = hop->send_body && (rq->body || hop->credentials);

    if (rq->header_count == 0 && hop->credentials == body)
        return body ? c->headers : c->plain_headers;
    return *own = make_list(c, rq, hop->credentials, body);
}
