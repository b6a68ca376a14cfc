#include "crawl/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "crawl/errand.h"
#include "crawl/normal.h"
#include "crawl/robots.h"

/* RFC 9309, 2.4. */
static const double MAX_AGE = 24 * 60 * 60;

/* Seconds between two requests that nobody expects. */
static const double LONG_DELAY = 30;

struct fetch;

struct host {
    struct hosts *hosts;
    struct robots *rules; /* NULL: not there yet, or `denied` */
    enum http_error denied;
    char *why;           /* owned; NULL unless denied */
    double expires;      /* loop_time; 0: nothing is known yet */
    struct fetch *fetch; /* of its robots.txt, while that is under way */
    struct list waiters;
    bool told; /* of its sitemaps */
    char origin[];
};

struct hosts {
    struct hosts_config config;
    struct map map;    /* origin: struct host */
    struct host *last; /* that was looked up; NULL: none */
    struct buf key;
    bool stopped;
};

struct fetch {
    struct errand errand;
    struct host *host;
    struct robots *rules;
    char *asked; /* the URL for which it was fetched */
    size_t bytes;
    bool cut; /* behind ROBOTS_BYTES_MAX */
};

/* ---- looking up ---- */

static struct host *host_new(struct hosts *h, const char *origin)
{
    size_t n = strlen(origin) + 1;
    struct host *host = mem_zalloc(sizeof(*host) + n);

    memcpy(host->origin, origin, n);
    host->hosts = h;
    list_init(&host->waiters);
    map_set(&h->map, host->origin, host);
    return host;
}

static void host_free(struct host *host)
{
    robots_free(host->rules);
    free(host->why);
    free(host);
}

/* NULL: nobody has asked about it. Links mostly stay on their host. */
static struct host *find(struct hosts *h, const char *url)
{
    struct slice origin = normal_origin(url);

    if (h->last && slice_eq(origin, h->last->origin))
        return h->last;
    buf_reset(&h->key);
    buf_append(&h->key, origin.data, origin.len);
    h->last = map_get(&h->map, h->key.data);
    return h->last;
}

static bool is_known(const struct host *host)
{
    return host->expires > 0 && loop_time() < host->expires;
}

/* ---- answers ---- */

static void answer(struct host *host, struct hosts_waiter *w)
{
    if (host->denied)
        w->answer(w, host->denied, host->why);
    else if (robots_allows(host->rules, normal_path(w->url)))
        w->answer(w, HTTP_OK, NULL);
    else
        w->answer(w, HTTP_ROBOTS_DENIED, "robots.txt asks for it to be left alone");
}

/* Who is answered may ask again, of the same host. */
static void answer_all(struct host *host)
{
    struct list waiters, *node;

    list_init(&waiters);
    list_splice(&waiters, &host->waiters);
    while ((node = list_shift(&waiters)))
        answer(host, container_of(node, struct hosts_waiter, node));
}

/* ---- robots.txt arrives ---- */

static struct fetch *fetch_of(struct body_sink *s)
{
    return container_of(s, struct fetch, errand.sink);
}

/* Each attempt begins anew. */
static enum body_use begin(struct body_sink *s, const struct response *rs)
{
    struct fetch *f = fetch_of(s);

    robots_free(f->rules);
    f->rules = robots_new(f->host->hosts->config.product);
    f->bytes = 0;
    return rs->status >= 200 && rs->status < 300 ? BODY_TAKE : BODY_DROP;
}

static enum body_use take(struct body_sink *s, const char *data, size_t n)
{
    struct fetch *f = fetch_of(s);

    robots_feed(f->rules, data, n);
    f->bytes += n;
    if (f->bytes <= ROBOTS_BYTES_MAX)
        return BODY_TAKE;
    f->cut = true;
    s->error = HTTP_TOO_LARGE;
    s->why = "the rest of robots.txt is not read";
    return BODY_REFUSE;
}

/* ---- what it means (RFC 9309, 2.3.1) ---- */

static void deny(struct host *host, enum http_error error, const char *format,
                 const char *text)
{
    struct buf why = BUF_INIT;

    buf_append_str(&why, format);
    buf_append_str(&why, text);
    host->denied = error;
    host->why = buf_take(&why);
}

static void deny_status(struct host *host, int status)
{
    struct buf code = BUF_INIT;

    buf_append_int(&code, status);
    deny(host, HTTP_ROBOTS_DENIED, "robots.txt gave HTTP ", code.data);
    buf_clear(&code);
}

static bool is_unavailable(const struct response *rs)
{
    if (rs->error == HTTP_TOO_MANY_REDIRECTS || rs->error == HTTP_REDIRECT_REFUSED)
        return true;
    return !rs->error && rs->status < 500 && rs->status != 429;
}

