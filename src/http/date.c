#include "http/date.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

static bool begins_with_day(struct slice s)
{
    static const char days[] = "SunMonTueWedThuFriSat";

    for (size_t i = 0; i < sizeof(days) - 1; i += 3)
        if (s.len >= 3 && !memcmp(s.data, days + i, 3))
            return true;
    return false;
}

/* The name of a day comes first in each form: libcurl's parser, which knows them, takes
 * much more. */
bool date_parse(struct slice s, time_t *t)
{
    char *text;
    time_t date;

    if (s.len < 24 || s.len > 64 || !begins_with_day(s) || memchr(s.data, '\0', s.len))
        return false;
    text = slice_dup(s);
    date = curl_getdate(text, NULL);
    free(text);
    if (date < 0)
        return false;
    *t = date;
    return true;
}
