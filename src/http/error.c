#include "http/error.h"

#include <stddef.h>

#include "base/mem.h"

static const struct {
    const char *name;
    bool retriable;
} errors[] = {
    [HTTP_OK] = {NULL, false},
    [HTTP_URL_MALFORMED] = {"url_malformed", false},
    [HTTP_UNSUPPORTED_SCHEME] = {"unsupported_scheme", false},
    [HTTP_DNS_NOT_FOUND] = {"dns_not_found", false},
    [HTTP_DNS_TEMPORARY] = {"dns_temporary", true},
    [HTTP_CONNECT_REFUSED] = {"connect_refused", true},
    [HTTP_CONNECT_TIMEOUT] = {"connect_timeout", true},
    [HTTP_CONNECT_FAILED] = {"connect_failed", true},
    [HTTP_PRIVATE_ADDRESS] = {"private_address", false},
    [HTTP_TLS_VERIFY] = {"tls_verify", false},
    [HTTP_TLS_HANDSHAKE] = {"tls_handshake", false},
    [HTTP_TIMEOUT] = {"timeout", true},
    [HTTP_STALLED] = {"stalled", true},
    [HTTP_SEND] = {"send", true},
    [HTTP_RESET] = {"reset", true},
    [HTTP_EMPTY_REPLY] = {"empty_reply", true},
    [HTTP_TRUNCATED] = {"truncated", true},
    [HTTP_PROTOCOL] = {"protocol", false},
    [HTTP_HEADER_TOO_LARGE] = {"header_too_large", false},
    [HTTP_TOO_LARGE] = {"too_large", false},
    [HTTP_DECODE] = {"decode", false},
    [HTTP_TOO_MANY_REDIRECTS] = {"too_many_redirects", false},
    [HTTP_REDIRECT_REFUSED] = {"redirect_refused", false},
    [HTTP_STATUS] = {"http_status", false},
    [HTTP_CANCELLED] = {"cancelled", true},
    [HTTP_LOCAL_IO] = {"local_io", false},
    [HTTP_BAD_INPUT] = {"bad_input", false},
    [HTTP_RANGE] = {"range", false},
    [HTTP_CHANGED] = {"changed", false},
    [HTTP_CHECKSUM] = {"checksum_mismatch", false},
    [HTTP_NO_CHECKSUM] = {"checksum_missing", false},
    [HTTP_FILE_EXISTS] = {"file_exists", false},
    [HTTP_ROBOTS_DENIED] = {"robots_denied", false},
    [HTTP_UNEXPECTED] = {"unexpected", false},
    [HTTP_REFERENCE] = {"reference", false},
    [HTTP_DEPENDENCY] = {"dependency", false},
};

_Static_assert(ARRAY_LEN(errors) == HTTP_ERRORS, "an error without a name");

const char *http_error_name(enum http_error e)
{
    return errors[e].name;
}

bool http_error_retriable(enum http_error e)
{
    return errors[e].retriable;
}

bool http_status_retriable(int status)
{
    switch (status) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return false;
    }
}
