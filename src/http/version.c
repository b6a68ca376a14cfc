#include "http/version.h"

#include <curl/curl.h>

const char *http_library_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

bool http_library_has_http2(void)
{
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2;
}
