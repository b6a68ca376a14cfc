#include "base/glob.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

/* A pattern is a row of wheels, as in an odometer: literal text is a wheel with one
 * word, {a,b} one with two, and a range counts. */
struct wheel {
    char **words; /* NULL: a range */
    size_t n_words;
    uint64_t first, last, step;
    int width;    /* of a number, zeros in front */
    bool letters; /* first and last are characters */
    uint64_t at;  /* index of a word, or a value of the range */
};

struct glob {
    struct wheel *wheels;
    size_t n;
    bool done;
};

/* Where in the pattern the parser is, and what it found wrong. */
struct parser {
    const char *p;
    const char *why;
};

static bool fail(struct parser *in, const char *why)
{
    in->why = why;
    return false;
}

/* --- words ------------------------------------------------------------------------ */

static void add_word(struct wheel *w, struct buf *word)
{
    w->words = mem_reallocarray(w->words, w->n_words + 1, sizeof(*w->words));
    w->words[w->n_words++] = buf_take(word);
}

/* Takes one character of text; a backslash that ends the pattern stands for itself. */
static void take_char(struct parser *in, struct buf *word)
{
    if (*in->p == '\\' && in->p[1])
        in->p++;
    buf_append_char(word, *in->p++);
}

static bool parse_set(struct parser *in, struct wheel *w)
{
    const char *start = in->p++;
    struct buf word = BUF_INIT;

    while (*in->p != '}') {
        if (*in->p == '{' || *in->p == '[' || *in->p == ']' || !*in->p)
            break;
        if (*in->p == ',') {
            add_word(w, &word);
            in->p++;
        } else {
            take_char(in, &word);
        }
    }
    add_word(w, &word);
    if (!*in->p) {
        in->p = start;
        return fail(in, "brace without an end");
    }
    if (*in->p != '}')
        return fail(in, "no braces or brackets inside braces");
    in->p++;
    if (w->n_words == 1 && !*w->words[0])
        return fail(in, "empty braces");
    return true;
}

/* --- ranges ----------------------------------------------------------------------- */

static bool parse_number(struct parser *in, uint64_t *n)
{
    char *end;

    if (!char_is_digit(*in->p))
        return fail(in, "a number is missing");
    errno = 0;
    *n = strtoull(in->p, &end, 10);
    if (errno)
        return fail(in, "number too large");
    in->p = end;
    return true;
}

static bool is_letter(char c)
{
    return char_lower(c) >= 'a' && char_lower(c) <= 'z';
}

static bool parse_letters(struct parser *in, struct wheel *w)
{
    const char *p = in->p;

    if (p[1] != '-' || !is_letter(p[2]) || (p[0] ^ p[2]) & 0x20)
        return fail(in, "a range of letters is [a-z] or [A-Z]");
    w->letters = true;
    w->first = (unsigned char)p[0];
    w->last = (unsigned char)p[2];
    in->p += 3;
    return true;
}

static bool parse_numbers(struct parser *in, struct wheel *w)
{
    const char *start = in->p;

    if (!parse_number(in, &w->first))
        return false;
    if (*start == '0')
        w->width = (int)(in->p - start);
    if (*in->p != '-')
        return fail(in, "a range needs a dash");
    in->p++;
    return parse_number(in, &w->last);
}

static bool parse_range(struct parser *in, struct wheel *w)
{
    const char *start = in->p++;

    if (!(is_letter(*in->p) ? parse_letters : parse_numbers)(in, w))
        return false;
    w->step = 1;
    if (*in->p == ':') {
        in->p++;
        if (!parse_number(in, &w->step))
            return false;
    }
    if (*in->p != ']')
        return fail(in, "bracket without an end");
    in->p++;
    if (w->first <= w->last && w->step)
        return true;
    in->p = start;
    return fail(in, w->step ? "range runs backwards" : "step of zero");
}

static bool is_ipv6(const char *s, size_t n)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;
    const char *zone = memchr(s, '%', n);

    if (zone)
        n = (size_t)(zone - s);
    if (n >= sizeof(text))
        return false;
    memcpy(text, s, n);
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* How much of p, which begins with a bracket, is left alone: an IPv6 address, or the
 * empty brackets of a query like `a[]=1`. */
static size_t plain_brackets(const char *p)
{
    size_t n = strcspn(p, "]");

    return p[n] && (n == 1 || is_ipv6(p + 1, n - 1)) ? n + 1 : 0;
}

/* --- the pattern ------------------------------------------------------------------ */

static bool parse_text(struct parser *in, struct wheel *w)
{
    struct buf word = BUF_INIT;

    while (*in->p && *in->p != '{') {
        size_t plain = *in->p == '[' ? plain_brackets(in->p) : 0;

        if (*in->p == '[' && !plain)
            break;
        if (*in->p == ']' || *in->p == '}') {
            buf_clear(&word);
            return fail(in, "end of a brace or bracket without its beginning");
        }
        buf_append(&word, in->p, plain);
        in->p += plain;
        if (!plain)
            take_char(in, &word);
    }
    add_word(w, &word);
    return true;
}

static bool parse_wheel(struct parser *in, struct wheel *w)
{
    bool ok;

    if (*in->p == '{')
        ok = parse_set(in, w);
    else if (*in->p == '[' && !plain_brackets(in->p))
        ok = parse_range(in, w);
    else
        ok = parse_text(in, w);
    w->at = w->first;
    return ok;
}

struct glob *glob_new(const char *pattern, const char **why, size_t *column)
{
    struct parser in = {pattern, NULL};
    struct glob *g = mem_zalloc(sizeof(*g));

    do {
        g->wheels = mem_reallocarray(g->wheels, g->n + 1, sizeof(*g->wheels));
        g->wheels[g->n] = (struct wheel){0};
        if (!parse_wheel(&in, &g->wheels[g->n++])) {
            *why = in.why;
            *column = (size_t)(in.p - pattern) + 1;
            glob_free(g);
            return NULL;
        }
    } while (*in.p);
    return g;
}

void glob_free(struct glob *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->n; i++) {
        for (size_t j = 0; j < g->wheels[i].n_words; j++)
            free(g->wheels[i].words[j]);
        free(g->wheels[i].words);
    }
    free(g->wheels);
    free(g);
}

/* --- expansion -------------------------------------------------------------------- */

static void append_wheel(struct buf *out, const struct wheel *w)
{
    if (w->words)
        buf_append_str(out, w->words[w->at]);
    else if (w->letters)
        buf_append_char(out, (char)w->at);
    else
        buf_appendf(out, "%0*llu", w->width, (unsigned long long)w->at);
}

/* False when the wheel has come round to its beginning. */
static bool turn(struct wheel *w)
{
    uint64_t last = w->words ? w->n_words - 1 : w->last;
    uint64_t step = w->words ? 1 : w->step;
    bool more = last - w->at >= step;

    w->at = more ? w->at + step : w->first;
    return more;
}

char *glob_next(struct glob *g)
{
    struct buf out = BUF_INIT;
    size_t i = g->n;

    if (g->done)
        return NULL;
    for (size_t j = 0; j < g->n; j++)
        append_wheel(&out, &g->wheels[j]);
    while (i && !turn(&g->wheels[i - 1]))
        i--;
    g->done = !i;
    return buf_take(&out);
}
