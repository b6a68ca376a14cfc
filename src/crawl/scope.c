#include "crawl/scope.h"

#include <stdlib.h>
#include <string.h>

#include <libpsl.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "crawl/normal.h"
#include "crawl/scope_trap.h"

/* Links mostly lead where the last one led. */
struct memo {
    struct buf last; /* the place that was asked about last */
    struct buf place;
    bool in;
};

struct scope {
    struct scope_config config;
    struct map places; /* of start URLs: folder, host or domain; values are the keys */
    psl_ctx_t *suffixes;
    struct memo *memo;
};

const char *scope_verdict_name(enum scope_verdict v)
{
    static const char *const names[] = {
        [SCOPE_IN] = NULL,
        [SCOPE_OUT] = "out_of_scope",
        [SCOPE_TOO_DEEP] = "level",
        [SCOPE_EXCLUDED] = "excluded",
        [SCOPE_NOT_INCLUDED] = "not_included",
        [SCOPE_MAX_PAGES] = "max_pages",
        [SCOPE_MAX_PER_HOST] = "max_per_host",
        [SCOPE_TRAP] = "trap",
        [SCOPE_NOFOLLOW] = "nofollow",
        [SCOPE_ROBOTS] = "robots_denied",
        [SCOPE_NOT_WANTED] = "not_wanted",
        [SCOPE_IGNORED] = "ignored",
    };

    return names[v];
}

struct scope *scope_new(const struct scope_config *config)
{
    struct scope *s = mem_zalloc(sizeof(*s));

    s->config = *config;
    map_init(&s->places);
    s->memo = mem_zalloc(sizeof(*s->memo));
    if (config->kind == SCOPE_DOMAIN)
        s->suffixes = psl_latest(NULL);
    return s;
}

void scope_free(struct scope *s)
{
    size_t pos = 0;
    char *place;

    if (!s)
        return;
    while ((place = map_next(&s->places, &pos)))
        free(place);
    map_clear(&s->places);
    psl_free(s->suffixes);
    buf_clear(&s->memo->last);
    buf_clear(&s->memo->place);
    free(s->memo);
    free(s);
}

/* ---- places: what has to be the same as of a start URL ---- */

/* The URL up to the last slash of its path. */
static struct slice folder_of(const char *url)
{
    size_t n = strcspn(url, "?");

    while (url[n - 1] != '/')
        n--;
    return (struct slice){url, n};
}

static bool is_address(const char *host)
{
    return *host == '[' || !host[strspn(host, "0123456789.")];
}

/* The registered domain of a host, or the host where it has none. */
static const char *domain_of(const struct scope *s, const char *host)
{
    const char *domain = NULL;

    if (s->suffixes && !is_address(host) && strchr(host, '.'))
        domain = psl_registrable_domain(s->suffixes, host);
    return domain ? domain : host;
}

/* Puts it in the memo's place. */
static const char *place_of(const struct scope *s, const char *url)
{
    struct buf *place = &s->memo->place;
    struct slice text =
        s->config.kind == SCOPE_PREFIX ? folder_of(url) : normal_host(url);

    buf_reset(place);
    if (s->config.kind == SCOPE_DOMAIN && text.data[text.len - 1] == '.')
        text.len--; /* the root's, which changes nothing */
    buf_append(place, text.data, text.len);
    return s->config.kind == SCOPE_DOMAIN ? domain_of(s, place->data) : place->data;
}

void scope_add_start(struct scope *s, const char *url)
{
    const char *place = place_of(s, url);
    char *copy;

    buf_reset(&s->memo->last);
    if (map_get(&s->places, place))
        return;
    copy = mem_strdup(place);
    map_set(&s->places, copy, copy);
}

/* For a folder, those above it count, too, up to the origin's. */
static bool is_below(const struct scope *s, char *folder)
{
    size_t n = strlen(folder), root = normal_origin(folder).len + 1;

    while (!map_get(&s->places, folder)) {
        if (n <= root)
            return false;
        n--;
        while (folder[n - 1] != '/')
            n--;
        folder[n] = '\0';
    }
    return true;
}

static bool is_in(const struct scope *s, const char *url)
{
    struct memo *m = s->memo;
    const char *place;

    if (s->config.kind == SCOPE_ANY)
        return true;
    place = place_of(s, url);
    if (m->last.len && !strcmp(m->last.data, place))
        return m->in;
    buf_reset(&m->last);
    buf_append_str(&m->last, place);
    m->in = s->config.kind == SCOPE_PREFIX ? is_below(s, m->place.data)
                                           : map_get(&s->places, place) != NULL;
    return m->in;
}

bool scope_is_outside(const struct scope *s, const char *url)
{
    return !is_in(s, url);
}

/* ---- judging ---- */

static bool too_deep(const struct scope *s, uint32_t level, bool requisite)
{
    return s->config.level != SCOPE_LEVEL_INF && level > s->config.level &&
           level - s->config.level > requisite;
}

enum scope_verdict scope_judge(const struct scope *s, const char *url, uint32_t level,
                               bool requisite)
{
    const struct scope_config *c = &s->config;
    bool start = level == 0;
    size_t n = strlen(url);

    if (!start && !requisite && !is_in(s, url))
        return SCOPE_OUT;
    if (too_deep(s, level, requisite))
        return SCOPE_TOO_DEEP;
    if (c->exclude && pattern_matches(c->exclude, url, n))
        return SCOPE_EXCLUDED;
    if (!start && !requisite && c->include && !pattern_matches(c->include, url, n))
        return SCOPE_NOT_INCLUDED;
    return !start && scope_trap(url) ? SCOPE_TRAP : SCOPE_IN;
}
