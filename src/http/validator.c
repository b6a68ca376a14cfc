#include "http/validator.h"

#include "http/date.h"

/* A quoted string of visible characters and bytes over 0x7f (RFC 9110, 8.8.3), which is
 * not empty: one for every version would say nothing. */
static bool is_strong_etag(struct slice s)
{
    if (s.len < 3 || s.data[0] != '"' || s.data[s.len - 1] != '"')
        return false;
    for (size_t i = 1; i < s.len - 1; i++) {
        unsigned char c = (unsigned char)s.data[i];

        if (c <= ' ' || c == '"' || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_weak_etag(struct slice s)
{
    return s.len > 2 && s.data[0] == 'W' && s.data[1] == '/' &&
           is_strong_etag((struct slice){s.data + 2, s.len - 2});
}

static bool get_date(const struct headers *h, const char *name, time_t *t)
{
    struct slice value;

    return headers_get(h, name, &value) && date_parse(value, t);
}

bool validator_strong(const struct headers *h, struct slice *value)
{
    struct slice text;
    time_t modified, date;

    if (headers_get(h, "ETag", &text)) {
        if (is_strong_etag(text))
            *value = text;
        if (is_strong_etag(text) || is_weak_etag(text))
            return is_strong_etag(text);
    }
    if (!get_date(h, "Last-Modified", &modified) || !get_date(h, "Date", &date) ||
        date <= modified)
        return false;
    headers_get(h, "Last-Modified", value);
    return true;
}

/* 1: there and equal, -1: there and different, 0: not to be compared. */
static int compare(const struct headers *h, const char *name, const char *known)
{
    struct slice value;

    if (!known || !headers_get(h, name, &value))
        return 0;
    return slice_eq(value, known) ? 1 : -1;
}

bool validator_same(const struct headers *h, const char *etag,
                    const char *last_modified)
{
    int by_etag = compare(h, "ETag", etag);
    int by_date = compare(h, "Last-Modified", last_modified);
    bool strong = by_etag > 0 && is_strong_etag(slice_str(etag));

    return by_etag >= 0 && by_date >= 0 && (strong || by_date > 0);
}

bool validator_mtime(const struct headers *h, time_t *t)
{
    time_t modified;

    if (!get_date(h, "Last-Modified", &modified) || modified > time(NULL))
        return false;
    *t = modified;
    return true;
}
