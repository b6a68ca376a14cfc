/* scope.h - which of the URLs that were found are asked for, and why not.
 *
 * Plain functions on normal URLs (normal.h). */
#ifndef TRAWL_CRAWL_SCOPE_H
#define TRAWL_CRAWL_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pattern.h"

enum scope_kind {
    SCOPE_PREFIX, /* below the folder of a start URL, on its origin */
    SCOPE_HOST,   /* the host of a start URL, any scheme and port of it */
    SCOPE_DOMAIN, /* its registered domain, by the public suffix list; an address or a
                     name without a dot is its own */
    SCOPE_ANY
};

#define SCOPE_LEVEL_INF UINT32_MAX

struct scope_config {
    enum scope_kind kind;
    uint32_t level;                /* links from a start URL; SCOPE_LEVEL_INF */
    const struct pattern *include; /* if there is one: one of them has to match */
    const struct pattern *exclude; /* none may; stronger than include */
    uint64_t max_pages;            /* 0: any number, as in the next */
    uint64_t max_per_host;
};

/* Traps: URLs that a server makes up without end. A path that goes round its own links
 * (/a/b/a/b/a/b) shows it by a part, or a row of parts, that comes again at once. */
#define SCOPE_URL_MAX     2000 /* bytes */
#define SCOPE_DEPTH_MAX   20   /* parts of a path */
#define SCOPE_ROWS_MAX    2    /* how often the same row of parts follows itself */
#define SCOPE_REPEATS_MAX 3    /* how often the same part comes in one path */

enum scope_verdict {
    SCOPE_IN,
    SCOPE_OUT,          /* "out_of_scope" */
    SCOPE_TOO_DEEP,     /* "level" */
    SCOPE_EXCLUDED,     /* "excluded" */
    SCOPE_NOT_INCLUDED, /* "not_included" */
    SCOPE_MAX_PAGES,    /* "max_pages" */
    SCOPE_MAX_PER_HOST, /* "max_per_host" */
    SCOPE_TRAP,         /* "trap" */
    SCOPE_NOFOLLOW,     /* "nofollow": the caller's finding, as are the next */
    SCOPE_ROBOTS,       /* "robots_denied" */
    SCOPE_NOT_WANTED,   /* "not_wanted": a part of a page, without --page-requisites */
    SCOPE_IGNORED       /* "ignored": --ignore */
};

const char *scope_verdict_name(enum scope_verdict v); /* NULL for SCOPE_IN */

struct scope;

/* `config` is copied, what it points to borrowed. */
struct scope *scope_new(const struct scope_config *config);
void scope_free(struct scope *s); /* NULL is allowed */

/* A start URL: what is in scope is told by these. They themselves are, whatever
 * `include` says; also the URL that a start URL redirects to. */
void scope_add_start(struct scope *s, const char *url);

/* Whether a URL found `level` links away from a start URL (0: it is one, so what
 * `include` and the traps are about does not matter) is asked for, but for the counts.
 * Parts of a page (`requisite`) are wherever they lie, one level further on, unless
 * excluded or a trap. The first reason in the order of the verdicts is told. */
enum scope_verdict scope_judge(const struct scope *s, const char *url, uint32_t level,
                               bool requisite);

/* Whether it leaves the scope: what --check asks for once, and does not follow. */
bool scope_is_outside(const struct scope *s, const char *url);

#endif
