#include "markup/product.h"

static bool is_token_char(char c)
{
    c = char_lower(c);
    return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

struct slice product_token(struct slice s)
{
    size_t n = 0;

    while (n < s.len && is_token_char(s.data[n]))
        n++;
    return (struct slice){s.data, n};
}

bool product_is(struct slice name, const char *product)
{
    struct slice a = product_token(name), b = product_token(slice_str(product));

    if (!a.len || a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (char_lower(a.data[i]) != char_lower(b.data[i]))
            return false;
    return true;
}
