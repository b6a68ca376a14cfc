#include "markup/link_value.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static void drop(struct slice *s, size_t n)
{
    s->data += n;
    s->len -= n;
}

static void skip_space(struct slice *s)
{
    while (s->len && is_space(*s->data))
        drop(s, 1);
}

/* What describes a URL, up to a comma that is in no parentheses. */
static void skip_descriptors(struct slice *s)
{
    bool inside = false;

    for (; s->len; drop(s, 1)) {
        if (*s->data == '(')
            inside = true;
        else if (*s->data == ')')
            inside = false;
        else if (*s->data == ',' && !inside)
            return;
    }
}

bool link_value_srcset(struct slice *rest, struct slice *url)
{
    while (rest->len && (is_space(*rest->data) || *rest->data == ','))
        drop(rest, 1);
    *url = (struct slice){rest->data, 0};
    while (url->len < rest->len && !is_space(rest->data[url->len]))
        url->len++;
    drop(rest, url->len);
    if (!url->len)
        return false;
    if (url->data[url->len - 1] != ',')
        skip_descriptors(rest);
    while (url->len && url->data[url->len - 1] == ',')
        url->len--;
    return true;
}

/* Takes the time and what is between it and the URL; false if there is no URL. */
static bool skip_time(struct slice *s)
{
    const char *first;

    skip_space(s);
    first = s->data;
    while (s->len && (char_is_digit(*s->data) || *s->data == '.'))
        drop(s, 1);
    if (s->data == first || !s->len)
        return false;
    if (*s->data != ';' && *s->data != ',' && !is_space(*s->data))
        return false;
    skip_space(s);
    if (s->len && (*s->data == ';' || *s->data == ','))
        drop(s, 1);
    skip_space(s);
    return s->len;
}

/* "url =": whether it is not there but for its first letters, which then are a URL's.
 */
static bool skip_url_word(struct slice *s)
{
    struct slice at = *s;

    for (const char *word = "url"; *word; word++) {
        if (!at.len || char_lower(*at.data) != *word)
            return *word != 'u';
        drop(&at, 1);
    }
    skip_space(&at);
    if (!at.len || *at.data != '=')
        return true;
    drop(&at, 1);
    skip_space(&at);
    *s = at;
    return false;
}

bool link_value_refresh(struct slice content, struct slice *url)
{
    const char *end;

    if (!skip_time(&content))
        return false;
    *url = content;
    if (skip_url_word(url))
        return true;
    if (!url->len || (*url->data != '"' && *url->data != '\''))
        return true;
    end = memchr(url->data + 1, *url->data, url->len - 1);
    drop(url, 1);
    if (end)
        url->len = (size_t)(end - url->data);
    return true;
}

bool link_value_has_word(struct slice words, const char *word)
{
    while (words.len) {
        struct slice one;

        skip_space(&words);
        one = (struct slice){words.data, 0};
        while (one.len < words.len && !is_space(words.data[one.len]))
            one.len++;
        drop(&words, one.len);
        if (one.len && slice_eq_nocase(one, word))
            return true;
    }
    return false;
}

static bool is_control_or_space(char c)
{
    return (unsigned char)c <= ' ';
}

static bool is_dropped(char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

struct slice link_value_clean(struct slice url, struct buf *out)
{
    size_t n = 0;

    while (url.len && is_control_or_space(url.data[url.len - 1]))
        url.len--;
    while (url.len && is_control_or_space(*url.data))
        drop(&url, 1);
    while (n < url.len && !is_dropped(url.data[n]))
        n++;
    if (n == url.len)
        return url;
    buf_reset(out);
    for (size_t i = 0; i < url.len; i++)
        if (!is_dropped(url.data[i]))
            buf_append_char(out, url.data[i]);
    return (struct slice){out->data, out->len};
}
