#include "gather/compose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "http/headers.h"

/* Says in front of *why where it is. */
static int blame(char **why, const char *field, const char *name)
{
    struct buf text = BUF_INIT;

    buf_appendf(&text, "%s%s%s%s: %s", field, name ? " \"" : "", name ? name : "",
                name ? "\"" : "", *why);
    free(*why);
    *why = buf_take(&text);
    return -EINVAL;
}

static int set_url(struct request *rq, const struct spec_request *from,
                   const struct scope *s, const struct reference **captured, char **why)
{
    struct buf url = BUF_INIT;
    int r = expand_url(&url, &from->url, s, captured, why);

    if (r < 0) {
        buf_clear(&url);
        return blame(why, "url", NULL);
    }
    free(rq->url);
    rq->url = buf_take(&url);
    return 0;
}

/* A line with nothing but blanks behind the colon would take a header away, as with
 * curl; an empty value is sent by a semicolon. */
static int add_header(struct request *rq, const struct header_template *h,
                      const struct scope *s, char **why)
{
    struct buf value = BUF_INIT, line = BUF_INIT;
    const char *wrong;
    bool empty;

    if (!h->value.at)
        return 0;
    if (expand_header(&value, &h->value, s, why) < 0) {
        buf_clear(&value);
        return blame(why, "header", h->name);
    }
    empty = !slice_trim((struct slice){value.data, value.len}).len;
    buf_appendf(&line, empty ? "%s;" : "%s: %s", h->name, value.data);
    wrong = headers_line_wrong(line.data);
    if (!wrong)
        request_add_header(rq, line.data);
    buf_clear(&value);
    buf_clear(&line);
    if (!wrong)
        return 0;
    *why = mem_strdup(wrong);
    return blame(why, "header", h->name);
}

static bool starts_with_name(const char *line, const char *name)
{
    size_t n = strlen(name);

    return !strncasecmp(line, name, n) && (line[n] == ':' || line[n] == ';');
}

static bool has_header(const struct spec_request *from,
                       const struct client_config *config, const char *name)
{
    for (size_t i = 0; i < from->header_count; i++)
        if (!strcasecmp(from->headers[i].name, name))
            return true;
    for (string_list h = config->headers; h && *h; h++)
        if (starts_with_name(*h, name))
            return true;
    return false;
}

static int set_body(struct request *rq, const struct spec_request *from,
                    const struct scope *s, const struct client_config *config,
                    char **why)
{
    const struct template *t = from->json.at ? &from->json : &from->body;
    struct buf body = BUF_INIT;
    size_t n;

    if (!t->at)
        return 0;
    if (expand(&body, t, s, why) < 0) {
        buf_clear(&body);
        return blame(why, from->json.at ? "json" : "body", NULL);
    }
    n = body.len;
    request_take_body(rq, buf_take(&body), n);
    if (from->json.at && !has_header(from, config, "Content-Type"))
        request_add_header(rq, "Content-Type: application/json");
    if (from->json.at && !has_header(from, config, "Accept"))
        request_add_header(rq, "Accept: application/json");
    return 0;
}

int compose_request(struct request *rq, const struct spec_request *from,
                    const struct scope *s, const struct client_config *config,
                    const struct reference **captured, char **why)
{
    int r;

    request_init(rq, "");
    *captured = NULL;
    rq->method = from->method ? mem_strdup(from->method) : NULL;
    rq->max_time = from->max_time;
    rq->retries = from->retries;
    rq->accepted = from->expect.has_statuses ? &from->expect.statuses : NULL;
    rq->keep_body = true;
    if ((r = set_url(rq, from, s, captured, why)) < 0)
        return r;
    for (size_t i = 0; i < from->header_count; i++)
        if ((r = add_header(rq, &from->headers[i], s, why)) < 0)
            return r;
    return set_body(rq, from, s, config, why);
}
