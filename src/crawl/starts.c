/* The start URLs: read, made normal, told to scope and frontier. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crawl/job.h"

/* A line of the input. */
struct start {
    struct start *next;
    struct item item; /* of one that is wrong */
    char *url;        /* normal; NULL: wrong */
    char *id;         /* raw JSON; NULL: none */
};

struct starts {
    struct start *first, **end;
    struct start *wrong; /* where the search for the next of these goes on */
    struct map ids;      /* by URL: struct start */
    struct map origins;  /* the keys are owned */
};

/* ---- reading ---- */

static bool has_login(const char *url)
{
    const char *scheme = strstr(url, "://"), *host = scheme ? scheme + 3 : url;

    return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

/* Pages are asked for as pages are, and known by URLs without a login: one that is
 * given there would be lost without a word. */
static void refuse_requests(struct item *item)
{
    const struct request *rq = &item->request;

    if (!item->why && (rq->method || rq->body || rq->header_count))
        item->why = mem_strdup("a crawl begins with plain URLs: no method, no headers, "
                               "no body");
    else if (!item->why && has_login(rq->url))
        item->why = mem_strdup("a crawl takes no login from a URL: give it with -u "
                               "NAME:PASSWORD");
}

static char *normal_of(struct crawl *c, const char *url)
{
    char *absolute = url_effective(url); /* what has no scheme is http */
    struct normal_base *base = absolute ? normal_base_new(absolute) : NULL;
    char *normal = NULL;

    if (base && normal_resolve(base, slice_str(absolute), c->o->drop, &c->scratch,
                               NULL) == URL_OK)
        normal = mem_strdup(c->scratch.data);
    normal_base_free(base);
    free(absolute);
    return normal;
}

static void add_line(struct crawl *c, struct starts *s, struct item *item)
{
    struct start *start = mem_zalloc(sizeof(*start));

    refuse_requests(item);
    start->url = item->why ? NULL : normal_of(c, item->request.url);
    if (start->url) {
        start->id = item->id;
        item->id = NULL;
        item_clear(item);
    } else {
        start->item = *item;
    }
    *s->end = start;
    s->end = &start->next;
}

struct starts *starts_read(struct crawl *c)
{
    struct starts *s = mem_zalloc(sizeof(*s));
    struct item item;
    int r;

    s->end = &s->first;
    map_init(&s->ids);
    map_init(&s->origins);
    while ((r = source_next(c->run.source, &item)) > 0)
        add_line(c, s, &item);
    s->wrong = s->first;
    if (r == 0)
        return s;
    starts_free(s);
    return NULL;
}

void starts_free(struct starts *s)
{
    struct start *start;
    size_t pos = 0;
    char *origin;

    if (!s)
        return;
    while ((start = s->first)) {
        s->first = start->next;
        item_clear(&start->item);
        free(start->url);
        free(start->id);
        free(start);
    }
    map_clear(&s->ids);
    while ((origin = map_next(&s->origins, &pos))) {
        map_remove(&s->origins, origin);
        free(origin);
    }
    map_clear(&s->origins);
    free(s);
}

/* ---- telling ---- */

/* As they are given, since a person reads which of them is another one. */
static void describe_options(const struct crawl_options *o, struct buf *text)
{
    static const char *const kinds[] = {"prefix", "host", "domain", "any"};

    buf_appendf(text, "--scope %s\n", kinds[o->scope.kind]);
    if (o->scope.level == SCOPE_LEVEL_INF)
        buf_append_str(text, "--level inf\n");
    else
        buf_appendf(text, "--level %u\n", (unsigned)o->scope.level);
    buf_append_str(text, o->requisites ? "--page-requisites\n" : "");
    buf_append_str(text, o->check ? "--check\n" : "");
    pattern_describe(o->scope.include, "--include", text);
    pattern_describe(o->scope.exclude, "--exclude", text);
    pattern_describe(o->drop, "--drop-query", text);
}

/* Sitemaps alone are where a crawl starts from, but for being pages of it. */
static string_list sitemaps_alone(const struct crawl *c)
{
    static const char *const none[] = {NULL};

    return !c->starts->first && c->o->sitemaps ? c->o->sitemaps : none;
}

char *starts_describe(const struct crawl *c)
{
    struct buf text = BUF_INIT;

    describe_options(c->o, &text);
    for (const struct start *start = c->starts->first; start; start = start->next)
        if (start->url)
            buf_appendf(&text, "%s\n", start->url);
    for (string_list url = sitemaps_alone(c); *url; url++)
        buf_appendf(&text, "--sitemap %s\n", *url);
    return buf_take(&text);
}

static void add_origin(struct starts *s, const char *url)
{
    char *origin = slice_dup(normal_origin(url));

    if (map_get(&s->origins, origin))
        free(origin);
    else
        map_set(&s->origins, origin, origin);
}

static void add_sitemaps_alone(struct crawl *c)
{
    for (string_list url = sitemaps_alone(c); *url; url++) {
        char *normal = normal_of(c, *url);

        if (normal) {
            scope_add_start(c->scope, normal);
            add_origin(c->starts, normal);
        }
        free(normal);
    }
}

void starts_add(struct crawl *c)
{
    for (struct start *start = c->starts->first; start; start = start->next) {
        struct found found = {.url = start->url, .reason = VISIT_START};

        if (!start->url)
            continue;
        scope_add_start(c->scope, start->url);
        add_origin(c->starts, start->url);
        if (start->id && !map_get(&c->starts->ids, start->url))
            map_set(&c->starts->ids, start->url, start);
        frontier_add(c->frontier, &found);
    }
    add_sitemaps_alone(c);
}

bool starts_next_wrong(struct crawl *c, struct item *item)
{
    struct start *start = c->starts->wrong;

    while (start && start->url)
        start = start->next;
    c->starts->wrong = start ? start->next : NULL;
    if (!start)
        return false;
    *item = start->item;
    start->item = (struct item){0};
    return true;
}

const char *starts_id(const struct crawl *c, const char *url)
{
    const struct start *start = map_get(&c->starts->ids, url);

    return start ? start->id : NULL;
}

bool crawl_is_stranger(const char *url, void *arg)
{
    const struct crawl *c = arg;
    char *origin = slice_dup(normal_origin(url));
    bool known = map_get(&c->starts->origins, origin) != NULL;

    free(origin);
    return !known;
}
