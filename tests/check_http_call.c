#include "check_http.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/body_sink.h"
#include "http/call.h"

/* A second origin. */
static struct server other;

/* A request and its call, which is driven as client_fetch drives its own. */
struct job {
    struct request request;
    struct call call;
};

static void job_init(struct job *j, const char *target)
{
    char url[2048];

    snprintf(url, sizeof(url), "%s%s", *target == '/' ? server.origin : "", target);
    request_init(&j->request, url);
    j->request.keep_body = true;
    call_init(&j->call, &j->request);
}

static void job_clear(struct job *j)
{
    call_clear(&j->call);
    request_clear(&j->request);
}

static async enum http_error drive_on(struct job *j, enum call_next next)
{
    struct call *call = &j->call;
    double delay = 0;

    while (next != CALL_DONE) {
        if (next == CALL_RETRY)
            task_sleep(delay);
        ck_assert_int_eq(
            limits_acquire(client_limits(client), &call->ticket, call_origin(call)), 0);
        next = call_step(call, client, &delay);
        limits_release(&call->ticket);
    }
    return call->response.error;
}

static async enum http_error drive(struct job *j)
{
    return drive_on(j, call_check(&j->call) ? CALL_REDIRECT : CALL_DONE);
}

/* ---- redirects ---- */

static const struct {
    const char *method, *body;
} methods[] = {
    {"GET", NULL}, {"HEAD", NULL}, {"POST", "data"}, {"PUT", "data"}, {"DELETE", NULL},
};

static const char *method_after(int status, const char *method)
{
    if (status == 303)
        return strcmp(method, "HEAD") == 0 ? "HEAD" : "GET";
    return status < 303 && strcmp(method, "POST") == 0 ? "GET" : method;
}

static async void check_redirect(int status, const char *method, const char *body)
{
    const char *expected = method_after(status, method), *seen_body;
    char target[64], seen[32];
    struct job j;

    snprintf(target, sizeof(target), "/to/%d//status/204", status);
    job_init(&j, target);
    j.request.method = mem_strdup(method);
    if (body) {
        request_take_body(&j.request, mem_strdup(body), strlen(body));
        request_add_header(&j.request, "Content-Type: a/b");
        request_add_header(&j.request, "X-Kept: yes");
    }
    ck_assert_int_eq(drive(&j), HTTP_OK);
    ck_assert_int_eq(j.call.response.status, 204);
    ck_assert_uint_eq(j.call.redirect_count, 1);
    ck_assert_int_eq(j.call.redirects[0].status, status);
    ck_assert_str_eq(j.call.redirects[0].url, j.request.url);
    ck_assert_int_eq(j.call.attempts, 1);
    sscanf(server.last.data, "%31s", seen);
    ck_assert_str_eq(seen, expected);
    seen_body = strstr(server.last.data, "\r\n\r\n") + 4;
    if (body && strcmp(expected, method) == 0) {
        ck_assert_str_eq(seen_body, body);
        ck_assert_str_eq(field(&server.last, "Content-Type"), "a/b");
    } else {
        ck_assert_str_eq(seen_body, "");
        ck_assert(!field(&server.last, "Content-Type"));
        ck_assert(!field(&server.last, "Content-Length"));
    }
    if (body)
        ck_assert_str_eq(field(&server.last, "X-Kept"), "yes");
    job_clear(&j);
}

CLIENT_TEST(redirects_and_methods)
{
    static const int statuses[] = {301, 302, 303, 307, 308};

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        for (size_t k = 0; k < ARRAY_LEN(methods); k++)
            check_redirect(statuses[i], methods[k].method, methods[k].body);
    teardown();
    return 0;
}

static async void check_secrets(const struct server *s, bool wanted)
{
    ck_assert(same(field(&s->last, "X-Api-Key"), wanted ? "secret" : NULL));
    ck_assert(same(field(&s->last, "X-Own"), wanted ? "1" : NULL));
    ck_assert(same(field(&s->last, "Cookie"), wanted ? "a=b" : NULL));
    ck_assert(same(field(&s->last, "Authorization"), wanted ? "Basic dTpw" : NULL));
    ck_assert_str_eq(field(&s->last, "Accept"), "text/html");
}

