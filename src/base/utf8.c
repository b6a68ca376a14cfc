#include "base/utf8.h"

#include <string.h>

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t c = n ? (unsigned char)s[0] : 0;
    size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    if (n < len || (c >= 0x80 && c < 0xc2) || c > 0xf4)
        return 0;
    if (len > 1)
        c &= 0x7fu >> len;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

    if (len == 1) {
        out[0] = (char)cp;
        return 1;
    }
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    out[0] = (char)(0xf00 >> len | cp);
    return len;
}

bool utf8_valid(const char *s, size_t n)
{
    while (n) {
        uint64_t word = ~UINT64_C(0);
        uint32_t cp;
        size_t len = 8;

        if (n >= 8)
            memcpy(&word, s, 8);
        if (word & UINT64_C(0x8080808080808080))
            len = utf8_decode(s, n, &cp);
        if (!len)
            return false;
        s += len;
        n -= len;
    }
    return true;
}
