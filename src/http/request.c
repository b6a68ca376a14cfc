#include "http/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void request_init(struct request *rq, const char *url)
{
    *rq = (struct request){
        .url = mem_strdup(url),
        .max_time = REQUEST_DEFAULT,
        .retries = REQUEST_DEFAULT,
    };
}

static void forget_body(struct request *rq)
{
    if (!rq->body_lent)
        free(rq->body);
    rq->body_lent = false;
}

void request_clear(struct request *rq)
{
    for (size_t i = 0; i < rq->header_count; i++)
        free(rq->headers[i]);
    free(rq->headers);
    free(rq->url);
    free(rq->method);
    forget_body(rq);
    *rq = (struct request){0};
}

void request_add_header(struct request *rq, const char *line)
{
    rq->headers =
        mem_reallocarray(rq->headers, rq->header_count + 1, sizeof(*rq->headers));
    rq->headers[rq->header_count++] = mem_strdup(line);
}

void request_take_body(struct request *rq, char *body, size_t n)
{
    forget_body(rq);
    rq->body = body;
    rq->body_len = n;
}

void request_lend_body(struct request *rq, const char *body, size_t n)
{
    request_take_body(rq, (char *)body, n); /* nobody writes to it */
    rq->body_lent = true;
}

const char *request_method(const struct request *rq)
{
    if (rq->method)
        return rq->method;
    return rq->body ? "POST" : "GET";
}

bool method_idempotent(const char *method)
{
    static const char *const names[] = {"GET",    "HEAD",    "PUT",
                                        "DELETE", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(method, names[i]) == 0)
            return true;
    return false;
}