CLIENT_TEST(secrets_stay_at_their_origin)
{
    static const char *const headers[] = {"X-Api-Key: secret", "Accept: text/html",
                                          NULL};
    char target[1024];
    struct job j;

    (void)arg;
    setup(answer_by_target);
    server_start(&other, answer_by_target);
    config.headers = headers;
    config.userpwd = "u:p";
    config.cookies = "a=b";
    make_client();
    for (int i = 0; i < 4; i++) { /* and back again */
        snprintf(target, sizeof(target), "/to/307/%s/%s%s%s", other.origin,
                 i % 2 ? "to/307/" : "", i % 2 ? server.origin : "",
                 i % 2 ? "/status/200" : "status/200");
        job_init(&j, target);
        request_add_header(&j.request, "X-Own: 1");
        if (i >= 2)
            request_take_body(&j.request, mem_strdup("body"), 4);
        ck_assert_int_eq(drive(&j), HTTP_OK);
        ck_assert_int_eq(j.call.response.status, 200);
        check_secrets(&server, true);
        check_secrets(&other, false);
        ck_assert_uint_eq(other.requests, (unsigned)i + 1);
        ck_assert(same(strstr(other.last.data, "\r\n\r\n") + 4, i >= 2 ? "body" : ""));
        job_clear(&j);
    }
    server_stop(&other);
    teardown();
    return 0;
}

CLIENT_TEST(user_names_in_urls)
{
    char url[512];
    struct job j;

    (void)arg;
    setup(answer_by_target);
    server_start(&other, answer_by_target);
    make_client();
    snprintf(url, sizeof(url), "http://u:p@127.0.0.1:%u/to/302//to/302/%s/status/200",
             server.port, other.origin);
    job_init(&j, url);
    ck_assert_int_eq(drive(&j), HTTP_OK);
    ck_assert_uint_eq(j.call.redirect_count, 2);
    ck_assert_str_eq(field(&server.last, "Authorization"), "Basic dTpw");
    ck_assert_ptr_null(field(&other.last, "Authorization"));
    job_clear(&j);
    server_stop(&other);
    teardown();
    return 0;
}

static async int redirect_to_itself(struct exchange *x)
{
    char fields[1200];

    snprintf(fields, sizeof(fields), "Location: %s\r\n", x->target);
    if (strncmp(x->target, "/slow", 5) == 0 && task_sleep(0.1) < 0)
        return -ECANCELED;
    return answer_with(x, 302, fields, "", 0);
}

/* The only line of that name, in any case. */
static bool has_only(const struct server *s, const char *name, const char *value)
{
    size_t n = strlen(name);
    unsigned found = 0;

    for (const char *at = s->last.data; (at = strstr(at, "\r\n")); at += 2)
        found += strncasecmp(at + 2, name, n) == 0 && at[2 + n] == ':';
    return found == 1 && same(field(&s->last, name), value);
}

static void check_extra(const struct server *s, bool first)
{
    ck_assert(has_only(s, "Range", "bytes=0-1"));
    ck_assert(has_only(s, "If-Range", "\"v\""));
    ck_assert(has_only(s, "Accept-Encoding", "identity"));
    ck_assert(has_only(s, "User-Agent", "extra"));
    ck_assert(has_only(s, "Accept", "text/html"));
    ck_assert(same(field(&s->last, "X-Client"), first ? "c" : NULL));
    ck_assert(same(field(&s->last, "X-Own"), first ? "o" : NULL));
}

