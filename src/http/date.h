/* date.h - dates in header fields (RFC 9110, 5.6.7). */
#ifndef TRAWL_HTTP_DATE_H
#define TRAWL_HTTP_DATE_H

#include <stdbool.h>
#include <time.h>

#include "base/str.h"

/* One of the three forms; false for anything else, and for dates before 1970. */
bool date_parse(struct slice s, time_t *t);

#endif
