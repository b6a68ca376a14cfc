#include "crawl/robots_rules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"

/* What stands in texts beside printable ASCII. */
enum {
    ANY = 1,     /* "*" of a pattern */
    END,         /* "$" at its end */
    CODED_SLASH, /* "%2F" where it is not "/" */
    CODED_QUESTION
};

#define NONE UINT32_MAX

/* Once sealed they are sorted by their fixed text, those of the same (a run) with the
 * strongest in front. */
struct robots_rule {
    uint32_t at, size; /* in the text */
    uint32_t fixed;    /* bytes before the first ANY or END */
    uint32_t run;      /* index of the first of its run */
    uint32_t above;    /* the run of the longest fixed text that this one begins with */
    bool allow;
};

void robots_rules_clear(struct robots_rules *r)
{
    buf_clear(&r->text);
    free(r->rules);
    *r = (struct robots_rules){0};
}

/* --- one form for patterns and paths ---------------------------------------------- */

static void append_byte(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    if (c > ' ' && c < 0x7f && c != '%')
        buf_append_char(out, (char)c);
    else
        buf_append(out, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
}

/* Of an encoded character: "/" and "?" stay apart from plain ones, unless `same`. */
static void append_decoded(struct buf *out, int byte, bool same)
{
    if (byte == '/' && !same)
        buf_append_char(out, CODED_SLASH);
    else if (byte == '?' && !same)
        buf_append_char(out, CODED_QUESTION);
    else
        append_byte(out, (unsigned char)byte);
}

/* `folded`: behind "?" it does not matter how "/" and "?" are written. Whether it did
 * is returned. */
static bool append_form(struct buf *out, struct slice s, bool is_pattern, bool folded)
{
    bool query = false, did = false;

    while (s.len) {
        int byte = percent_byte(s);
        char c = s.data[0];
        size_t n = byte < 0 ? 1 : 3;

        if (byte >= 0)
            append_decoded(out, byte, query && folded);
        else if (is_pattern && c == '*')
            buf_append_char(out, ANY);
        else if (is_pattern && c == '$' && s.len == 1)
            buf_append_char(out, END);
        else
            append_byte(out, (unsigned char)c);
        did |= query && (byte == '/' || byte == '?');
        query |= c == '?';
        s.data += n;
        s.len -= n;
    }
    return did;
}

void robots_rules_add(struct robots_rules *r, bool allow, struct slice pattern)
{
    struct robots_rule *rule;
    size_t at = r->text.len;

    if (!pattern.len || (pattern.data[0] != '/' && pattern.data[0] != '*'))
        return;
    append_form(&r->text, pattern, true, true);
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 8;
        r->rules = mem_reallocarray(r->rules, r->cap, sizeof(*r->rules));
    }
    rule = &r->rules[r->count++];
    *rule = (struct robots_rule){.at = (uint32_t)at, .allow = allow};
    rule->size = (uint32_t)(r->text.len - at);
    while (rule->fixed < rule->size && r->text.data[at + rule->fixed] != ANY &&
           r->text.data[at + rule->fixed] != END)
        rule->fixed++;
}

/* --- order ------------------------------------------------------------------------ */

static struct slice fixed_text(const struct robots_rules *r,
                               const struct robots_rule *rule)
{
    return (struct slice){r->text.data + rule->at, rule->fixed};
}

static bool begins_with(struct slice s, struct slice front)
{
    return s.len >= front.len && !memcmp(s.data, front.data, front.len);
}

static int compare_texts(struct slice a, struct slice b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_rules(const void *a, const void *b, void *rules)
{
    const struct robots_rule *x = a, *y = b;
    int order = compare_texts(fixed_text(rules, x), fixed_text(rules, y));

    if (!order)
        order = (x->size < y->size) - (x->size > y->size);
    return order ? order : y->allow - x->allow;
}

/* In sorted texts, what a text begins with is the one before it, or something that that
 * one begins with. */
static void link_runs(struct robots_rules *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        struct slice text = fixed_text(r, &r->rules[i]);
        uint32_t up = i ? r->rules[i - 1].run : NONE;

        while (up != NONE && !begins_with(text, fixed_text(r, &r->rules[up])))
            up = r->rules[up].above;
        if (up != NONE && r->rules[up].fixed == text.len) {
            r->rules[i].run = up;
            r->rules[i].above = r->rules[up].above;
        } else {
            r->rules[i].run = i;
            r->rules[i].above = up;
        }
    }
}