/* The program's own lines: to any origin, in the place of the user's. */
CLIENT_TEST(extra_headers)
{
    static const char *const headers[] = {"X-Client: c",      "Accept: text/html",
                                          "RANGE: bytes=9-",  "User-agent: client",
                                          "Accept-Encoding:", NULL};
    static const char *const extra[] = {"Range: bytes=0-1", "If-Range: \"v\"",
                                        "Accept-Encoding: identity",
                                        "User-Agent: extra", NULL};
    static const char *const none[] = {NULL};
    char target[256];
    struct job j;

    (void)arg;
    setup(answer_by_target);
    server_start(&other, answer_by_target);
    for (int i = 0; i < 2;
         i++) { /* where the client has lines, and where it has none */
        config.headers = i == 0 ? headers : headers + 5;
        config.user_agent = "configured";
        make_client();
        snprintf(target, sizeof(target), "/to/307/%s/status/200", other.origin);
        job_init(&j, target);
        j.request.extra_headers = extra;
        request_add_header(&j.request, "X-Own: o");
        request_add_header(&j.request, "X-Client: c");
        request_add_header(&j.request, "Accept: text/html");
        request_add_header(&j.request, "range: bytes=5-");
        request_add_header(&j.request, "accept-encoding: br");
        ck_assert_int_eq(drive(&j), HTTP_OK);
        check_extra(&server, true);
        check_extra(&other, false);
        job_clear(&j);
        client_free(client);
    }
    make_client();
    job_init(&j, "/status/200"); /* no other lines at all */
    j.request.extra_headers = extra;
    ck_assert_int_eq(drive(&j), HTTP_OK);
    ck_assert(has_only(&server, "Range", "bytes=0-1"));
    ck_assert(has_only(&server, "User-Agent", "extra"));
    job_clear(&j);
    for (int i = 0; i < 2; i++) { /* the same connection, without them */
        job_init(&j, "/status/200");
        j.request.extra_headers = i ? none : NULL;
        ck_assert_int_eq(drive(&j), HTTP_OK);
        ck_assert(has_only(&server, "User-Agent", "configured"));
        ck_assert_ptr_nonnull(strstr(field(&server.last, "Accept-Encoding"), "gzip"));
        ck_assert_ptr_null(field(&server.last, "Range"));
        job_clear(&j);
    }
    server_stop(&other);
    teardown();
    return 0;
}

CLIENT_TEST(too_many_redirects)
{
    struct job j;

    (void)arg;
    setup(redirect_to_itself);
    config.max_redirects = 5;
    config.retry.retries = 3; /* are not for this */
    make_client();
    job_init(&j, "/round");
    ck_assert_int_eq(drive(&j), HTTP_TOO_MANY_REDIRECTS);
    ck_assert_uint_eq(server.requests, 6);
    ck_assert_uint_eq(j.call.redirect_count, 5);
    ck_assert_int_eq(j.call.attempts, 1);
    job_clear(&j);
    teardown();
    return 0;
}

CLIENT_TEST(redirects_that_are_refused)
{
    static const char *const targets[] = {
        "/to/302/file:///etc/passwd", "/to/301/ftp://127.0.0.1/",
        "/to/307/gopher://x/",        "/to/308/http://",
        "/to/303/http://[::1",        "/to/302/javascript:alert(1)"};

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        struct job j;

        job_init(&j, targets[i]);
        ck_assert_msg(drive(&j) == HTTP_REDIRECT_REFUSED, "%s", targets[i]);
        ck_assert_uint_eq(server.requests, i + 1);
        job_clear(&j);
    }
    teardown();
    return 0;
}

CLIENT_TEST(redirects_not_wanted)
{
    struct job j;

    (void)arg;
    setup(answer_by_target);
    config.max_redirects = 0;
    make_client();
    job_init(&j, "/to/302//status/200");
    ck_assert_int_eq(drive(&j), HTTP_OK);
    ck_assert_int_eq(j.call.response.status, 302);
    ck_assert(body_is(&j.call.response, "moved"));
    job_clear(&j);
    teardown();
    return 0;
}

CLIENT_TEST(no_urls)
{
    static const struct {
        const char *url;
        enum http_error error;
    } wrong[] = {{"", HTTP_URL_MALFORMED},
                 {"http://a b/", HTTP_URL_MALFORMED},
                 {"file:///etc/passwd", HTTP_UNSUPPORTED_SCHEME}};

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct response rs = {0};
        struct request rq;

        request_init(&rq, wrong[i].url);
        ck_assert_int_eq(client_fetch(client, &rq, &rs), wrong[i].error);
        ck_assert_ptr_nonnull(rs.message);
        response_clear(&rs);
        request_clear(&rq);
    }
    teardown();
    return 0;
}

/* ---- retries ---- */

static void setup_retries(exchange_fn *handler)
{
    setup(handler);
    config.retry.retries = 2;
    config.retry.delay = 0.002;
    make_client();
}

