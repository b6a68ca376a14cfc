#include "markup/charset.h"

#include <string.h>

/* https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding, which
 * is not the tokenizer: it knows no text of scripts, and is done after a kilobyte. */

struct scan {
    const char *p, *end;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_alpha(char c)
{
    c = char_lower(c);
    return c >= 'a' && c <= 'z';
}

static bool starts(const struct scan *s, const char *text)
{
    size_t n = strlen(text);

    if ((size_t)(s->end - s->p) < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (char_lower(s->p[i]) != text[i])
            return false;
    return true;
}

/* Moves behind the next `text`; to the end if there is none. */
static void skip_past(struct scan *s, const char *text)
{
    while (s->p < s->end && !starts(s, text))
        s->p++;
    s->p += s->p < s->end ? strlen(text) : 0;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && is_space(*s->p))
        s->p++;
}

/* ---- attributes ---- */

static struct slice read_value(struct scan *s)
{
    struct slice value = {s->p, 0};
    char quote = '\0';

    if (s->p < s->end && (*s->p == '"' || *s->p == '\'')) {
        quote = *s->p++;
        value.data = s->p;
    }
    while (s->p < s->end && (quote ? *s->p != quote : !is_space(*s->p) && *s->p != '>'))
        s->p++;
    value.len = (size_t)(s->p - value.data);
    if (quote && s->p < s->end)
        s->p++;
    return value;
}

/* The next attribute of a tag; false at its ">", which stays, or at the end. */
static bool next_attr(struct scan *s, struct slice *name, struct slice *value)
{
    while (s->p < s->end && (is_space(*s->p) || *s->p == '/'))
        s->p++;
    if (s->p == s->end || *s->p == '>')
        return false;
    name->data = s->p++;
    while (s->p < s->end && !is_space(*s->p) && !strchr("=/>", *s->p))
        s->p++;
    name->len = (size_t)(s->p - name->data);
    *value = (struct slice){s->p, 0};
    skip_space(s);
    if (s->p == s->end || *s->p != '=')
        return true;
    s->p++;
    skip_space(s);
    *value = read_value(s);
    return true;
}

/* ---- <meta> ---- */

struct slice charset_label_in(struct slice content)
{
    static const char word[] = "charset";
    struct scan s = {content.data, content.data + content.len};
    struct slice label = {content.data, 0};

    for (;;) {
        skip_past(&s, word);
        if (s.p == s.end)
            return label;
        skip_space(&s);
        if (s.p < s.end && *s.p == '=')
            break;
    }
    s.p++;
    skip_space(&s);
    if (s.p == s.end)
        return label;
    if (*s.p == '"' || *s.p == '\'') {
        const char *end = memchr(s.p + 1, *s.p, (size_t)(s.end - s.p - 1));

        return (struct slice){s.p + 1, end ? (size_t)(end - s.p - 1) : 0};
    }
    label.data = s.p;
    while (s.p < s.end && !is_space(*s.p) && *s.p != ';')
        s.p++;
    label.len = (size_t)(s.p - label.data);
    return label;
}

const struct charset *charset_declared(struct slice label)
{
    const struct charset *found = charset_find(label);

    if (found && (found->kind == CHARSET_UTF16LE || found->kind == CHARSET_UTF16BE))
        return charset_find(SLICE("utf-8"));
    return found;
}

static const struct charset *read_meta(struct scan *s)
{
    struct slice name, value, charset = {NULL, 0}, content = {NULL, 0};
    bool is_content_type = false;

    while (next_attr(s, &name, &value)) {
        if (slice_eq_nocase(name, "http-equiv"))
            is_content_type = slice_eq_nocase(value, "content-type");
        else if (slice_eq_nocase(name, "charset") && !charset.data)
            charset = value;
        else if (slice_eq_nocase(name, "content") && !content.data)
            content = value;
    }
    if (s->p == s->end)
        return NULL;
    if (charset.data)
        return charset_declared(charset);
    return is_content_type ? charset_declared(charset_label_in(content)) : NULL;
}

static bool is_meta(const struct scan *s)
{
    return starts(s, "<meta") && s->end - s->p > 5 &&
           (is_space(s->p[5]) || s->p[5] == '/');
}

/* A tag that is not <meta>: its attributes may hold ">". */
static void skip_tag(struct scan *s)
{
    struct slice name, value;

    while (s->p < s->end && !is_space(*s->p) && *s->p != '>')
        s->p++;
    while (next_attr(s, &name, &value))
        ;
}

static const struct charset *scan_meta(struct scan s)
{
    for (; s.p < s.end; s.p += s.p < s.end) {
        const char *next = memchr(s.p, '<', (size_t)(s.end - s.p));

        s.p = next ? next : s.end;
        if (starts(&s, "<!--")) {
            s.p += 2; /* the dashes may be the end's, too */
            skip_past(&s, "-->");
            s.p -= s.p < s.end;
        } else if (is_meta(&s)) {
            const struct charset *found;

            s.p += 5;
            found = read_meta(&s);
            if (found)
                return found;
        } else if (s.end - s.p > 2 &&
                   (is_alpha(s.p[1]) || (s.p[1] == '/' && is_alpha(s.p[2])))) {
            skip_tag(&s);
        } else if (starts(&s, "<!") || starts(&s, "</") || starts(&s, "<?")) {
            while (s.p < s.end && *s.p != '>')
                s.p++;
        }
    }
    return NULL;
}

/* ---- XML and CSS ---- */

/* <?xml version="1.0" encoding="..."?> */
static const struct charset *scan_xml(struct scan s)
{
    struct scan whole = s;
    struct slice name, value;

    if (!starts(&s, "<?xml"))
        return NULL;
    skip_past(&whole, ">");
    s.p += 5;
    s.end = whole.p;
    while (next_attr(&s, &name, &value))
        if (slice_eq(name, "encoding"))
            return charset_declared(value);
    return NULL;
}

const struct charset *charset_prescan(const char *data, size_t n)
{
    struct scan s = {data, data + n};
    const struct charset *found;

    if (n >= 6 && !memcmp(data, "<\0?\0x\0", 6))
        return charset_find(SLICE("utf-16le"));
    if (n >= 6 && !memcmp(data, "\0<\0?\0x", 6))
        return charset_find(SLICE("utf-16be"));
    found = scan_meta(s);
    return found ? found : scan_xml(s);
}

const struct charset *charset_prescan_css(const char *data, size_t n)
{
    static const char rule[] = "@charset \"";
    struct scan s = {data, data + n};
    const char *end;

    if (n < sizeof(rule) || memcmp(data, rule, sizeof(rule) - 1) != 0)
        return NULL;
    s.p += sizeof(rule) - 1;
    end = memchr(s.p, '"', (size_t)(s.end - s.p));
    return end ? charset_declared((struct slice){s.p, (size_t)(end - s.p)}) : NULL;
}
