#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

/* Everything here trusts that json_compact has accepted the text, as far as meaning
 * goes; bounds are checked all the same. */

static void advance(struct slice *s, size_t n)
{
    s->data += n;
    s->len -= n;
}

static bool at(struct slice s, char c)
{
    return s.len && *s.data == c;
}

static struct slice until(struct slice from, struct slice to)
{
    return (struct slice){from.data, (size_t)(to.data - from.data)};
}

/* Behind the closing quote of the string that `s` begins with. */
static void skip_string(struct slice *s)
{
    advance(s, 1);
    while (s->len && *s->data != '"')
        advance(s, *s->data == '\\' && s->len > 1 ? 2 : 1);
    if (s->len)
        advance(s, 1);
}

static void skip_container(struct slice *s)
{
    size_t depth = 0;

    do {
        if (at(*s, '"')) {
            skip_string(s);
            continue;
        }
        if (at(*s, '{') || at(*s, '['))
            depth++;
        else if (at(*s, '}') || at(*s, ']'))
            depth--;
        advance(s, 1);
    } while (depth && s->len);
}

static void skip_scalar(struct slice *s)
{
    while (s->len && !strchr(" \t\r\n,:]}", *s->data))
        advance(s, 1);
}

/* Cuts off the value that *s begins with, and the white space around it. */
static struct slice next_value(struct slice *s)
{
    struct slice start = *s = slice_trim(*s), value;

    if (at(*s, '"'))
        skip_string(s);
    else if (at(*s, '{') || at(*s, '['))
        skip_container(s);
    else
        skip_scalar(s);
    value = until(start, *s);
    *s = slice_trim(*s);
    return value;
}

enum json_type json_type(struct slice value)
{
    value = slice_trim(value);
    switch (value.len ? *value.data : 'n') {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
    case 'f':
        return JSON_BOOL;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

struct json_iter json_iter(struct slice container)
{
    struct json_iter it = {.rest = slice_trim(container)};

    it.object = at(it.rest, '{');
    if (it.object || at(it.rest, '['))
        advance(&it.rest, 1);
    else
        it.rest.len = 0;
    it.rest = slice_trim(it.rest);
    return it;
}

bool json_next(struct json_iter *it)
{
    size_t before = it->rest.len;

    if (at(it->rest, ','))
        advance(&it->rest, 1);
    if (!it->rest.len || at(it->rest, '}') || at(it->rest, ']'))
        return false;
    if (it->object) {
        it->key = next_value(&it->rest);
        if (at(it->rest, ':'))
            advance(&it->rest, 1);
    }
    it->value = next_value(&it->rest);
    return it->rest.len < before; /* what nobody has accepted must end, too */
}

bool json_member(struct slice object, const char *name, struct slice *value)
{
    struct json_iter it = json_iter(object);
    struct slice wanted = slice_str(name);

    while (it.object && json_next(&it)) {
        if (json_string_is(it.key, wanted)) {
            *value = it.value;
            return true;
        }
    }
    return false;
}

static int hex_digit(char c)
{
    return char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10;
}

/* The four digits of \uXXXX at the front of `s`, or -1 if there is no such escape. */
static int32_t unicode_escape(struct slice s)
{
    int32_t unit = 0;

    if (s.len < 6 || s.data[0] != '\\' || s.data[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++)
        unit = unit * 16 + (hex_digit(s.data[i]) & 15);
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

static void unquote_unicode(struct buf *out, struct slice *s)
{
    int32_t unit = unicode_escape(*s), low;
    char utf8[4];

    advance(s, unit < 0 ? s->len : 6);
    low = unicode_escape(*s);
    if (is_high(unit) && is_low(low)) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        advance(s, 6);
    }
    if (unit < 0 || is_high(unit) || is_low(unit))
        unit = 0xfffd;
    buf_append(out, utf8, utf8_encode((uint32_t)unit, utf8));
}

static void unquote_escape(struct buf *out, struct slice *s)
{
    static const char letters[] = "bfnrt", stand_for[] = "\b\f\n\r\t";
    char c = s->len > 1 ? s->data[1] : 'u';
    const char *letter = strchr(letters, c);

    if (c == 'u') {
        unquote_unicode(out, s);
        return;
    }
    buf_append_char(out, letter && c ? stand_for[letter - letters] : c);
    advance(s, 2);
}

void json_append_unquoted(struct buf *out, struct slice string)
{
    struct slice s = slice_trim(string);

    if (s.len < 2)
        return;
    s = (struct slice){s.data + 1, s.len - 2};
    while (s.len) {
        const char *escape = memchr(s.data, '\\', s.len);
        size_t plain = escape ? (size_t)(escape - s.data) : s.len;

        buf_append(out, s.data, plain);
        advance(&s, plain);
        if (s.len)
            unquote_escape(out, &s);
    }
}

void json_append_text(struct buf *out, struct slice value)
{
    if (json_type(value) == JSON_STRING)
        json_append_unquoted(out, value);
    else
        buf_append(out, value.data, value.len);
}

/* Most strings have no escapes and are compared where they stand. */
bool json_string_is(struct slice string, struct slice text)
{
    struct buf plain = BUF_INIT;
    bool is;

    if (string.len < 2)
        return false;
    if (!memchr(string.data, '\\', string.len))
        return slice_same((struct slice){string.data + 1, string.len - 2}, text);
    json_append_unquoted(&plain, string);
    is = slice_same((struct slice){plain.data, plain.len}, text);
    buf_clear(&plain);
    return is;
}
