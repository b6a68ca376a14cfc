#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "http/client_internal.h"
#include "http/dns.h"
#include "http/files.h"

/* libcurl moved its loading of certificates behind SSL_CTX_FUNCTION in 8.17. */
#define LAST_VERSION_THAT_TAKES_A_STORE 0x0810ff

/* A lookup that failed after this long did so for want of an answer. */
#define SLOW_LOOKUP_US 1000000

void client_config_init(struct client_config *config)
{
    *config = (struct client_config){
        .limits = {.total = 64, .per_host = 8},
        .retry = RETRY_DEFAULT,
        .max_redirects = 10,
        .connect_timeout = 30,
        .stall_timeout = 30,
    };
}

/* ---- life ---- */

static struct curl_slist *list_from(string_list strings)
{
    struct curl_slist *list = NULL;

    for (; strings && *strings; strings++)
        list = slist_add(list, *strings);
    return list;
}

/* The store is shared where this libcurl and its TLS library let us. */
static bool takes_store(void)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

    return v->version_num <= LAST_VERSION_THAT_TAKES_A_STORE && v->ssl_version &&
           strncmp(v->ssl_version, "OpenSSL", 7) == 0;
}

static bool environment_has_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy", "ALL_PROXY"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (getenv(names[i]))
            return true;
    return false;
}

static bool load_store(struct client *c, const char **why)
{
    CURL *e;
    char *file = NULL;

    if (c->castore)
        return true;
    e = curl_easy_init();
    if (!e)
        mem_exhausted();
    curl_easy_getinfo(e, CURLINFO_CAINFO, &file); /* where this libcurl looks */
    c->castore = castore_new(c->config.cacert, file, why);
    curl_easy_cleanup(e);
    return c->castore != NULL;
}

