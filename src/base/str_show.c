#include "base/str.h"

#include "base/utf8.h"

/* What a terminal obeys, or what makes it show text in another order than it has. */
static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

static bool is_format(uint32_t cp)
{
    return cp == 0x061c || cp == 0x200e || cp == 0x200f ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

bool char_is_printable(uint32_t cp)
{
    return !is_control(cp) && !is_format(cp);
}

void str_append_printable(struct buf *out, const char *s, size_t n)
{
    while (n) {
        uint32_t cp;
        size_t len = utf8_decode(s, n, &cp);

        if (!len)
            buf_append_str(out, UTF8_REPLACEMENT);
        else if (is_control(cp))
            buf_appendf(out, "\\x%02x", (unsigned)cp);
        else if (is_format(cp))
            buf_appendf(out, "\\u{%04x}", (unsigned)cp);
        else
            buf_append(out, s, len);
        len += !len;
        s += len;
        n -= len;
    }
}

void str_append_size(struct buf *out, int64_t bytes)
{
    const char *unit = "kMGTPE";
    double n = (double)bytes / 1000;

    if (bytes < 1000) {
        buf_appendf(out, "%lld B", (long long)bytes);
        return;
    }
    for (; n >= 999.5; n /= 1000)
        unit++;
    buf_appendf(out, n < 9.95 ? "%.1f %cB" : "%.0f %cB", n, *unit);
}

/* Each bound is where rounding would print 1000 ms or 60 s. */
void str_append_duration(struct buf *out, double seconds)
{
    unsigned long long whole;

    if (!(seconds > 0)) /* a NaN too */
        seconds = 0;
    if (seconds < 0.9995) {
        buf_appendf(out, seconds < 0.00995 ? "%.1f ms" : "%.0f ms", seconds * 1e3);
    } else if (seconds < 59.95) {
        buf_appendf(out, "%.1f s", seconds);
    } else if (seconds < 3599.5) {
        whole = (unsigned long long)(seconds + 0.5);
        buf_appendf(out, "%llu m %02llu s", whole / 60, whole % 60);
    } else {
        whole = (unsigned long long)((seconds < 1e15 ? seconds : 1e15) / 60 + 0.5);
        buf_appendf(out, "%llu h %02llu m", whole / 60, whole % 60);
    }
}
