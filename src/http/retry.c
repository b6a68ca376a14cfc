#include "http/retry.h"

#include <errno.h>
#include <math.h>
#include <time.h>

#include "base/random.h"
#include "http/date.h"
#include "http/request.h"

static bool status_of_failure(const struct retry *rt, const struct response *rs)
{
    if (rs->error == HTTP_OK && rt->accepted &&
        status_set_has(rt->accepted, rs->status))
        return false;
    return rs->error == HTTP_STATUS || (rs->error == HTTP_OK && rs->status >= 400);
}

/* What no server has a part in, or the user ended, stays as it is. */
static bool never(enum http_error e)
{
    switch (e) {
    case HTTP_URL_MALFORMED:
    case HTTP_UNSUPPORTED_SCHEME:
    case HTTP_CANCELLED:
    case HTTP_LOCAL_IO:
    case HTTP_BAD_INPUT:
    case HTTP_CHECKSUM:
    case HTTP_NO_CHECKSUM:
    case HTTP_FILE_EXISTS:
    case HTTP_UNEXPECTED: /* who expected something asks again itself */
    case HTTP_REFERENCE:
    case HTTP_DEPENDENCY:
    case HTTP_RANGE: /* who asked for a range knows how to ask again */
    case HTTP_CHANGED:
        return true;
    default:
        return false;
    }
}

bool retry_left(const struct retry *rt, int attempt, double elapsed)
{
    return attempt <= rt->retries && (rt->max_time <= 0 || elapsed < rt->max_time);
}

bool retry_wanted(const struct retry *rt, int attempt, double elapsed,
                  const char *method, const struct response *rs)
{
    bool failed = rs->error != HTTP_OK || status_of_failure(rt, rs);

    if (!failed || never(rs->error) || !retry_left(rt, attempt, elapsed))
        return false;
    if (rt->all_errors)
        return true;
    if (!method_idempotent(method))
        return false;
    return status_of_failure(rt, rs) ? http_status_retriable(rs->status)
                                     : http_error_retriable(rs->error);
}

/* 0: no limit, but for one that a timer can bear. */
static double bound(double limit)
{
    return limit > 0 ? limit : 1e8;
}

static double backoff(const struct retry *rt, int attempt)
{
    double most = bound(rt->max_delay);

    switch (rt->backoff) {
    case BACKOFF_LINEAR:
        return fmin(most, rt->delay * attempt);
    case BACKOFF_CONSTANT:
        return fmin(most, rt->delay);
    default:
        return random_unit() * fmin(most, ldexp(rt->delay, attempt - 1));
    }
}

double retry_delay(const struct retry *rt, int attempt, const struct response *rs)
{
    return fmax(backoff(rt, attempt), retry_after(rs, rt->max_delay));
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Digits as seconds: false for anything else. More than fits is very long. */
static bool parse_number(struct slice s, double *n)
{
    int64_t digits;
    int r = slice_parse_digits(s, &digits);

    if (r == -EINVAL)
        return false;
    *n = r == 0 ? (double)digits : INFINITY;
    return true;
}

/* Seconds from now; else 0. */
static double parse_date(struct slice s)
{
    time_t date;

    return date_parse(s, &date) ? (double)date - now() : 0;
}

static double asked_after(const struct response *rs)
{
    struct slice value;
    double seconds;

    if (rs->status < 300 || !headers_get(&rs->headers, "Retry-After", &value))
        return 0;
    return parse_number(value, &seconds) ? seconds : parse_date(value);
}

/* Cuts like slice_next, but not inside a quoted string. */
static bool cut(struct slice *rest, char sep, struct slice *part)
{
    bool quoted = false;
    size_t n;

    if (rest->len == 0)
        return false;
    for (n = 0; n < rest->len && (quoted || rest->data[n] != sep); n++) {
        if (rest->data[n] == '"')
            quoted = !quoted;
        else if (quoted && rest->data[n] == '\\' && n + 1 < rest->len)
            n++;
    }
    *part = slice_trim((struct slice){rest->data, n});
    n += n < rest->len;
    rest->data += n;
    rest->len -= n;
    return true;
}

/* "default";r=0;t=30: the seconds of t when r is 0, else 0. */
static double policy_wait(struct slice policy)
{
    struct slice parameter;
    double remaining = 1, reset = 0;

    cut(&policy, ';', &parameter); /* the policy's name */
    while (cut(&policy, ';', &parameter)) {
        if (parameter.len < 3 || parameter.data[1] != '=')
            continue;
        struct slice value = {parameter.data + 2, parameter.len - 2};
        if (parameter.data[0] == 'r')
            parse_number(value, &remaining);
        else if (parameter.data[0] == 't')
            parse_number(value, &reset);
    }
    return remaining > 0 ? 0 : reset;
}

/* draft-ietf-httpapi-ratelimit-headers, 4: the longest of the policies that are used
 * up. */
static double ratelimit(const struct response *rs)
{
    struct slice name, value, policy;
    double longest = 0;
    size_t pos = 0;

    if (!headers_get(&rs->headers, "RateLimit", &value)) /* nearly always */
        return 0;
    while (headers_next(&rs->headers, &pos, &name, &value))
        if (slice_eq_nocase(name, "RateLimit"))
            while (cut(&value, ',', &policy))
                longest = fmax(longest, policy_wait(policy));
    return longest;
}

/* The pair of headers from before there was a draft, and of its early versions. */
static double ratelimit_pair(const struct response *rs, const char *remaining_name,
                             const char *reset_name)
{
    struct slice value;
    double remaining, reset;

    if (!headers_get(&rs->headers, remaining_name, &value) ||
        !parse_number(value, &remaining) || remaining > 0)
        return 0;
    if (!headers_get(&rs->headers, reset_name, &value) || !parse_number(value, &reset))
        return 0;
    /* Some count from now, some from 1970, and a few of those in milliseconds: no
     * limit lasts thirty years. */
    if (reset > 1e12 && isfinite(reset))
        reset /= 1000;
    return reset > 1e9 && isfinite(reset) ? reset - now() : reset;
}

double retry_after(const struct response *rs, double cap)
{
    double seconds = asked_after(rs);

    seconds = fmax(seconds, ratelimit(rs));
    seconds =
        fmax(seconds, ratelimit_pair(rs, "RateLimit-Remaining", "RateLimit-Reset"));
    seconds =
        fmax(seconds, ratelimit_pair(rs, "X-RateLimit-Remaining", "X-RateLimit-Reset"));
    return fmax(0, fmin(seconds, bound(cap)));
}
