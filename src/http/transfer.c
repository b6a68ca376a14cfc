/* A transfer: an easy handle that makes one exchange after the other. Finished handles
 * are kept, and of their settings only what differs is changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/client_internal.h"

/* ---- timers ---- */

int64_t transfer_number(const struct transfer *t, CURLINFO what)
{
    curl_off_t n = 0;

    curl_easy_getinfo(t->easy, what, &n);
    return n > 0 ? n : 0;
}

static void go_on(struct transfer *t)
{
    if (!t->added) /* it ended meanwhile; its task has yet to run */
        return;
    t->last_activity = loop_time();
    t->paused = false;
    /* Bytes that waited are brought to us in there; if we refuse them libcurl would go
     * on without them. */
    if (curl_easy_pause(t->easy, CURLPAUSE_CONT) != CURLE_OK)
        transfer_abort(t, HTTP_PROTOCOL, "the transfer cannot go on");
}

static void resume(struct throttled *throttled)
{
    go_on(container_of(throttled, struct transfer, throttled));
}

static void resume_for_sink(struct body_sink *s)
{
    struct transfer *t = s->transfer;

    if (!t->sink_waits)
        return;
    t->sink_waits = false;
    if (t->paused && !throttled_waits(&t->throttled)) /* its own turn will come */
        go_on(t);
}

void body_sink_resume(struct body_sink *s)
{
    if (s->resume)
        s->resume(s);
}

/* libcurl minds the time, too; but what it ends by itself while it is paused would
 * leak: see shard_stop. */
static void end_in_time(void *arg)
{
    struct transfer *t = arg;

    if (t->paused)
        transfer_abort(t, HTTP_TIMEOUT, "not whole within its time (--max-time)");
}

size_t transfer_hold(struct transfer *t)
{
    t->paused = true;
    if (t->timeout_ms > 0)
        loop_call_at(t->client->loop, &t->limit,
                     t->began + (double)t->timeout_ms / 1e3 - 0.001);
    return CURL_WRITEFUNC_PAUSE;
}

static void attach_sink(struct transfer *t, struct body_sink *s)
{
    if (!s)
        return;
    s->transfer = t;
    s->resume = resume_for_sink;
}

static void detach_sink(struct body_sink *s)
{
    if (!s)
        return;
    s->transfer = NULL;
    s->resume = NULL;
}

/* libcurl tells of sent bytes only when asked; until the connection stands, its own
 * time limit applies. */
static double last_sign_of_life(struct transfer *t)
{
    int64_t ready = transfer_number(t, CURLINFO_PRETRANSFER_TIME_T), sent;
    double since;

    if (ready == 0 || throttled_waits(&t->throttled) || t->sink_waits)
        return loop_time();
    sent = transfer_number(t, CURLINFO_SIZE_UPLOAD_T);
    if (sent != t->uploaded) {
        t->uploaded = sent;
        t->last_activity = loop_time();
    }
    since = t->began + (double)ready / 1e6;
    return since > t->last_activity ? since : t->last_activity;
}

/* The timer is not moved with every byte: it looks, when it runs, how long ago the last
 * one was, and sleeps for the rest. */
static void look_for_stall(void *arg)
{
    struct transfer *t = arg;
    double limit = t->client->config.stall_timeout;
    double left = last_sign_of_life(t) + limit - loop_time();
    char why[64];

    if (left > 0) {
        loop_call_later(t->client->loop, &t->stall, left);
        return;
    }
    snprintf(why, sizeof(why), "nothing was received or sent for %g s", limit);
    transfer_abort(t, HTTP_STALLED, why);
}

/* ---- life ---- */

struct transfer *transfer_new(struct shard *s)
{
    struct transfer *t = mem_zalloc(sizeof(*t));

    t->shard = s;
    t->client = s->client;
    list_init(&t->node);
    timer_init(&t->stall, look_for_stall, t);
    timer_init(&t->limit, end_in_time, t);
    throttled_init(&t->throttled, resume);
    t->easy = easy_new(t);
    return t;
}

void transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    free(t);
}

/* ---- an exchange ---- */

static bool wants_length(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "PATCH") == 0;
}

static void set_method(struct transfer *t, const struct request *rq,
                       const struct hop *hop)
{
    const char *method = hop->method;
    bool body = (hop->send_body && rq->body) || wants_length(method);
    bool plain = strcmp(method, "GET") == 0 && !body;
    const char *custom = strcmp(method, body ? "POST" : "GET") ? method : NULL;

    if (plain && !t->has_body && !t->has_method)
        return;
    if (body) {
        const char *bytes = hop->send_body && rq->body ? rq->body : "";

        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, bytes);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(*bytes || hop->send_body ? rq->body_len : 0));
    } else {
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, NULL);
        curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
    }
    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
        custom = NULL;
    }
    curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, custom);
    t->has_body = body;
    t->has_method = !plain && !body;
}

static void set_credentials(struct transfer *t, bool wanted)
{
    const struct client_config *o = &t->client->config;

    if ((!o->userpwd && !o->cookies) || t->credentials_set == wanted)
        return;
    curl_easy_setopt(t->easy, CURLOPT_USERPWD, wanted ? o->userpwd : NULL);
    curl_easy_setopt(t->easy, CURLOPT_COOKIE, wanted ? o->cookies : NULL);
    t->credentials_set = wanted;
}

/* An address needs no lookup, and what is in the cache is looked through each time a
 * connection ends: a run over many addresses keeps none. */
static void set_dns_cache(struct transfer *t, bool address)
{
    if (address == t->dns_uncached)
        return;
    curl_easy_setopt(t->easy, CURLOPT_DNS_CACHE_TIMEOUT, address ? 0L : 60L);
    t->dns_uncached = address;
}

/* New requests wait for a connection that is being made, to share it if it turns out to
 * be HTTP/2. TLS tells so at once; in the clear libcurl would only know when the first
 * response begins, and one slow answer would hold all of its host up. */
static void set_sharing(struct transfer *t, bool secure)
{
    bool wanted = secure && t->client->config.http_version != HTTP_VERSION_1_1;

    if (wanted != t->shares)
        curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, wanted ? 1L : 0L);
    t->shares = wanted;
}

static void forget(struct transfer *t)
{
    t->code = CURLE_OK;
    t->verdict = HTTP_OK;
    t->curl_text[0] = '\0';
    t->opened = false;
    t->open_errno = 0;
    t->body_began = t->headers_over = t->too_large_line = t->sink_waits = false;
    t->granted = 0;
    t->informational = 0;
    t->content_length = -1;
    t->header_bytes = 0;
    t->uploaded = 0;
}

void transfer_prepare(struct transfer *t, const struct request *rq,
                      const struct hop *hop, double seconds, bool fresh,
                      struct response *rs)
{
    struct curl_slist *headers =
        request_header_list(t->client, rq, hop, &t->own_headers);
    long ms = seconds > 0 ? (long)(seconds * 1000) + 1 : 0;

    forget(t);
    t->request = rq;
    t->hop = hop;
    t->response = rs;
    attach_sink(t, rq->sink);
    curl_easy_setopt(t->easy, CURLOPT_URL, hop->url);
    set_method(t, rq, hop);
    set_credentials(t, hop->credentials);
    set_sharing(t, hop->origin.secure);
    if (headers != t->headers_set)
        curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, headers);
    t->headers_set = headers;
    if (ms != t->timeout_ms)
        curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, ms);
    t->timeout_ms = ms;
    if (fresh != t->fresh)
        curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, (long)fresh);
    t->fresh = fresh;
    if (hop->last != t->closes)
        curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, (long)hop->last);
    t->closes = hop->last;
    set_dns_cache(t, origin_is_address(&hop->origin));
    if (t->client->resolve) /* libcurl reads the list once a request */
        curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->client->resolve);
    t->began = t->last_activity = loop_time();
    if (t->client->config.stall_timeout > 0)
        loop_call_later(t->client->loop, &t->stall, t->client->config.stall_timeout);
}

