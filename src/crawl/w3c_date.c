#include "crawl/w3c_date.h"

/* Cuts `digits` digits off, a number of `least` to `most`. */
static bool number(struct slice *s, size_t digits, unsigned least, unsigned most,
                   unsigned *out)
{
    unsigned n = 0;

    if (s->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (!char_is_digit(s->data[i]))
            return false;
        n = n * 10 + (unsigned)(s->data[i] - '0');
    }
    s->data += digits;
    s->len -= digits;
    *out = n;
    return n >= least && n <= most;
}

static bool take(struct slice *s, char c)
{
    if (!s->len || s->data[0] != c)
        return false;
    s->data++;
    s->len--;
    return true;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool zone(struct slice *s)
{
    unsigned n;

    if (take(s, 'Z'))
        return true;
    return (take(s, '+') || take(s, '-')) && number(s, 2, 0, 23, &n) && take(s, ':') &&
           number(s, 2, 0, 59, &n);
}

static bool time_of_day(struct slice *s)
{
    unsigned n;

    if (!number(s, 2, 0, 23, &n) || !take(s, ':') || !number(s, 2, 0, 59, &n))
        return false;
    if (take(s, ':')) {
        if (!number(s, 2, 0, 60, &n)) /* a leap second */
            return false;
        if (take(s, '.')) {
            if (!number(s, 1, 0, 9, &n))
                return false;
            while (s->len && number(s, 1, 0, 9, &n))
                ;
        }
    }
    return zone(s);
}

bool w3c_date_valid(struct slice s)
{
    unsigned year, month, day;

    if (!number(&s, 4, 0, 9999, &year))
        return false;
    if (take(&s, '-')) {
        if (!number(&s, 2, 1, 12, &month))
            return false;
        if (take(&s, '-')) {
            if (!number(&s, 2, 1, days_of(year, month), &day))
                return false;
            if (take(&s, 'T') && !time_of_day(&s))
                return false;
        }
    }
    return !s.len;
}
