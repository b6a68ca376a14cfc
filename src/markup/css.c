#include "markup/css.h"

#include <string.h>

#include "base/utf8.h"

/* `escape` while an LF may follow the CR that ended it. */
enum { DIGITS_MAX = 6, BEHIND_CR = DIGITS_MAX + 2 };

void css_init(struct css *c, void (*url)(const struct css_url *u, void *arg), void *arg)
{
    *c = (struct css){.url = url, .arg = arg};
    css_begin(c, 1);
}

void css_clear(struct css *c)
{
    buf_clear(&c->value);
}

void css_begin(struct css *c, unsigned line)
{
    c->state = CSS_PLAIN;
    c->escape = 0;
    c->name_len = 0;
    c->importing = c->naming = false;
    c->lines = (struct newlines){NULL, line};
}

/* ---- bytes ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_newline(char c)
{
    return c == '\n' || c == '\r' || c == '\f';
}

static int hex_value(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c = char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_name(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 ||
           c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* NUL is none: it stands for U+FFFD. */
static bool is_non_printable(char c)
{
    unsigned char u = (unsigned char)c;

    return (u >= 1 && u <= 8) || u == 0xb || (u >= 0xe && u <= 0x1f) || u == 0x7f;
}

/* ---- escapes ---- */

static void add_to_name(struct css *c, uint32_t cp)
{
    if (c->name_len < sizeof(c->name))
        c->name[c->name_len] = cp < 0x80 ? char_lower((char)cp) : '?';
    c->name_len += c->name_len <= sizeof(c->name);
}

/* Of most names the first letter tells that they are none of those that matter. */
static void take_name(struct css *c, const char *p, const char *end)
{
    if (p == end || (c->name_len && *c->name == '?'))
        return;
    if (!c->name_len && char_lower(*p) != 'u')
        add_to_name(c, '?');
    else
        for (; p < end && c->name_len <= sizeof(c->name); p++)
            add_to_name(c, (unsigned char)*p);
}

static void end_escape(struct css *c, uint32_t cp)
{
    c->escape = 0;
    if (c->state == CSS_PLAIN)
        add_to_name(c, cp);
}

/* A byte behind a backslash: whether it belongs to the escape. */
static bool take_escaped(struct css *c, char byte)
{
    int digit = hex_value(byte);

    if (c->escape == BEHIND_CR) {
        c->escape = 0;
        return byte == '\n';
    }
    if (digit >= 0 && c->escape <= DIGITS_MAX) {
        c->escaped = c->escaped * 16 + (uint32_t)digit;
        c->escape++;
        return true;
    }
    if (c->escape > 1) {
        end_escape(c, c->escaped);
        if (!is_space(byte))
            return false;
    } else {
        end_escape(c, (unsigned char)byte);
    }
    if (byte == '\r')
        c->escape = BEHIND_CR;
    return true;
}

static void begin_escape(struct css *c)
{
    c->escape = 1;
    c->escaped = 0;
}

/* ---- values ---- */

/* The value begins `behind` bytes behind p. */
static void begin_value(struct css *c, bool keeping, int behind)
{
    c->keeping = keeping;
    c->too_long = false;
    buf_reset(&c->value);
    if (!keeping)
        return;
    c->found.is_import = c->importing;
    c->found.offset = c->offset + (c->p - c->start) + behind;
    c->found.line = newlines_at(&c->lines, c->p);
}

static void take_value(struct css *c, const char *from)
{
    size_t n = (size_t)(c->p - from);

    if (!c->keeping || c->too_long)
        return;
    c->too_long = n > CSS_VALUE_MAX - c->value.len;
    if (!c->too_long)
        buf_append(&c->value, from, n);
}

static void tell(struct css *c)
{
    c->state = CSS_PLAIN;
    c->importing = false;
    if (!c->keeping || c->too_long)
        return;
    c->found.raw = (struct slice){c->value.data ? c->value.data : "", c->value.len};
    c->url(&c->found, c->arg);
}

