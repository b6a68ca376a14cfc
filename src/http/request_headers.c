/* Which headers go where. What the user set is meant for the origin of the URL it was
 * given with; to another one, after a redirect, go only those that say how to answer.
 */
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
    static const char *const harmless[] = {
        "Accept:", "Accept-Encoding:", "Accept-Language:", "User-Agent:",
        "Cache-Control:"};

    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        if (same_name(line, harmless[i]))
            return true;
    return false;
}

/* With a body or not at all (RFC 9110, 15.4). */
static bool describes_body(const char *line)
{
    return strncasecmp(line, "Content-", 8) == 0 ||
           same_name(line, "Transfer-Encoding:");
}

static bool extra_has(const struct request *rq, const char *line)
{
    for (string_list s = rq ? rq->extra_headers : NULL; s && *s; s++)
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

static bool given(const struct client *c, const struct request *rq, const char *line)
{
    for (string_list s = c->config.headers; s && *s; s++)
        if (same_name(*s, line))
            return true;
    return own_has(rq, line) || extra_has(rq, line);
}

static bool may_go(const char *line, bool credentials, bool body)
{
    if (describes_body(line))
        return body;
    return credentials || tells_nothing(line);
}

/* As a line of the list, not by libcurl's option, which formats it anew, and twice, for
 * each request. */
static struct curl_slist *add_user_agent(struct curl_slist *list,
                                         const struct client *c,
                                         const struct request *rq)
{
    const char *name = c->config.user_agent;
    struct buf line = BUF_INIT;

    if ((name && !*name) || given(c, rq, "User-Agent:"))
        return list;
    buf_append_str(&line, "User-Agent: ");
    buf_append_str(&line, name ? name : "trawl/" PACKAGE_VERSION);
    list = slist_add(list, line.data);
    buf_clear(&line);
    return list;
}

/* A request's own line takes the place of the client's of that name. */
static struct curl_slist *make_list(struct client *c, const struct request *rq,
                                    bool credentials, bool content)
{
    struct curl_slist *list = add_user_agent(NULL, c, rq);
    char offer[64] = "Accept-Encoding: ";

    if (rq && rq->body && content)
        list = slist_add(list, "Expect:"); /* no round trip to ask leave to send it */
    if (!given(c, rq, offer))
        list = slist_add(list, strcat(offer, decode_accepted()));
    for (string_list s = c->config.headers; s && *s; s++)
        if (!own_has(rq, *s) && !extra_has(rq, *s) && may_go(*s, credentials, content))
            list = slist_add(list, *s);
    for (size_t i = 0; rq && i < rq->header_count; i++)
        if (!extra_has(rq, rq->headers[i]) &&
            may_go(rq->headers[i], credentials, content))
            list = slist_add(list, rq->headers[i]);
    for (string_list s = rq ? rq->extra_headers : NULL; s && *s; s++)
        list = slist_add(list, *s);
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
    bool content = hop->send_body && (rq->body || hop->credentials);

    *own = NULL;
    if (rq->header_count == 0 && !rq->extra_headers && !rq->body &&
        hop->credentials == content)
        return content ? c->headers : c->plain_headers;
    return *own = make_list(c, rq, hop->credentials, content);
}
