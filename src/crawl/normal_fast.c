/* What is a base and bytes that stay as they are: copied in one pass, dot segments
 * resolved on the way. Whatever looks otherwise is left to the exact way. */
#include <string.h>

#include "crawl/normal_internal.h"

enum { LONGEST = 32768 };

struct copy {
    const char *s, *end; /* what is left of the reference */
    char *out;           /* where the next byte goes */
    char *root;          /* the slash in front of the first segment */
};

static bool at_end(const struct copy *c)
{
    return c->s == c->end || *c->s == '#';
}

static bool at_path_end(const struct copy *c)
{
    return at_end(c) || *c->s == '?';
}

static int upper_hex(char c)
{
    return char_is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Copies an escape that is as it should be. */
static bool copy_escape(struct copy *c)
{
    int high, low;

    if (c->end - c->s < 3 || *c->s != '%')
        return false;
    high = upper_hex(c->s[1]);
    low = upper_hex(c->s[2]);
    if (high < 0 || low < 0 || (normal_class[high * 16 + low] & NORMAL_UNRESERVED))
        return false;
    memcpy(c->out, c->s, 3);
    c->out += 3;
    c->s += 3;
    return true;
}

/* Passes over a "." or ".." that is a whole segment, with the slash behind it. */
static bool skip_dots(struct copy *c)
{
    struct copy next = *c;

    next.s++;
    if (next.s < next.end && *next.s == '.') {
        next.s++;
        if (next.out > next.root + 1)
            next.out--; /* the slash in front of it, then back to the one before */
        while (next.out[-1] != '/')
            next.out--;
    }
    if (!at_path_end(&next) && *next.s++ != '/')
        return false;
    *c = next;
    return true;
}

/* From behind a slash to the end of the path. */
static bool copy_path(struct copy *c)
{
    while (!at_path_end(c)) {
        unsigned char byte = (unsigned char)*c->s;

        if (byte == '.' && c->out[-1] == '/' && skip_dots(c))
            continue;
        while (byte != '/' && (normal_class[byte] & NORMAL_PATH)) {
            *c->out++ = (char)byte;
            if (++c->s == c->end)
                return true;
            byte = (unsigned char)*c->s;
        }
        if (byte == '/')
            *c->out++ = *c->s++;
        else if (!at_path_end(c) && !copy_escape(c))
            return false;
    }
    return true;
}

static bool copy_query(struct copy *c)
{
    char *mark = c->out;

    if (at_end(c))
        return true;
    *c->out++ = *c->s++;
    while (!at_end(c))
        if (normal_class[(unsigned char)*c->s] & NORMAL_QUERY)
            *c->out++ = *c->s++;
        else if (!copy_escape(c))
            return false;
    if (c->out == mark + 1)
        c->out = mark; /* an empty one is none */
    return true;
}

static void put(struct copy *c, const char *data, size_t n)
{
    memcpy(c->out, data, n);
    c->out += n;
}

static bool starts(const struct copy *c, const char *text, size_t n)
{
    return (size_t)(c->end - c->s) >= n && !memcmp(c->s, text, n);
}

/* A name that needs no second look: letters first, no port. See base/url.c. */
static bool copy_host(struct copy *c)
{
    const char *first = c->s;

    if (c->s == c->end || !(*c->s >= 'a' && *c->s <= 'z'))
        return false;
    while (c->s < c->end && ((*c->s >= 'a' && *c->s <= 'z') || char_is_digit(*c->s) ||
                             *c->s == '.' || *c->s == '-'))
        *c->out++ = *c->s++;
    return (at_path_end(c) || *c->s == '/') && c->s > first && c->s[-1] != '.' &&
           c->s[-1] != '-';
}

/* The part before the path, of a reference with a scheme or with //. */
static bool copy_origin(struct copy *c, const struct normal_base *b)
{
    size_t scheme = b->url[4] == 's' ? 6 : 5; /* with the colon */
    struct copy same = *c;

    if (starts(c, b->url, b->origin)) {
        put(&same, b->url, b->origin);
        same.s += b->origin;
        if (at_path_end(&same) || *same.s == '/') {
            *c = same;
            return true;
        }
    }
    if (starts(c, "//", 2)) {
        put(c, b->url, scheme);
        scheme = 2;
    } else if (starts(c, "http://", 7)) {
        scheme = 7;
    } else if (starts(c, "https://", 8)) {
        scheme = 8;
    } else {
        return false;
    }
    put(c, c->s, scheme);
    c->s += scheme;
    return copy_host(c);
}

/* Whether it may begin with a scheme: a colon before the first slash. */
static bool has_colon(const struct copy *c)
{
    for (const char *s = c->s; s < c->end; s++)
        if (*s == ':')
            return true;
        else if (*s == '/' || *s == '?' || *s == '#')
            return false;
    return false;
}

/* What comes before the path, and of the path what is the base's. */
static bool copy_front(struct copy *c, const struct normal_base *b)
{
    bool absolute = starts(c, "/", 1);

    if (has_colon(c) || starts(c, "//", 2)) {
        if (!copy_origin(c, b))
            return false;
        absolute = true;
        c->root = c->out;
    } else {
        put(c, b->url, absolute ? b->origin : at_path_end(c) ? b->path : b->folder);
    }
    if (absolute) {
        *c->out++ = '/';
        c->s += c->s < c->end && *c->s == '/';
    }
    return true;
}

bool normal_fast(const struct normal_base *b, struct slice reference, bool drop,
                 struct buf *out, struct slice *fragment)
{
    struct copy c = {reference.data, reference.data + reference.len, NULL, NULL};
    bool whole = at_end(&c);

    if (reference.len > LONGEST || (reference.len && (unsigned char)c.end[-1] <= ' ') ||
        (drop && ((whole && b->path < b->length) ||
                  (reference.len && memchr(c.s, '?', reference.len)))))
        return false;
    buf_reset(out);
    c.out = buf_reserve(out, b->length + reference.len + 1);
    c.root = c.out + b->origin;
    if (whole)
        put(&c, b->url, b->length);
    else if (!copy_front(&c, b) || !copy_path(&c) || !copy_query(&c))
        return false;
    buf_commit(out, (size_t)(c.out - out->data));
    if (fragment)
        *fragment = (struct slice){NULL, 0};
    if (fragment && c.s < c.end)
        *fragment = (struct slice){c.s + 1, (size_t)(c.end - c.s - 1)};
    return true;
}
