#include "output/summary.h"

#include <string.h>

#include "async/loop.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "output/record_facts.h"

void summary_init(struct summary *s)
{
    *s = (struct summary){.began = loop_time()};
}

void summary_clear(struct summary *s)
{
    histogram_clear(&s->first_byte);
    histogram_clear(&s->total);
}

static uint64_t at_least_zero(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

static void count_outcome(struct summary *s, const struct record *r)
{
    int class = r->call->response.status / 100;

    s->requests++;
    if (!r->error)
        s->succeeded++;
    else if (r->error == HTTP_CANCELLED)
        s->cancelled++;
    else
        s->failed++;
    s->errors[r->error]++;
    if (class >= 0 && class < (int)ARRAY_LEN(s->statuses))
        s->statuses[class]++;
}

void summary_add(struct summary *s, const struct record *r)
{
    const struct call *call = r->call;
    struct timings t = record_times(r);

    count_outcome(s, r);
    s->retries += call->attempts > 1 ? (uint64_t)call->attempts - 1 : 0;
    s->redirects += call->redirect_count;
    s->connections += at_least_zero(call->response.num_connects);
    s->bytes += at_least_zero(call->response.size_download);
    s->waiting += at_least_zero(t.total);
    if (!call->attempts)
        return;
    histogram_add(&s->total, at_least_zero(t.total));
    if (call->response.status)
        histogram_add(&s->first_byte, at_least_zero(t.starttransfer));
}

/* Microseconds since the start; never 0, which nothing can be divided by. */
static int64_t wall(const struct summary *s)
{
    int64_t us = (int64_t)((loop_time() - s->began) * 1e6);

    return us > 0 ? us : 1;
}

static double gain(const struct summary *s, int64_t wall_us)
{
    return (double)s->waiting / (double)wall_us;
}

/* ---- for people ---- */

static void append_count(struct buf *out, uint64_t n, const char *what)
{
    buf_append_uint(out, n);
    buf_append_char(out, ' ');
    buf_append_str(out, what);
    if (n != 1)
        buf_append_char(out, 's');
}

static void append_more(struct buf *out, uint64_t n, const char *what)
{
    if (!n)
        return;
    APPEND_LITERAL(out, ", ");
    buf_append_uint(out, n);
    buf_append_char(out, ' ');
    buf_append_str(out, what);
}

static void append_gain(struct buf *out, const struct summary *s)
{
    int64_t us = wall(s);
    double times = gain(s, us);

    append_count(out, s->requests, "request");
    APPEND_LITERAL(out, ", ");
    str_append_duration(out, (double)s->waiting * 1e-6);
    APPEND_LITERAL(out, " of waiting in ");
    str_append_duration(out, (double)us * 1e-6);
    buf_appendf(out, times < 9.95 ? ": %.1fx\n" : ": %.0fx\n", times);
}

/* "5 failed (3 timeout, 2 http_status)": a cancelled one did not fail. */
static void append_failures(struct buf *out, const struct summary *s)
{
    const char *before = " (";

    append_more(out, s->failed, "failed");
    if (!s->failed)
        return;
    for (int e = HTTP_OK + 1; e < HTTP_ERRORS; e++) {
        if (!s->errors[e] || e == HTTP_CANCELLED)
            continue;
        buf_append_str(out, before);
        buf_append_uint(out, s->errors[e]);
        buf_append_char(out, ' ');
        buf_append_str(out, http_error_name((enum http_error)e));
        before = ", ";
    }
    buf_append_char(out, ')');
}

static void append_percentiles_text(struct buf *out, const char *name,
                                    const struct histogram *h)
{
    static const int percents[] = {50, 90, 99};

    if (!h->total)
        return;
    buf_append_str(out, name);
    for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
        buf_appendf(out, "%s p%d ", i ? "," : "", percents[i]);
        str_append_duration(out, (double)histogram_percentile(h, percents[i]) * 1e-6);
    }
    buf_append_char(out, '\n');
}

void summary_append_text(struct buf *out, const struct summary *s)
{
    append_gain(out, s);
    buf_append_uint(out, s->succeeded);
    APPEND_LITERAL(out, " succeeded");
    append_failures(out, s);
    append_more(out, s->cancelled, "cancelled");
    append_more(out, s->skipped, "answered before");
    APPEND_LITERAL(out, "; ");
    str_append_size(out, (int64_t)s->bytes);
    APPEND_LITERAL(out, ", ");
    append_count(out, s->connections, "connection");
    append_more(out, s->retries, s->retries == 1 ? "retry" : "retries");
    append_more(out, s->redirects, s->redirects == 1 ? "redirect" : "redirects");
    buf_append_char(out, '\n');
    append_percentiles_text(out, "first byte:", &s->first_byte);
    append_percentiles_text(out, "total:     ", &s->total);
}

/* ---- as JSON ---- */

static void append_member(struct buf *out, const char *key, uint64_t n)
{
    json_append_key(out, key);
    buf_append_uint(out, n);
}

static void append_seconds(struct buf *out, const char *key, uint64_t us)
{
    json_append_key(out, key);
    buf_append_seconds(out, (int64_t)us);
}

static void append_percentiles(struct buf *out, const char *key,
                               const struct histogram *h)
{
    json_append_key(out, key);
    buf_append_char(out, '{');
    append_seconds(out, "p50", histogram_percentile(h, 50));
    append_seconds(out, "p90", histogram_percentile(h, 90));
    append_seconds(out, "p99", histogram_percentile(h, 99));
    buf_append_char(out, '}');
}

static void append_statuses(struct buf *out, const struct summary *s)
{
    char key[] = "0xx";

    json_append_key(out, "statuses");
    buf_append_char(out, '{');
    for (size_t i = 1; i < ARRAY_LEN(s->statuses); i++) {
        key[0] = (char)('0' + i);
        if (s->statuses[i])
            append_member(out, key, s->statuses[i]);
    }
    buf_append_char(out, '}');
}

static void append_errors(struct buf *out, const struct summary *s)
{
    json_append_key(out, "errors");
    buf_append_char(out, '{');
    for (int e = HTTP_OK + 1; e < HTTP_ERRORS; e++)
        if (s->errors[e])
            append_member(out, http_error_name((enum http_error)e), s->errors[e]);
    buf_append_char(out, '}');
}

void summary_append_json(struct buf *out, const struct summary *s)
{
    int64_t us = wall(s);

    buf_append_char(out, '{');
    append_member(out, "schema", 1);
    append_member(out, "requests", s->requests);
    append_member(out, "succeeded", s->succeeded);
    append_member(out, "failed", s->failed);
    append_member(out, "cancelled", s->cancelled);
    append_member(out, "skipped", s->skipped);
    append_member(out, "retries", s->retries);
    append_member(out, "redirects", s->redirects);
    append_member(out, "connections", s->connections);
    append_member(out, "bytes", s->bytes);
    append_seconds(out, "wall_time", (uint64_t)us);
    append_seconds(out, "request_time", s->waiting);
    append_seconds(out, "gain", (uint64_t)(gain(s, us) * 1e6));
    append_percentiles(out, "time_starttransfer", &s->first_byte);
    append_percentiles(out, "time_total", &s->total);
    append_statuses(out, s);
    append_errors(out, s);
    APPEND_LITERAL(out, "}\n");
}