static async void check_retries(const char *target, const char *method, int retries,
                                int status, int attempts, unsigned requests)
{
    unsigned before = server.requests;
    struct job j;

    server.seen = 0;
    job_init(&j, target);
    j.request.method = method ? mem_strdup(method) : NULL;
    j.request.retries = retries;
    drive(&j);
    ck_assert_int_eq(j.call.response.status, status);
    ck_assert_int_eq(j.call.attempts, attempts);
    ck_assert_uint_eq(server.requests - before, requests);
    ck_assert_double_lt(j.call.queued, 10); /* not since the machine began */
    job_clear(&j);
}

CLIENT_TEST(retries)
{
    (void)arg;
    setup_retries(answer_by_target);
    check_retries("/flaky/2", NULL, REQUEST_DEFAULT, 200, 3, 3);
    check_retries("/flaky/3", NULL, REQUEST_DEFAULT, 503, 3, 3);
    check_retries("/flaky/3", NULL, 3, 200, 4, 4);
    check_retries("/flaky/3", NULL, 0, 503, 1, 1);
    check_retries("/flaky/1", "POST", REQUEST_DEFAULT, 503, 1, 1);
    check_retries("/flaky/1", "PUT", REQUEST_DEFAULT, 200, 2, 2);
    check_retries("/status/404", NULL, REQUEST_DEFAULT, 404, 1, 1);
    check_retries("/cut", NULL, REQUEST_DEFAULT, 200, 3, 3);
    teardown();
    return 0;
}

/* Each attempt begins where the request was meant to go. */
CLIENT_TEST(retry_after_a_redirect)
{
    struct job j;

    (void)arg;
    setup_retries(answer_by_target);
    job_init(&j, "/to/302//flaky/2");
    ck_assert_int_eq(drive(&j), HTTP_OK);
    ck_assert_int_eq(j.call.response.status, 200);
    ck_assert_int_eq(j.call.attempts, 3);
    ck_assert_uint_eq(j.call.redirect_count, 1);
    ck_assert_uint_eq(server.requests, 6);
    job_clear(&j);
    teardown();
    return 0;
}

/* A sink for which some attempts bring something worth having. */
struct worth {
    struct body_sink sink;
    struct call *call;
    int from, to;
};

static enum body_use begin_worth(struct body_sink *s, const struct response *rs)
{
    struct worth *w = container_of(s, struct worth, sink);

    ck_assert_int_eq(rs->status, 200);
    if (w->call->attempts >= w->from && w->call->attempts <= w->to)
        w->call->spared = w->call->attempts;
    return BODY_DROP;
}

static async int attempts_with(int wanted, int from, int to)
{
    struct worth w = {.sink = {.begin = begin_worth}, .from = from, .to = to};
    struct job j;
    int n;

    job_init(&j, "/to/302//cut");
    j.request.keep_body = false;
    j.request.retries = wanted;
    j.request.sink = &w.sink;
    w.call = &j.call;
    ck_assert_int_eq(drive(&j), HTTP_TRUNCATED);
    n = j.call.attempts;
    job_clear(&j);
    return n;
}

/* Attempts that brought something are none of the retries, which begin anew behind the
 * last of them. */
CLIENT_TEST(attempts_that_are_spared)
{
    (void)arg;
    setup_retries(answer_by_target);
    ck_assert_int_eq(attempts_with(2, 0, 0), 3);
    ck_assert_int_eq(attempts_with(2, 1, 1), 4);
    ck_assert_int_eq(attempts_with(2, 2, 2), 5);
    ck_assert_int_eq(attempts_with(2, 3, 3), 6);
    ck_assert_int_eq(attempts_with(2, 4, 4), 3); /* there is no fourth */
    ck_assert_int_eq(attempts_with(2, 1, 5), 8);
    ck_assert_int_eq(attempts_with(1, 1, 9), 11);
    ck_assert_int_eq(attempts_with(0, 1, 9), 1); /* none is wanted at all */
    teardown();
    return 0;
}