void robots_rules_seal(struct robots_rules *r)
{
    if (!r->count)
        return;
    r->rules = mem_reallocarray(r->rules, r->count, sizeof(*r->rules));
    r->cap = r->count;
    r->text.data = mem_realloc(r->text.data, r->text.len + 1);
    r->text.cap = r->text.len + 1;
    qsort_r(r->rules, r->count, sizeof(*r->rules), compare_rules, r);
    link_runs(r);
}

/* --- matching --------------------------------------------------------------------- */

/* Whether what follows the fixed text matches all of `path`'s beginning. The first
 * place for each text between two ANYs is as good as any later one. */
static bool tail_matches(struct slice tail, struct slice path)
{
    while (tail.len && tail.data[0] == ANY) {
        const char *text = tail.data + 1, *found;
        size_t n = 0;

        while (1 + n < tail.len && text[n] != ANY && text[n] != END)
            n++;
        if (n > path.len)
            return false;
        if (1 + n < tail.len && text[n] == END)
            return !memcmp(path.data + path.len - n, text, n);
        if (!(found = memmem(path.data, path.len, text, n)))
            return false;
        path.len -= (size_t)(found - path.data) + n;
        path.data = found + n;
        tail.data += 1 + n;
        tail.len -= 1 + n;
    }
    return !tail.len || !path.len; /* END */
}

/* Of the path in its form, and as it was before "/" and "?" were folded; which is
 * empty where there was nothing to fold. A pattern in which "*" stands for "?" was not
 * folded, as it may as well be of the path. */
struct subject {
    struct slice form, unfolded;
};

static bool rule_matches(const struct robots_rules *r, const struct robots_rule *rule,
                         const struct subject *s)
{
    struct slice tail = {r->text.data + rule->at + rule->fixed,
                         rule->size - rule->fixed};
    struct slice form = {s->form.data + rule->fixed, s->form.len - rule->fixed};

    if (tail_matches(tail, form))
        return true;
    return s->unfolded.len &&
           tail_matches(tail, (struct slice){s->unfolded.data + rule->fixed, form.len});
}

/* The run of the longest fixed text that the path begins with. */
static uint32_t find_run(const struct robots_rules *r, struct slice path)
{
    size_t low = 0, high = r->count;
    uint32_t run;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_texts(fixed_text(r, &r->rules[middle]), path) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    run = low ? r->rules[low - 1].run : NONE;
    while (run != NONE && !begins_with(path, fixed_text(r, &r->rules[run])))
        run = r->rules[run].above;
    return run;
}

static bool is_stronger(const struct robots_rule *rule, const struct robots_rule *than)
{
    if (!than || rule->size != than->size)
        return !than || rule->size > than->size;
    return rule->allow && !than->allow;
}

static bool allows(const struct robots_rules *r, const struct subject *s)
{
    const struct robots_rule *best = NULL;

    for (uint32_t run = find_run(r, s->form); run != NONE; run = r->rules[run].above)
        for (size_t i = run; i < r->count && r->rules[i].run == run; i++) {
            if (!is_stronger(&r->rules[i], best))
                break;
            if (rule_matches(r, &r->rules[i], s)) {
                best = &r->rules[i];
                break;
            }
        }
    return !best || best->allow;
}

bool robots_rules_allow(const struct robots_rules *r, const char *path)
{
    struct buf form = BUF_INIT, unfolded = BUF_INIT;
    struct subject s;
    bool allowed;

    if (!r->count)
        return true;
    if (append_form(&form, slice_str(path), false, true))
        append_form(&unfolded, slice_str(path), false, false);
    s.form = (struct slice){form.data ? form.data : "", form.len};
    s.unfolded = (struct slice){unfolded.data, unfolded.len};
    allowed = allows(r, &s);
    buf_clear(&unfolded);
    buf_clear(&form);
    return allowed;
}
