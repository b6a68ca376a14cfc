#include "crawl/robots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/robots_rules.h"
#include "markup/product.h"

enum { SITEMAPS_MAX = 1000, DELAY_TEXT_MAX = 32 };

static const double DELAY_MAX = 24 * 3600;

/* What is kept for one name. */
struct group {
    bool there, open; /* `open`: lines are for it now */
    double delay;
    struct robots_rules rules;
};

struct robots {
    char *product;
    struct group own, any; /* of the product, and of "*" */
    bool in_agents;        /* the last line of a group was a user-agent */
    bool deny_all;
    size_t size;     /* bytes that came; beyond ROBOTS_BYTES_MAX no more are counted */
    struct buf line; /* its beginning, while its end has not come */
    bool first_line_over;
    char **sitemaps;
    size_t sitemap_count;
};

struct robots *robots_new(const char *product)
{
    struct robots *r = mem_zalloc(sizeof(*r));

    r->product = mem_strdup(product);
    return r;
}

void robots_free(struct robots *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->sitemap_count; i++)
        free(r->sitemaps[i]);
    free(r->sitemaps);
    robots_rules_clear(&r->own.rules);
    robots_rules_clear(&r->any.rules);
    buf_clear(&r->line);
    free(r->product);
    free(r);
}

/* --- what a line says ------------------------------------------------------------- */

/* Consecutive lines are one list. */
static void user_agent(struct robots *r, struct slice value)
{
    if (!r->in_agents)
        r->own.open = r->any.open = false;
    r->in_agents = true;
    if (product_is(value, r->product))
        r->own.there = r->own.open = true;
    else if (value.len && value.data[0] == '*' &&
             (value.len == 1 || char_is_space(value.data[1])))
        r->any.there = r->any.open = true;
}

/* An empty one matches nothing, but ends the list of agents. */
static void rule(struct robots *r, bool allow, struct slice value)
{
    r->in_agents = false;
    if (r->own.open)
        robots_rules_add(&r->own.rules, allow, value);
    if (r->any.open && !r->own.there)
        robots_rules_add(&r->any.rules, allow, value);
}

static void allow(struct robots *r, struct slice value)
{
    rule(r, true, value);
}

static void disallow(struct robots *r, struct slice value)
{
    rule(r, false, value);
}

static void crawl_delay(struct robots *r, struct slice value)
{
    char text[DELAY_TEXT_MAX];
    double seconds;
    int result;

    if (value.len >= sizeof(text))
        return;
    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
    result = str_parse_seconds(text, &seconds);
    if (result == -EINVAL)
        return;
    if (result == -ERANGE || seconds > DELAY_MAX)
        seconds = DELAY_MAX;
    if (r->own.open && seconds > r->own.delay)
        r->own.delay = seconds;
    if (r->any.open && seconds > r->any.delay)
        r->any.delay = seconds;
}

static void sitemap(struct robots *r, struct slice value)
{
    if (!value.len || r->sitemap_count == SITEMAPS_MAX ||
        memchr(value.data, '\0', value.len))
        return;
    if (!r->sitemaps)
        r->sitemaps = mem_alloc(SITEMAPS_MAX * sizeof(*r->sitemaps));
    r->sitemaps[r->sitemap_count++] = slice_dup(value);
}

/* With the misspellings that Google's parser takes, too. */
static const struct {
    const char *name;
    void (*take)(struct robots *r, struct slice value);
} keys[] = {
    {"user-agent", user_agent},   {"useragent", user_agent},
    {"user agent", user_agent},   {"allow", allow},
    {"disallow", disallow},       {"dissallow", disallow},
    {"dissalow", disallow},       {"disalow", disallow},
    {"diasllow", disallow},       {"disallaw", disallow},
    {"crawl-delay", crawl_delay}, {"sitemap", sitemap},
    {"site-map", sitemap},
};

/* --- lines ------------------------------------------------------------------------ */

/* Parts "name: value", or "name value" of two words. */
static bool split(struct slice line, struct slice *name, struct slice *value)
{
    const char *colon = memchr(line.data, ':', line.len);
    size_t n = 0;

    while (colon ? line.data + n < colon : n < line.len && !char_is_space(line.data[n]))
        n++;
    if (n == line.len)
        return false;
    *name = slice_trim((struct slice){line.data, n});
    *value = slice_trim((struct slice){line.data + n + 1, line.len - n - 1});
    for (size_t i = 0; i < value->len && !colon; i++)
        if (char_is_space(value->data[i]))
            return false;
    return true;
}

static void take_line(struct robots *r, struct slice line)
{
    struct slice name, value;

    if (!r->first_line_over && line.len >= 3 && !memcmp(line.data, "\xef\xbb\xbf", 3)) {
        line.data += 3;
        line.len -= 3;
    }
    r->first_line_over = true;
    if (!slice_next(&line, '#', &value) || !split(slice_trim(value), &name, &value))
        return;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (slice_eq_nocase(name, keys[i].name))
            keys[i].take(r, value);
}

static void end_line(struct robots *r, const char *data, size_t n)
{
    if (r->line.len) {
        buf_append(&r->line, data, n);
        data = r->line.data;
        n = r->line.len;
    }
    take_line(r, (struct slice){data, n});
    buf_reset(&r->line);
}

static bool ends_line(char c)
{
    return c == '\r' || c == '\n';
}

static void take(struct robots *r, const char *data, size_t n)
{
    while (n) {
        size_t length = 0;

        while (length < n && !ends_line(data[length]))
            length++;
        if (length == n) {
            buf_append(&r->line, data, n);
            return;
        }
        end_line(r, data, length);
        data += length + 1;
        n -= length + 1;
    }
}

/* What follows the last byte that counts tells whether it is the last of its line. */
static void overflow(struct robots *r, char next)
{
    if (ends_line(next))
        end_line(r, "", 0);
    buf_clear(&r->line);
}

void robots_feed(struct robots *r, const char *data, size_t n)
{
    size_t room = ROBOTS_BYTES_MAX - r->size, some = n < room ? n : room;

    take(r, data, some);
    r->size += some;
    if (n > some)
        overflow(r, data[some]);
}

void robots_finish(struct robots *r)
{
    end_line(r, "", 0);
    buf_clear(&r->line);
    if (r->own.there)
        robots_rules_clear(&r->any.rules);
    robots_rules_seal(&r->own.rules);
    robots_rules_seal(&r->any.rules);
}

/* --- answers ---------------------------------------------------------------------- */

void robots_allow_all(struct robots *r)
{
    r->deny_all = false;
}

void robots_deny_all(struct robots *r)
{
    r->deny_all = true;
}

static const struct group *group_that_counts(const struct robots *r)
{
    return r->own.there ? &r->own : &r->any;
}

bool robots_allows(const struct robots *r, const char *path)
{
    if (!strcmp(path, "/robots.txt"))
        return true;
    return !r->deny_all && robots_rules_allow(&group_that_counts(r)->rules, path);
}

double robots_delay(const struct robots *r)
{
    return group_that_counts(r)->delay;
}

const char *robots_sitemap(const struct robots *r, size_t i)
{
    return i < r->sitemap_count ? r->sitemaps[i] : NULL;
}