/* Also one that has no retries, or was not to be tried again. */
CLIENT_TEST(again)
{
    struct job j;
    double began = loop_time(), between = 0;

    (void)arg;
    setup_retries(answer_by_target);
    job_init(&j, "/to/302//flaky/2");
    j.request.retries = 0;
    for (int i = 1; i <= 3; i++) {
        if (i == 1)
            drive(&j);
        else
            drive_on(&j, CALL_REDIRECT);
        ck_assert_int_eq(j.call.response.status, i < 3 ? 503 : 200);
        ck_assert_int_eq(j.call.attempts, i);
        ck_assert_uint_eq(j.call.redirect_count, 1);
        ck_assert_uint_eq(server.requests, 2 * (unsigned)i);
        between -= loop_time();
        ck_assert_int_eq(task_sleep(0.02), 0);
        between += loop_time();
        call_again(&j.call);
        ck_assert_uint_eq(j.call.redirect_count, 0);
        ck_assert_str_eq(j.call.hop.url, j.request.url);
    }
    ck_assert_double_le(j.call.queued, loop_time() - began - between);
    call_cancel(&j.call, "enough");
    call_again(&j.call);
    ck_assert_int_eq(drive(&j), HTTP_OK); /* from the start, also checked anew */
    job_clear(&j);
    teardown();
    return 0;
}

static double asked_again; /* loop_time */

static async int wait_a_thousand_years(struct exchange *x)
{
    if (x->server->requests == 1)
        return answer_with(x, 503, "Retry-After: 31536000000\r\n", "", 0);
    if (x->server->requests == 2)
        asked_again = loop_time();
    return answer_with(x, 200, "", "", 0);
}

CLIENT_TEST(pause_that_the_server_asks_for)
{
    struct response rs = {0};
    struct job j;
    struct request rq;
    double delay, began;

    (void)arg;
    setup_retries(wait_a_thousand_years);
    client_free(client);
    config.retry.max_delay = 0.1; /* as long as we are willing to wait */
    make_client();
    job_init(&j, "/");
    ck_assert(call_check(&j.call));
    limits_acquire(client_limits(client), &j.call.ticket, call_origin(&j.call));
    began = loop_time();
    ck_assert_int_eq(call_step(&j.call, client, &delay), CALL_RETRY);
    limits_release(&j.call.ticket);
    ck_assert_double_ge(delay, 0.1);
    request_init(&rq, server.origin); /* others of that host wait, too */
    ck_assert_int_eq(client_fetch(client, &rq, &rs), 0);
    ck_assert_double_ge(asked_again - began, 0.1);
    request_clear(&rq);
    response_clear(&rs);
    job_clear(&j);
    teardown();
    return 0;
}

/* ---- time ---- */

CLIENT_TEST(time_limit_spans_redirects)
{
    struct job j;

    (void)arg;
    setup(redirect_to_itself);
    config.max_redirects = 1000;
    config.max_time = 0.35;
    make_client();
    job_init(&j, "/slow");
    ck_assert_int_eq(drive(&j), HTTP_TIMEOUT);
    ck_assert_uint_le(j.call.redirect_count, 3);
    ck_assert_int_ge(j.call.earlier.total + j.call.response.times.total, 349000);
    job_clear(&j);
    job_init(&j, "/slow");
    j.request.max_time = 0.05; /* the request's own */
    ck_assert_int_eq(drive(&j), HTTP_TIMEOUT);
    ck_assert_uint_eq(j.call.redirect_count, 0);
    job_clear(&j);
    teardown();
    return 0;
}

static async int drive_job(void *job)
{
    return (int)drive(job);
}

/* Whether the quick one came within its limit, which it waited for longer than. */
static async bool quick_behind_slow(double limit)
{
    struct job slow, quick;
    struct task *a, *b;
    bool in_time;
    char target[32];

    snprintf(target, sizeof(target), "/slow/%d", (int)(limit * 1000) + 50);
    job_init(&slow, target);
    job_init(&quick, "/status/200");
    quick.request.max_time = limit;
    a = task_create(drive_job, &slow);
    b = task_create(drive_job, &quick);
    ck_assert_int_eq(task_await(a), HTTP_OK);
    in_time = task_await(b) == HTTP_OK;
    ck_assert_double_ge(quick.call.queued, limit);
    ck_assert_double_lt(slow.call.queued, quick.call.queued);
    task_unref(a);
    task_unref(b);
    job_clear(&slow);
    job_clear(&quick);
    return in_time;
}

