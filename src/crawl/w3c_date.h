/* w3c_date.h - dates as sitemaps have them (https://www.w3.org/TR/NOTE-datetime). */
#ifndef TRAWL_CRAWL_W3C_DATE_H
#define TRAWL_CRAWL_W3C_DATE_H

#include <stdbool.h>

#include "base/str.h"

/* Whether s is of one of the six forms, from "2024" to "2024-02-29T23:59:59.5+01:00",
 * and of a day and time that there are. */
bool w3c_date_valid(struct slice s);

#endif
