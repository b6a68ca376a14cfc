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

void request_clear(struct request *rq)
{
    for (size_t i = 0; i < rq->header_count; i++)
        free(rq->headers[i]);
    free(rq->headers);
    free(rq->url);
    free(rq->method);
    free(rq->body);
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
    free(rq->body);
    rq->body = body;
    rq->body_len = n;
}

const char *request_method(const struct request *rq)
{
    if (rq->method)
        return rq->method;
    return rq->body ? "POST" : "GET";
}

bool method_idempotent(const char *method)
{
    static const char *const names[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(method, names[i]) == 0)
            return true;
    return false;
}