/* One handle reads the file into what all of them share. */
static bool load_cookies(struct client *c, const char **why)
{
    CURL *e;

    if (!c->config.cookie_file)
        return true;
    if (*c->config.cookie_file && access(c->config.cookie_file, R_OK) < 0) {
        *why = "the cookie file cannot be read";
        return false;
    }
    c->share = curl_share_init();
    e = curl_easy_init();
    if (!c->share || !e)
        mem_exhausted();
    curl_share_setopt(c->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    curl_easy_setopt(e, CURLOPT_SHARE, c->share);
    curl_easy_setopt(e, CURLOPT_COOKIEFILE, c->config.cookie_file);
    curl_easy_setopt(e, CURLOPT_COOKIELIST, "RELOAD");
    curl_easy_cleanup(e);
    return true;
}

static bool files_readable(const struct client_config *o, const char **why)
{
    if (o->cert && access(o->cert, R_OK) < 0) {
        *why = "the client certificate (--cert) cannot be read";
        return false;
    }
    if (o->key && access(o->key, R_OK) < 0) {
        *why = "the private key (--key) cannot be read";
        return false;
    }
    return true;
}

static void plan_files(struct client *c)
{
    struct limits_config limits = c->config.limits;
    struct file_plan plan = file_plan_make(limits.total, limits.per_host,
                                           c->config.extra_files, SHARDS_MAX);

    limits.total = plan.total;
    c->limits = limits_new(c->loop, &limits);
    c->shard_count = plan.shards;
    c->shard_room = plan.shard_room;
}

struct client *client_new(const struct client_config *config, const char **why)
{
    struct client *c;

    if (!files_readable(config, why))
        return NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        mem_exhausted();
    c = mem_zalloc(sizeof(*c));
    c->config = *config;
    c->loop = loop_current();
    c->own_castore = takes_store();
    c->env_proxy = environment_has_proxy();
    plan_files(c);
    c->resolve = list_from(config->resolve);
    c->connect_to = list_from(config->connect_to);
    client_headers_init(c);
    if (config->limit_rate > 0)
        c->throttle = throttle_new(c->loop, config->limit_rate);
    if ((config->cacert && !load_store(c, why)) || !load_cookies(c, why)) {
        client_free(c);
        return NULL;
    }
    return c;
}

void client_free(struct client *c)
{
    for (unsigned i = 0; i < c->shard_count; i++)
        if (c->shards[i])
            shard_free(c->shards[i]);
    limits_free(c->limits);
    throttle_free(c->throttle);
    if (c->share)
        curl_share_cleanup(c->share);
    castore_free(c->castore);
    curl_slist_free_all(c->resolve);
    curl_slist_free_all(c->connect_to);
    curl_slist_free_all(c->headers);
    curl_slist_free_all(c->plain_headers);
    free(c);
    curl_global_cleanup();
}

struct limits *client_limits(struct client *c)
{
    return c->limits;
}

const struct client_config *client_config(const struct client *c)
{
    return &c->config;
}

size_t client_connections(const struct client *c)
{
    return (size_t)c->shard_count * c->shard_room;
}

/* ---- an exchange ---- */

static struct shard *shard_at(struct client *c, unsigned i)
{
    if (!c->shards[i])
        c->shards[i] = shard_new(c);
    return c->shards[i];
}

/* A host stays with its shard, where its connections are, until that is full; then it
 * flows over into the next ones. */
static struct shard *shard_for(struct client *c, const char *origin)
{
    unsigned home = (unsigned)(map_hash(0, origin) % c->shard_count);

    for (unsigned i = 0; i < c->shard_count; i++) {
        struct shard *s = shard_at(c, (home + i) % c->shard_count);

        if (s->active < c->shard_room)
            return s;
    }
    return shard_at(c, home);
}

static struct transfer *take_transfer(struct shard *s)
{
    struct list *node = list_shift(&s->idle);

    return node ? container_of(node, struct transfer, node) : transfer_new(s);
}

static void run(struct transfer *t)
{
    int r;

    future_init(&t->done, "a response");
    shard_start(t->shard, t);
    r = future_await(&t->done);
    future_clear(&t->done);
    if (r < 0) {
        /* Whatever else happened before the task ran again: a request to end that was
         * returned by an await must not be lost. */
        t->verdict = HTTP_OK;
        transfer_verdict(t, HTTP_CANCELLED, "cancelled");
        shard_stop(t);
        t->code = CURLE_ABORTED_BY_CALLBACK;
    }
}

/* Two kinds are not fit for another exchange with libcurl 7.88. It keeps the name of a
 * Host header that was set for the cookies of later requests without one, and would
 * send these to other hosts. And what it holds of a paused HTTP/2 stream outlasts the
 * stream's end while others use the connection: it would come as part of the next body.
 */
static void put_transfer(struct transfer *t)
{
    if (t->client->share || t->paused)
        transfer_free(t);
    else
        list_prepend(&t->shard->idle, &t->node);
}

static async void classify(struct client *c, const struct hop *hop, struct response *rs)
{
    if (rs->times.total > SLOW_LOOKUP_US)
        rs->error = HTTP_DNS_TEMPORARY;
    else
        rs->error = dns_classify(hop->origin.text, c->config.ip_version);
    if (rs->error == HTTP_CANCELLED)
        response_fail(rs, HTTP_CANCELLED, "cancelled");
}

/* A kept connection that the server closed just as the request was on its way: libcurl
 * tries others that are kept, and gives up after five. */
static bool was_stale(const struct response *rs, const struct hop *hop)
{
    bool lost = rs->error == HTTP_RESET || rs->error == HTTP_SEND ||
                rs->error == HTTP_EMPTY_REPLY;

    return lost && rs->num_connects == 0 && rs->size_header == 0 &&
           method_idempotent(hop->method);
}

static async void exchange(struct client *c, const struct request *rq,
                           const struct hop *hop, double seconds, bool fresh,
                           struct response *rs)
{
    struct transfer *t = take_transfer(shard_for(c, hop->origin.text));
    bool own_name; /* it is the origin's that was not found, not a proxy's */

    response_reset(rs);
    transfer_prepare(t, rq, hop, seconds, fresh, rs);
    run(t);
    transfer_collect(t);
    own_name = t->code == CURLE_COULDNT_RESOLVE_HOST && !c->connect_to;
    put_transfer(t);
    if (rs->error == HTTP_DNS_NOT_FOUND && own_name)
        classify(c, hop, rs);
}

static double time_left(double seconds, const struct response *rs)
{
    double left = seconds - (double)rs->times.total / 1e6;

    return seconds > 0 && left < 0.001 ? 0.001 : left > 0 ? left : 0;
}

int client_exchange(struct client *c, const struct request *rq, const struct hop *hop,
                    double seconds, struct response *rs)
{
    const char *why;

    if (hop->origin.secure && c->own_castore && !c->config.insecure &&
        !load_store(c, &why)) {
        response_reset(rs);
        response_fail(rs, HTTP_LOCAL_IO, "%s", why);
        return HTTP_LOCAL_IO;
    }
    exchange(c, rq, hop, seconds, false, rs);
    if (was_stale(rs, hop))
        exchange(c, rq, hop, time_left(seconds, rs), true, rs);
    return rs->error == HTTP_CANCELLED ? -ECANCELED : (int)rs->error;
}