static bool is_there(const struct fetch *f)
{
    const struct response *rs = &f->errand.call.response;

    if (rs->status < 200 || rs->status >= 300 || !f->rules)
        return false;
    return !rs->error || rs->error == HTTP_TOO_LARGE; /* by us, or --max-size */
}

static void judge(struct host *host, struct fetch *f)
{
    const struct response *rs = &f->errand.call.response;

    robots_free(host->rules);
    host->rules = NULL;
    free(host->why);
    host->why = NULL;
    host->denied = HTTP_OK;
    if (is_there(f)) {
        robots_finish(f->rules);
        host->rules = f->rules;
        f->rules = NULL;
    } else if (is_unavailable(rs)) {
        host->rules = robots_new(host->hosts->config.product);
        robots_allow_all(host->rules);
    } else if (rs->error) {
        deny(host, rs->error, "robots.txt cannot be had: ",
             rs->message ? rs->message : http_error_name(rs->error));
    } else {
        deny_status(host, rs->status);
    }
}

static void tell_sitemaps(struct host *host, const char *asked)
{
    const struct hosts_config *o = &host->hosts->config;
    const char *url;

    if (host->told || !host->rules)
        return;
    host->told = true;
    for (size_t i = 0; (url = robots_sitemap(host->rules, i)); i++)
        o->sitemap(url, asked, o->arg);
}

static void fetch_free(struct fetch *f)
{
    robots_free(f->rules);
    errand_clear(&f->errand);
    free(f->asked);
    free(f);
}

/* Who waits that long wonders why. */
static void keep_delay(struct host *host, const char *first)
{
    struct limits *limits = client_limits(host->hosts->config.client);
    double delay = host->rules ? robots_delay(host->rules) : 0;

    if (delay > 0)
        limits_set_delay(limits, first, delay);
    if (delay >= LONG_DELAY)
        log_warning("%s: robots.txt asks for %.0f s between two requests (Crawl-delay)",
                    host->origin, delay);
}

static void fetched(struct errand *e)
{
    struct fetch *f = container_of(e, struct fetch, errand);
    struct host *host = f->host;

    host->fetch = NULL;
    if (e->call.response.error == HTTP_CANCELLED) {
        fetch_free(f);
        hosts_stop(host->hosts);
        return;
    }
    judge(host, f);
    host->expires = loop_time() + MAX_AGE;
    keep_delay(host, e->call.first.text);
    tell_sitemaps(host, f->asked);
    fetch_free(f);
    answer_all(host);
}

static void fetch_start(struct host *host, struct pool *pool, const char *asked)
{
    struct hosts *h = host->hosts;
    struct fetch *f = mem_zalloc(sizeof(*f));
    struct buf url = BUF_INIT;

    buf_appendf(&url, "%s/robots.txt", host->origin);
    errand_init(&f->errand, url.data, fetched);
    buf_clear(&url);
    f->errand.sink.begin = begin;
    f->errand.sink.write = take;
    f->errand.request.stranger = h->config.is_stranger(asked, h->config.arg);
    f->host = host;
    f->asked = mem_strdup(asked);
    host->fetch = f;
    pool_submit(pool, &f->errand.call);
}

/* ---- the interface ---- */

struct hosts *hosts_new(const struct hosts_config *config)
{
    struct hosts *h = mem_zalloc(sizeof(*h));

    h->config = *config;
    map_init(&h->map);
    return h;
}

void hosts_free(struct hosts *h)
{
    struct host *host;
    size_t pos = 0;

    if (!h)
        return;
    while ((host = map_next(&h->map, &pos)))
        host_free(host);
    map_clear(&h->map);
    buf_clear(&h->key);
    free(h);
}

void hosts_ask(struct hosts *h, struct pool *pool, struct hosts_waiter *w)
{
    struct host *host;

    list_init(&w->node);
    if (h->stopped || h->config.no_robots) {
        w->answer(w, h->stopped ? HTTP_CANCELLED : HTTP_OK, "cancelled");
        return;
    }
    host = find(h, w->url);
    if (!host)
        h->last = host = host_new(h, h->key.data);
    if (is_known(host)) {
        answer(host, w);
        return;
    }
    list_append(&host->waiters, &w->node);
    if (!host->fetch)
        fetch_start(host, pool, w->url);
}

bool hosts_forbid(struct hosts *h, const char *url)
{
    struct host *host = h->config.no_robots ? NULL : find(h, url);

    return host && host->rules && !robots_allows(host->rules, normal_path(url));
}

void hosts_stop(struct hosts *h)
{
    struct host *host;
    size_t pos = 0;

    h->stopped = true;
    while ((host = map_next(&h->map, &pos))) {
        struct list *node;

        while ((node = list_shift(&host->waiters))) {
            struct hosts_waiter *w = container_of(node, struct hosts_waiter, node);

            w->answer(w, HTTP_CANCELLED, "cancelled");
        }
    }
}