void transfer_verdict(struct transfer *t, enum http_error verdict, const char *format,
                      ...)
{
    va_list ap;

    if (t->verdict) /* the first reason is the cause, the rest its consequences */
        return;
    t->verdict = verdict;
    va_start(ap, format);
    vsnprintf(t->verdict_text, sizeof(t->verdict_text), format, ap);
    va_end(ap);
}

void transfer_abort(struct transfer *t, enum http_error verdict, const char *why)
{
    if (!t->added) /* it has ended already, and as well as it did */
        return;
    transfer_verdict(t, verdict, "%s", why);
    shard_stop(t);
    t->code = CURLE_ABORTED_BY_CALLBACK;
    if (!future_done(&t->done))
        future_set_result(&t->done, NULL);
}

/* ---- what came of it ---- */

static int info_long(CURL *easy, CURLINFO what)
{
    long n = 0;

    curl_easy_getinfo(easy, what, &n);
    return (int)n;
}

static void copy_address(CURL *easy, CURLINFO what, char out[INET6_ADDRSTRLEN])
{
    char *ip = NULL;

    curl_easy_getinfo(easy, what, &ip);
    if (ip)
        snprintf(out, INET6_ADDRSTRLEN, "%s", ip);
}

static void collect_times(const struct transfer *t, struct timings *times)
{
    times->namelookup = transfer_number(t, CURLINFO_NAMELOOKUP_TIME_T);
    times->connect = transfer_number(t, CURLINFO_CONNECT_TIME_T);
    times->appconnect = transfer_number(t, CURLINFO_APPCONNECT_TIME_T);
    times->pretransfer = transfer_number(t, CURLINFO_PRETRANSFER_TIME_T);
    times->starttransfer = transfer_number(t, CURLINFO_STARTTRANSFER_TIME_T);
}

static const char *http_version_name(int version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return "1.0";
    case CURL_HTTP_VERSION_1_1:
        return "1.1";
    case CURL_HTTP_VERSION_2_0:
        return "2";
    case CURL_HTTP_VERSION_3:
        return "3";
    default:
        return "";
    }
}

static void collect_info(struct transfer *t)
{
    struct response *rs = t->response;
    CURL *e = t->easy;

    collect_times(t, &rs->times);
    rs->num_connects = info_long(e, CURLINFO_NUM_CONNECTS);
    rs->size_request = info_long(e, CURLINFO_REQUEST_SIZE);
    rs->size_upload = transfer_number(t, CURLINFO_SIZE_UPLOAD_T);
    rs->remote_port = info_long(e, CURLINFO_PRIMARY_PORT);
    rs->local_port = info_long(e, CURLINFO_LOCAL_PORT);
    copy_address(e, CURLINFO_PRIMARY_IP, rs->remote_ip);
    copy_address(e, CURLINFO_LOCAL_IP, rs->local_ip);
    if (rs->status)
        snprintf(rs->http_version, sizeof(rs->http_version), "%s",
                 http_version_name(info_long(e, CURLINFO_HTTP_VERSION)));
}

void transfer_collect(struct transfer *t)
{
    struct response *rs = t->response;

    timer_stop(&t->stall);
    timer_stop(&t->limit);
    throttled_cancel(&t->throttled);
    if (t->code == CURLE_OK)
        receive_end(t);
    decoder_free(t->decoder);
    t->decoder = NULL;
    detach_sink(t->request->sink);
    rs->times.total = (int64_t)((loop_time() - t->began) * 1e6);
    if (shard_acted(t)) /* else the handle still tells of the exchange before */
        collect_info(t);
    outcome_judge(t);
    if (t->own_headers) {
        curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
        curl_slist_free_all(t->own_headers);
        t->own_headers = NULL;
        t->headers_set = NULL;
    }
}
