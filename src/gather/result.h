/* result.h - what came of a request of the spec. */
#ifndef TRAWL_GATHER_RESULT_H
#define TRAWL_GATHER_RESULT_H

#include "base/buf.h"
#include "base/str.h"
#include "http/error.h"
#include "http/headers.h"
#include "http/response.h"

/* Why there is no value, or no whole one. */
struct failure {
    enum http_error error; /* HTTP_OK: none */
    char *message;         /* for people, without secrets; owned */
    int status;            /* of the answer, 0: there was none */
    bool retriable;
};

void failure_clear(struct failure *f);

/* Sets it, in place of what it was; secrets are taken out of the text. */
void failure_set(struct failure *f, enum http_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum result_state { RESULT_NONE, RESULT_GOOD, RESULT_FAILED };

struct result {
    enum result_state state; /* an optional request that failed is good: it has its
                                fallback */
    struct buf json;         /* the value, compact JSON */
    int status;
    struct headers headers;
    char *origin; /* whom the request and its headers were meant for; owned, NULL
                     when that was not one that the spec chose, or several */
};

void result_clear(struct result *r);

static inline struct slice result_value(const struct result *r)
{
    return r->json.len ? (struct slice){r->json.data, r->json.len} : SLICE("null");
}

#endif