CLIENT_TEST(waiting_costs_no_time)
{
    bool in_time = false;

    (void)arg;
    setup(answer_by_target);
    config.limits.per_host = 1;
    make_client();
    WITH_LIMITS(limit)
    {
        if ((in_time = quick_behind_slow(limit)))
            break;
    }
    ck_assert(in_time);
    teardown();
    return 0;
}

/* ---- client_fetch: cancelled, and many at once ---- */

struct fetch {
    char target[64];
    struct response response;
    int result;
};

static async int fetch(void *arg)
{
    struct fetch *f = arg;
    struct request rq;
    char url[256];

    snprintf(url, sizeof(url), "%s%s", server.origin, f->target);
    request_init(&rq, url);
    rq.keep_body = true;
    f->result = client_fetch(client, &rq, &f->response);
    request_clear(&rq);
    return f->result;
}

static struct task *fetch_start(struct fetch *f, const char *target)
{
    *f = (struct fetch){.result = 1};
    snprintf(f->target, sizeof(f->target), "%s", target);
    return task_create(fetch, f);
}

static async void expect_cancelled(struct task *t, struct fetch *f)
{
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_int_eq(f->result, -ECANCELED);
    ck_assert_int_eq(f->response.error, HTTP_CANCELLED);
    response_clear(&f->response);
}

CLIENT_TEST(cancelled_in_every_phase)
{
    struct fetch f, holder;
    struct task *t, *hold;

    (void)arg;
    setup(answer_by_target);
    config.limits.total = 1;
    config.retry = (struct retry){
        .retries = 5, .delay = AGES, .max_delay = AGES, .backoff = BACKOFF_CONSTANT};
    make_client();
    t = fetch_start(&f, "/flaky/9"); /* between two attempts */
    UNTIL(server.seen == 1 && limits_active(client_limits(client)) == 0);
    settle();
    expect_cancelled(t, &f);
    hold = fetch_start(&holder, "/hang");
    UNTIL(server.active == 1);
    t = fetch_start(&f, "/status/200"); /* waiting for a place */
    settle();
    expect_cancelled(t, &f);
    expect_cancelled(hold, &holder); /* waiting for an answer */
    ck_assert_uint_eq(server.requests, 2);
    ck_assert_uint_eq(limits_hosts(client_limits(client)), 0);
    hold = fetch_start(&holder, "/hang");
    t = fetch_start(&f, "/status/200");
    UNTIL(server.active == 1);
    expect_cancelled(hold, &holder); /* its place goes on to the next */
    ck_assert_int_eq(task_await(t), 0);
    task_unref(t);
    response_clear(&f.response);
    teardown();
    return 0;
}

CLIENT_TEST(fifty_at_once)
{
    enum { N = 50 };
    static struct fetch f[N];
    struct task *t[N];

    (void)arg;
    setup(answer_by_target);
    config.limits.total = 20;
    make_client();
    for (int i = 0; i < N; i++) {
        char target[32];

        snprintf(target, sizeof(target), "/status/%d", 200 + i);
        t[i] = fetch_start(&f[i], target);
    }
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(task_await(t[i]), 0);
        ck_assert_int_eq(f[i].response.status, 200 + i);
        response_clear(&f[i].response);
        task_unref(t[i]);
    }
    ck_assert_uint_eq(server.requests, N);
    ck_assert_uint_le(server.most, 8);
    ck_assert_uint_le(server.connections, 8);
    teardown();
    return 0;
}

static const char *const anything[] = {
    "/status/200", "/slow/1",     "/slow/3",  "/cut",        "/close",
    "/hang",       "/half",       "/flaky/3", "/big/100000", "/to/302//status/200",
    "/status/503", "/status/404",
};