static void begin_string(struct css *c, bool keeping)
{
    c->state = CSS_STRING;
    c->quote = *c->p;
    begin_value(c, keeping, 1);
    c->p++;
}

/* ---- names ---- */

static bool is_word(const struct css *c, const char *word)
{
    return slice_eq((struct slice){c->name, c->name_len}, word);
}

static void end_name(struct css *c)
{
    if (!c->name_len)
        return;
    c->importing = false;
    if (c->name[0] == '@') {
        c->importing = is_word(c, "@import");
        c->naming |= is_word(c, "@namespace") || is_word(c, "@document") ||
                     is_word(c, "@-moz-document");
    }
    c->name_len = 0;
}

static void open_function(struct css *c)
{
    c->p++;
    if (is_word(c, "url")) {
        c->name_len = 0;
        c->state = CSS_URL_START;
        return;
    }
    end_name(c);
    c->importing = false;
}

/* ---- states ---- */

/* A byte that neither belongs to a name nor is white space. */
static void take_delimiter(struct css *c)
{
    switch (*c->p) {
    case '(':
        open_function(c);
        return;
    case '"':
    case '\'':
        end_name(c);
        begin_string(c, c->importing);
        return;
    case '/':
        end_name(c);
        c->state = CSS_SLASH;
        break;
    case '\\':
        begin_escape(c);
        break;
    case '@':
    case '#':
        end_name(c);
        c->importing = false;
        add_to_name(c, (unsigned char)*c->p);
        break;
    default:
        end_name(c);
        c->importing = false;
        if (strchr(";{}", *c->p))
            c->naming = false;
    }
    c->p++;
}

static void in_plain(struct css *c)
{
    const char *p = c->p;

    while (p < c->end && is_name(*p))
        p++;
    take_name(c, c->p, p);
    c->p = p;
    if (p == c->end)
        return;
    if (!is_space(*p)) {
        take_delimiter(c);
        return;
    }
    end_name(c);
    c->p++;
}

static void in_slash(struct css *c)
{
    c->state = CSS_PLAIN;
    c->importing &= *c->p == '*';
    if (*c->p != '*')
        return;
    c->state = CSS_COMMENT;
    c->star = false;
    c->p++;
}

static void in_comment(struct css *c)
{
    while (c->p < c->end) {
        const char *slash = memchr(c->p, '/', (size_t)(c->end - c->p));
        bool star = slash && (slash > c->p ? slash[-1] == '*' : c->star);

        c->p = slash ? slash + 1 : c->end;
        c->star = c->p[-1] == '*';
        if (star) {
            c->state = CSS_PLAIN;
            return;
        }
    }
}

static void in_string(struct css *c)
{
    const char *from = c->p;

    while (c->p < c->end && *c->p != c->quote && *c->p != '\\' && !is_newline(*c->p))
        c->p++;
    take_value(c, from);
    if (c->p == c->end)
        return;
    if (*c->p == c->quote) {
        c->p++;
        tell(c);
    } else if (*c->p == '\\') {
        from = c->p++;
        take_value(c, from);
        begin_escape(c);
    } else { /* no string may go over the end of a line */
        c->state = CSS_PLAIN;
        c->importing = false;
    }
}

static void in_url_start(struct css *c)
{
    while (c->p < c->end && is_space(*c->p))
        c->p++;
    if (c->p == c->end)
        return;
    if (*c->p == '"' || *c->p == '\'') {
        begin_string(c, !c->naming);
        return;
    }
    begin_value(c, !c->naming, 0);
    c->state = CSS_URL_BARE;
}

static void in_url_bare(struct css *c)
{
    const char *from = c->p;

    while (c->p < c->end && !is_space(*c->p) &&
           !strchr("\\\"'()", *c->p ? *c->p : 'x') && !is_non_printable(*c->p))
        c->p++;
    take_value(c, from);
    if (c->p == c->end)
        return;
    from = c->p;
    if (is_space(*from)) {
        c->state = CSS_URL_SPACE;
    } else if (*from == ')') {
        c->p++;
        tell(c);
    } else if (*from == '\\') {
        c->p++;
        take_value(c, from);
        begin_escape(c);
    } else {
        c->state = CSS_URL_BAD;
    }
}

