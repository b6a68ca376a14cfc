#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789";

/* A century of seconds fits the microseconds and nanoseconds that others count in. */
static const double MOST_SECONDS = 100.0 * 366 * 24 * 3600;

int slice_parse_digits(struct slice s, int64_t *out)
{
    int64_t n = 0;
    int r = s.len ? 0 : -EINVAL;

    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_digit(s.data[i]))
            return -EINVAL;
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, s.data[i] - '0', &n))
            r = -ERANGE; /* and look on: a letter makes it no number at all */
    }
    if (!r)
        *out = n;
    return r;
}

int str_parse_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
    const char *first = s + (*s == '-' || *s == '+');
    char *end;
    long long n;

    if (!char_is_digit(*first))
        return -EINVAL;
    errno = 0;
    n = strtoll(s, &end, 10);
    if (*end)
        return -EINVAL;
    if (errno || n < min || n > max)
        return -ERANGE;
    *out = n;
    return 0;
}

static double unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (!strcmp(unit, units[i].name))
            return units[i].seconds;
    return 0;
}

int str_parse_seconds(const char *s, double *out)
{
    size_t n = strspn(s, "0123456789.");
    double unit = unit_seconds(s + n), value;
    char *end;

    value = strtod(s, &end);
    if (!n || end != s + n || !unit) /* strtod also takes 1e3, 0x1p3, inf, " 1" */
        return -EINVAL;
    if (value * unit > MOST_SECONDS)
        return -ERANGE;
    *out = value * unit;
    return 0;
}

int str_parse_bytes(const char *s, int64_t *out)
{
    static const char suffixes[] = "kmgt";
    struct slice number = {s, strspn(s, digits)};
    const char *suffix = s + number.len;
    int64_t n;
    int r = slice_parse_digits(number, &n);

    if (r == -EINVAL)
        return r;
    if (*suffix) {
        const char *which = strchr(suffixes, char_lower(*suffix));

        if (!which || suffix[1])
            return -EINVAL;
        if (!r &&
            __builtin_mul_overflow(n, INT64_C(1024) << (which - suffixes) * 10, &n))
            r = -ERANGE;
    }
    if (!r)
        *out = n;
    return r;
}