CLIENT_TEST(two_thousand_with_random_cancels)
{
    enum { N = 2000, AT_ONCE = 100 };
    static struct fetch f[AT_ONCE];
    struct task *t[AT_ONCE];
    unsigned cancelled = 0;

    (void)arg;
    srand(5);
    setup(answer_by_target);
    config.retry = (struct retry){.retries = 1, .delay = 0.002, .max_delay = 0.01};
    config.limits.total = 30;
    config.limits.per_host = 20;
    make_client();
    for (int i = 0; i < N; i += AT_ONCE) {
        for (int k = 0; k < AT_ONCE; k++)
            t[k] = fetch_start(&f[k], anything[rand() % (int)ARRAY_LEN(anything)]);
        for (int k = 0; k < 2 * AT_ONCE; k++) {
            task_cancel(t[rand() % AT_ONCE]);
            if (k % 10 == 0)
                task_sleep(k % 4 ? 0 : 0.001);
        }
        for (int k = 0; k < AT_ONCE; k++) {
            task_cancel(t[k]); /* some never end by themselves */
            task_await(t[k]);
            ck_assert(task_result(t[k]) == f[k].result || f[k].result == 1);
            cancelled += task_result(t[k]) == -ECANCELED;
            response_clear(&f[k].response);
            task_unref(t[k]);
        }
    }
    ck_assert_uint_gt(cancelled, 0);
    ck_assert_uint_gt(server.requests, 0);
    ck_assert_uint_eq(limits_hosts(client_limits(client)), 0);
    teardown();
    return 0;
}

/* ---- few files ---- */

/* A server that is a process of its own, with files of its own: answers one request a
 * connection, for ever. */
static pid_t serve_apart(void)
{
    int fd = server.fd;
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    fcntl(fd, F_SETFL, 0);
    for (;;) {
        static const char text[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                   "Content-Length: 0\r\n\r\n";
        char request[4096];
        int c = accept(fd, NULL, NULL);

        if (read(c, request, sizeof(request)) > 0 &&
            write(c, text, sizeof(text) - 1) < 0)
            _exit(1);
        close(c);
    }
}

CLIENT_TEST(goes_on_with_few_files)
{
    enum { N = 16 };
    static struct job j[N];
    struct rlimit before, few;
    struct task *t[N];
    pid_t pid;
    int next;

    (void)arg;
    setup(answer_by_target); /* for its socket alone */
    ck_assert_int_gt(pid = serve_apart(), 0);
    task_cancel(server.acceptor);
    config.limits.total = config.limits.per_host = N;
    make_client();
    job_init(&j[0], "/"); /* so that all is open that stays so */
    ck_assert_int_eq(drive(&j[0]), HTTP_OK);
    job_clear(&j[0]);
    next = dup(0);
    close(next);
    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = (rlim_t)next + 4;
    setrlimit(RLIMIT_NOFILE, &few);
    for (int i = 0; i < N; i++) {
        job_init(&j[i], "/");
        t[i] = task_create(drive_job, &j[i]);
    }
    for (int i = 0; i < N; i++) {
        ck_assert_msg(task_await(t[i]) == HTTP_OK, "%s", j[i].call.response.message);
        ck_assert_int_eq(j[i].call.response.status, 200);
        ck_assert_int_eq(j[i].call.attempts, 1);
        job_clear(&j[i]);
        task_unref(t[i]);
    }
    setrlimit(RLIMIT_NOFILE, &before);
    ck_assert_uint_lt(limits_total(client_limits(client)), N);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    teardown();
    return 0;
}

/* Files that the caller opens for each exchange leave room for fewer of these. */
CLIENT_TEST(extra_files)
{
    unsigned without;

    (void)arg;
    setup(answer_by_target);
    config.limits.total = 100000;
    make_client();
    without = limits_total(client_limits(client));
    client_free(client);
    config.extra_files = 4;
    make_client();
    ck_assert_uint_le(limits_total(client_limits(client)), without / 4);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_call", redirects_and_methods, secrets_stay_at_their_origin,
                       user_names_in_urls, extra_headers, too_many_redirects,
                       redirects_that_are_refused, redirects_not_wanted, no_urls,
                       retries, retry_after_a_redirect, attempts_that_are_spared, again,
                       pause_that_the_server_asks_for, time_limit_spans_redirects,
                       waiting_costs_no_time, cancelled_in_every_phase, fifty_at_once,
                       two_thousand_with_random_cancels, goes_on_with_few_files,
                       extra_files);
}

int main(void)
{
    return check_main(suite);
}