static void in_url_space(struct css *c)
{
    while (c->p < c->end && is_space(*c->p))
        c->p++;
    if (c->p == c->end)
        return;
    if (*c->p != ')') {
        c->state = CSS_URL_BAD;
        return;
    }
    c->p++;
    tell(c);
}

static void in_url_bad(struct css *c)
{
    while (c->p < c->end && *c->p != ')' && *c->p != '\\')
        c->p++;
    if (c->p == c->end)
        return;
    if (*c->p++ == '\\') {
        begin_escape(c);
        return;
    }
    c->state = CSS_PLAIN;
    c->importing = false;
}

/* A backslash before the end of a line goes on with a string; elsewhere it is none. */
static void in_escape(struct css *c)
{
    const char *from = c->p;

    if (c->escape == 1 && is_newline(*from) && c->state != CSS_STRING) {
        c->escape = 0;
        if (c->state == CSS_URL_BARE)
            c->state = CSS_URL_BAD;
        return;
    }
    if (!take_escaped(c, *from))
        return;
    c->p++;
    if (c->state != CSS_PLAIN)
        take_value(c, from);
}

void css_feed(struct css *c, const char *data, size_t n, int64_t offset)
{
    static void (*const states[CSS_STATES])(struct css *) = {
        [CSS_PLAIN] = in_plain,         [CSS_SLASH] = in_slash,
        [CSS_COMMENT] = in_comment,     [CSS_STRING] = in_string,
        [CSS_URL_START] = in_url_start, [CSS_URL_BARE] = in_url_bare,
        [CSS_URL_SPACE] = in_url_space, [CSS_URL_BAD] = in_url_bad,
    };

    c->p = c->start = data;
    c->end = data + n;
    c->offset = offset;
    newlines_start(&c->lines, data);
    while (c->p < c->end) {
        if (c->escape)
            in_escape(c);
        else
            states[c->state](c);
    }
    newlines_at(&c->lines, c->end);
}

void css_finish(struct css *c)
{
    if (c->state == CSS_STRING || c->state == CSS_URL_BARE || c->state == CSS_URL_SPACE)
        tell(c);
    css_begin(c, c->lines.line);
}

/* ---- undoing escapes ---- */

/* Behind the backslash; returns how many bytes the escape takes. */
static size_t unescape_one(struct slice s, struct buf *out)
{
    uint32_t cp = 0;
    size_t n = 0;

    while (n < s.len && n < DIGITS_MAX && hex_value(s.data[n]) >= 0)
        cp = cp * 16 + (uint32_t)hex_value(s.data[n++]);
    if (n) {
        if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
            cp = 0xfffd;
        buf_commit(out, utf8_encode(cp, buf_reserve(out, 4)));
    } else if (s.len && !is_newline(s.data[0])) {
        buf_append_char(out, s.data[0]);
        return 1;
    }
    if (n < s.len && is_space(s.data[n]))
        n += s.len - n > 1 && s.data[n] == '\r' && s.data[n + 1] == '\n' ? 2 : 1;
    return n;
}

struct slice css_unescape(struct slice value, struct buf *out)
{
    const char *backslash = value.len ? memchr(value.data, '\\', value.len) : NULL;

    if (!backslash)
        return value;
    buf_reset(out);
    while (value.len) {
        size_t n;

        backslash = memchr(value.data, '\\', value.len);
        n = backslash ? (size_t)(backslash - value.data) : value.len;
        buf_append(out, value.data, n);
        value = (struct slice){value.data + n, value.len - n};
        if (!value.len)
            break;
        value = (struct slice){value.data + 1, value.len - 1};
        n = unescape_one(value, out);
        value = (struct slice){value.data + n, value.len - n};
    }
    return (struct slice){out->data ? out->data : "", out->len};
}
