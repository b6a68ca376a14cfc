/* response.h - what a server answered, or why it did not. */
#ifndef TRAWL_HTTP_RESPONSE_H
#define TRAWL_HTTP_RESPONSE_H

#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/error.h"
#include "http/headers.h"

/* Microseconds since the exchange began; 0 for a stage that was not reached. The
 * names are curl's. Over redirects each is the sum of its exchanges. */
struct timings {
    int64_t namelookup, connect, appconnect, pretransfer, starttransfer, total;
};

struct response {
    int status;            /* 0: no response */
    enum http_error error; /* HTTP_OK: the response is whole */
    char *message;         /* for people; owned, NULL without an error */
    bool out_of_files;     /* HTTP_LOCAL_IO: this process may open no more of them */
    char http_version[4];  /* "1.1", "2" */
    char remote_ip[INET6_ADDRSTRLEN], local_ip[INET6_ADDRSTRLEN];
    int remote_port, local_port;
    int num_connects;       /* new connections that were made: 0 when one was reused */
    struct headers headers; /* of the final response: no 1xx, no trailers */
    struct buf body;        /* decoded, when the request asked to keep it */
    int64_t size_download;  /* bytes of the body on the wire */
    int64_t size_decoded;   /* bytes of the body after decoding */
    int64_t size_upload, size_header, size_request;
    struct timings times;
};

/* All zero is an empty response. */
void response_clear(struct response *rs);

/* Empties it for the next exchange, keeping its memory. */
void response_reset(struct response *rs);

/* Sets the error and its message, from which passwords in URLs are taken out. */
void response_fail(struct response *rs, enum http_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True when the status redirects (301, 302, 303, 307, 308) and a Location says where
 * to; the value points into the headers. */
bool response_redirects(const struct response *rs, struct slice *location);

#endif
