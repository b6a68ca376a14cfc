#include "base/percent.h"

static int hex_value(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c = char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_byte(struct slice s)
{
    int high, low;

    if (s.len < 3 || s.data[0] != '%')
        return -1;
    high = hex_value(s.data[1]);
    low = hex_value(s.data[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void percent_decode(struct buf *out, struct slice s)
{
    while (s.len) {
        int byte = percent_byte(s);
        size_t n = byte < 0 ? 1 : 3;

        buf_append_char(out, byte < 0 ? s.data[0] : (char)byte);
        s.data += n;
        s.len -= n;
    }
}

static bool is_unreserved(char c)
{
    char lower = char_lower(c);

    return char_is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void percent_encode(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_unreserved(s.data[i]))
            buf_append_char(out, s.data[i]);
        else
            buf_appendf(out, "%%%02X", (unsigned char)s.data[i]);
}
