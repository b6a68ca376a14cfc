#include "markup/charref.h"

#include <string.h>

#include "base/utf8.h"
#include "markup/charref_table.h"
#include "markup/charset.h"

enum {
    NAME_MAX_LEN = 31,  /* of the names, without "&" and ";" */
    SHORT_MAX_LEN = 6,  /* of those whose semicolon may be missing */
    BEHIND_ENTRY = '\1' /* and before the first */
};

static bool is_alnum(char c)
{
    c = char_lower(c);
    return char_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* ---- names ---- */

/* A row of the table. */
struct entry {
    struct slice name, value;
    bool may_be_bare; /* without the semicolon */
};

/* The entry that has the byte at p. */
static struct entry entry_at(const char *p)
{
    const char *end;
    struct entry e;

    while (p[-1] != BEHIND_ENTRY)
        p--;
    for (end = p; is_alnum(*end);)
        end++;
    e.name = (struct slice){p, (size_t)(end - p)};
    e.may_be_bare = *end == ',';
    p = end + 1;
    e.value = (struct slice){p, (size_t)((const char *)strchr(p, BEHIND_ENTRY) - p)};
    return e;
}

static int compare(struct slice a, struct slice b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool find(struct slice name, struct entry *e)
{
    const char *low = charref_table + 1, *high = charref_table + charref_table_size;

    while (low < high) {
        int order;

        *e = entry_at(low + (high - 1 - low) / 2);
        order = compare(name, e->name);
        if (order == 0)
            return true;
        if (order < 0)
            high = e->name.data;
        else
            low = e->value.data + e->value.len + 1;
    }
    return false;
}

/* The longest name that s, behind the "&", begins with and that needs no semicolon. */
static bool find_bare(struct slice s, struct entry *e)
{
    for (size_t n = s.len < SHORT_MAX_LEN ? s.len : SHORT_MAX_LEN; n >= 2; n--)
        if (find((struct slice){s.data, n}, e) && e->may_be_bare)
            return true;
    return false;
}

static size_t decode_name(struct slice s, bool in_attribute, char *out, size_t *len)
{
    struct slice name = {s.data + 1, 0};
    struct entry e;
    size_t taken;

    while (name.len + 1 < s.len && name.len <= NAME_MAX_LEN &&
           is_alnum(name.data[name.len]))
        name.len++;
    if (name.len + 1 < s.len && name.data[name.len] == ';' && find(name, &e)) {
        taken = name.len + 2;
    } else {
        if (!find_bare(name, &e))
            return 0;
        taken = e.name.len + 1;
        if (in_attribute && taken < s.len &&
            (is_alnum(s.data[taken]) || s.data[taken] == '='))
            return 0;
    }
    memcpy(out, e.value.data, e.value.len);
    *len = e.value.len;
    return taken;
}

/* ---- numbers ---- */

static int digit_value(char c, bool hex)
{
    if (char_is_digit(c))
        return c - '0';
    c = char_lower(c);
    return hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t decode_number(struct slice s, char *out, size_t *len)
{
    bool hex = s.len > 2 && char_lower(s.data[2]) == 'x';
    size_t first = hex ? 3 : 2, i;
    uint32_t cp = 0;
    int digit;

    for (i = first; i < s.len && (digit = digit_value(s.data[i], hex)) >= 0; i++)
        if (cp <= 0x10ffff)
            cp = cp * (hex ? 16 : 10) + (uint32_t)digit;
    if (i == first)
        return 0;
    if (i < s.len && s.data[i] == ';')
        i++;
    if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        cp = 0xfffd;
    if (cp < 0x100) /* the range of C1 stands for what is there in windows-1252 */
        cp = charset_windows_1252((unsigned char)cp);
    *len = utf8_encode(cp, out);
    return i;
}

size_t charref_decode(struct slice s, bool in_attribute, char out[CHARREF_MAX],
                      size_t *len)
{
    if (s.len < 2)
        return 0;
    if (s.data[1] == '#')
        return decode_number(s, out, len);
    return decode_name(s, in_attribute, out, len);
}
