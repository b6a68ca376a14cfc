/* version.h - which libcurl runs below, for --version. */
#ifndef TRAWL_HTTP_VERSION_H
#define TRAWL_HTTP_VERSION_H

#include <stdbool.h>

/* "7.88.1", of the library in use, not of the headers. */
const char *http_library_version(void);

bool http_library_has_http2(void);

#endif
