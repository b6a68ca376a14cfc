/* error.h - how a request can fail, in the words of the record. */
#ifndef TRAWL_HTTP_ERROR_H
#define TRAWL_HTTP_ERROR_H

#include <stdbool.h>

enum http_error {
    HTTP_OK = 0,
    HTTP_URL_MALFORMED,
    HTTP_UNSUPPORTED_SCHEME,
    HTTP_DNS_NOT_FOUND,
    HTTP_DNS_TEMPORARY,
    HTTP_CONNECT_REFUSED,
    HTTP_CONNECT_TIMEOUT,
    HTTP_CONNECT_FAILED,
    HTTP_PRIVATE_ADDRESS,
    HTTP_TLS_VERIFY,
    HTTP_TLS_HANDSHAKE,
    HTTP_TIMEOUT,
    HTTP_STALLED,
    HTTP_SEND,
    HTTP_RESET,
    HTTP_EMPTY_REPLY,
    HTTP_TRUNCATED,
    HTTP_PROTOCOL,
    HTTP_HEADER_TOO_LARGE,
    HTTP_TOO_LARGE,
    HTTP_DECODE,
    HTTP_TOO_MANY_REDIRECTS,
    HTTP_REDIRECT_REFUSED,
    HTTP_STATUS, /* a whole response, of a status that was not accepted */
    HTTP_CANCELLED,
    HTTP_LOCAL_IO,    /* this machine: no more open files, disk full */
    HTTP_BAD_INPUT,   /* a line that is no request */
    HTTP_RANGE,       /* an answer to a request for a part that is not that part */
    HTTP_CHANGED,     /* the file changes on the server faster than it is read */
    HTTP_CHECKSUM,    /* the bytes are not those of the checksum */
    HTTP_NO_CHECKSUM, /* none is known, though they are to be checked */
    HTTP_FILE_EXISTS,
    HTTP_ROBOTS_DENIED, /* robots.txt does not let it be asked for */
    HTTP_UNEXPECTED,    /* a whole answer that is not what was expected */
    HTTP_REFERENCE,     /* what a request is made of is not there, or does not fit */
    HTTP_DEPENDENCY,    /* not sent: what it needs has failed */
    HTTP_ERRORS         /* how many there are */
};

/* "connect_refused"; NULL for HTTP_OK. */
const char *http_error_name(enum http_error e);

/* Whether the same request may well succeed a little later. HTTP_STATUS depends on
 * the status: see http_status_retriable. */
bool http_error_retriable(enum http_error e);

/* 408, 425, 429, 500, 502, 503, 504. */
bool http_status_retriable(int status);

#endif
