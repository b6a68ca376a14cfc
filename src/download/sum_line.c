#include "download/sum_line.h"

#include <errno.h>
#include <string.h>

/* What is read before the name's escapes are. */
struct fields {
    enum digest_kind kind;
    struct slice hex, name;
};

/* ---- text ---- */

static bool is_letter(char c)
{
    c = char_lower(c);
    return c >= 'a' && c <= 'z';
}

static size_t hex_length(struct slice s)
{
    size_t n = 0;

    while (n < s.len && (char_is_digit(s.data[n]) ||
                         (is_letter(s.data[n]) && char_lower(s.data[n]) <= 'f')))
        n++;
    return n;
}

static struct slice from(struct slice s, size_t n)
{
    return (struct slice){s.data + n, s.len - n};
}

static bool starts(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.len >= n && !memcmp(s.data, prefix, n);
}

bool sum_line_is_field(struct slice s)
{
    size_t n = 0;

    while (n < s.len &&
           (is_letter(s.data[n]) || char_is_digit(s.data[n]) || s.data[n] == '-'))
        n++;
    return n && n < s.len && s.data[n] == ':' &&
           (n + 1 == s.len || char_is_space(s.data[n + 1]));
}

static bool kind_of_digits(size_t digits, enum digest_kind *kind)
{
    for (enum digest_kind k = 0; k < DIGEST_KINDS; k++)
        if (2 * digest_size(k) == digits) {
            *kind = k;
            return true;
        }
    return false;
}

static bool kind_of_name(struct slice name, enum digest_kind *kind)
{
    for (enum digest_kind k = 0; k < DIGEST_KINDS; k++)
        if (slice_eq(name, digest_name(k))) {
            *kind = k;
            return true;
        }
    return false;
}

/* "HEX SIZE NAME", as in a Release file, which puts spaces in front */
static bool has_size(struct slice s)
{
    struct slice rest;
    enum digest_kind kind;
    size_t n = hex_length(s);

    rest = slice_trim(from(s, n));
    if (!kind_of_digits(n, &kind) || n == s.len || s.data[n] != ' ')
        return false;
    for (n = 0; n < rest.len && char_is_digit(rest.data[n]);)
        n++;
    return n && n < rest.len && rest.data[n] == ' ';
}

/* ---- what is wrong ---- */

void sum_line_quote(struct buf *why, struct slice text)
{
    enum { MOST = 80 };
    bool cut = text.len > MOST;

    buf_append_str(why, ": \"");
    str_append_printable(why, text.data, cut ? MOST : text.len);
    buf_append_str(why, cut ? "\"..." : "\"");
}

static int wrong(struct buf *why, const char *what, struct slice text)
{
    buf_append_str(why, what);
    sum_line_quote(why, text);
    return -EINVAL;
}

static int wrong_look(struct buf *why, struct slice line)
{
    const char *what = "neither \"HEX  NAME\" nor \"SHA256 (NAME) = HEX\"";

    if (sum_line_is_field(line) || has_size(slice_trim(line)))
        what =
            "a line as of a Release file, and not \"HEX  NAME\" or \"SHA256 (NAME) = "
            "HEX\"";
    return wrong(why, what, line);
}

/* " (known here: MD5 of 32 hex digits, SHA1 of 40, ...)" */
static int append_known(struct buf *why)
{
    for (enum digest_kind k = 0; k < DIGEST_KINDS; k++)
        buf_appendf(why, "%s%s of %zu%s", k ? ", " : " (known here: ", digest_name(k),
                    2 * digest_size(k), k ? "" : " hex digits");
    buf_append_char(why, ')');
    return -EINVAL;
}

/* ---- the two styles ---- */

/* "SHA256 (NAME) = HEX". The name may hold ") = " too: the last one ends it. */
static int read_tagged(struct slice line, size_t tag, struct fields *f, struct buf *why)
{
    struct slice kind = {line.data, tag}, rest = from(line, tag + 2);
    const char *end = memrchr(rest.data, ')', rest.len);
    size_t n = end ? (size_t)(end - rest.data) : 0;

    if (!end || !starts(from(rest, n), ") = "))
        return wrong_look(why, line);
    if (!kind_of_name(kind, &f->kind)) {
        wrong(why, "a checksum of a kind not known", kind);
        return append_known(why);
    }
    f->name = (struct slice){rest.data, n};
    f->hex = from(rest, n + 4);
    return 0;
}

/* "HEX  NAME", "HEX *NAME" */
static int read_plain(struct slice line, struct fields *f, struct buf *why)
{
    size_t n = hex_length(line);
    struct slice rest = from(line, n);

    if (!n || !(starts(rest, "  ") || starts(rest, " *")))
        return wrong_look(why, line);
    if (!kind_of_digits(n, &f->kind)) {
        buf_appendf(why, "a checksum of %zu hex digits", n);
        return append_known(why);
    }
    f->hex = (struct slice){line.data, n};
    f->name = from(rest, 2);
    return 0;
}

static int read_fields(struct slice line, struct fields *f, struct buf *why)
{
    const char *space = memchr(line.data, ' ', line.len);
    size_t tag = space ? (size_t)(space - line.data) : 0;

    if (tag && starts(from(line, tag), " ("))
        return read_tagged(line, tag, f, why);
    return read_plain(line, f, why);
}

/* ---- names ---- */

/* What a backslash and this stand for, or 0. */
static char unescaped(char c)
{
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c == '\\' ? '\\' : '\0';
}

static int read_name(struct buf *out, struct slice name, bool escaped, struct buf *why)
{
    buf_reset(out);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];

        if (escaped && c == '\\') {
            c = i + 1 < name.len ? unescaped(name.data[++i]) : '\0';
            if (!c)
                return wrong(why, "a backslash, behind it no \\, n or r", name);
        }
        buf_append_char(out, c);
    }
    if (out->len)
        return 0;
    buf_append_str(why, "a checksum without a name");
    return -EINVAL;
}

int sum_line_read(struct sum_line *l, struct slice line, struct buf *why)
{
    bool escaped = starts(line, "\\");
    struct fields f = {0};
    int r;

    if (memchr(line.data, '\0', line.len)) {
        buf_append_str(why, "a NUL byte: this is no text");
        return -EINVAL;
    }
    r = read_fields(from(line, escaped), &f, why);
    if (r)
        return r;
    l->kind = f.kind;
    if (!digest_parse(f.kind, f.hex.data, f.hex.len, l->bytes)) {
        buf_appendf(why, "not the %zu hex digits of %s", 2 * digest_size(f.kind),
                    digest_name(f.kind));
        sum_line_quote(why, f.hex);
        return -EINVAL;
    }
    return read_name(&l->name, f.name, escaped, why);
}

void sum_line_clear(struct sum_line *l)
{
    buf_clear(&l->name);
}
