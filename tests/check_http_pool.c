#include "check_http.h"

#include "http/body_sink.h"
#include "http/pool.h"

/* A call with its request, freed when it is done. */
struct job {
    struct request request;
    struct call call;
    struct body_sink sink;
};

static struct pool *pool;
static unsigned done_ok, done_cancelled, done_failed;
static char why_seen[64];    /* the last message of a call that was cancelled */
static unsigned submit_more; /* so many, from within `done` */
static const char *cancel_in_done;
static bool cancel_own_in_done;
static unsigned once_more; /* so many calls are submitted a second time */

static struct job *job_new(const char *target)
{
    struct job *j = mem_zalloc(sizeof(*j));
    char url[256];

    snprintf(url, sizeof(url), "%s%s", *target == '/' ? server.origin : "", target);
    request_init(&j->request, url);
    call_init(&j->call, &j->request);
    return j;
}

static void job_free(struct job *j)
{
    call_clear(&j->call);
    request_clear(&j->request);
    free(j);
}

static struct job *submit(const char *target)
{
    struct job *j = job_new(target);

    pool_submit(pool, &j->call);
    return j;
}

static void done(struct call *call, void *arg)
{
    struct job *j = container_of(call, struct job, call);

    ck_assert_ptr_eq(arg, &server);
    ck_assert_int_eq(call->ticket.state, TICKET_IDLE);
    ck_assert(list_empty(&call->node));
    if (call->response.error == HTTP_CANCELLED) {
        done_cancelled++;
        snprintf(why_seen, sizeof(why_seen), "%s", call->response.message);
    } else if (call->response.error) {
        done_failed++;
    } else {
        done_ok++;
    }
    if (once_more) {
        once_more--;
        call_again(call);
        pool_submit(pool, call);
        return;
    }
    if (cancel_own_in_done) /* it is the pool's no more */
        pool_cancel_call(pool, call, "too late");
    job_free(j);
    if (submit_more) {
        submit_more--;
        submit("/status/200");
    }
    if (cancel_in_done) {
        const char *why = cancel_in_done;

        cancel_in_done = NULL;
        pool_cancel(pool, why);
    }
}

static void setup_pool(unsigned total, unsigned per_host)
{
    setup(answer_by_target);
    config.limits.total = total;
    config.limits.per_host = per_host;
    config.retry = (struct retry){
        .retries = 3, .delay = AGES, .max_delay = AGES, .backoff = BACKOFF_CONSTANT};
    make_client();
    pool = pool_new(client, done, &server);
    done_ok = done_cancelled = done_failed = submit_more = 0;
    cancel_in_done = NULL;
    cancel_own_in_done = false;
    once_more = 0;
    *why_seen = '\0';
}

static async void teardown_pool(void)
{
    ck_assert_uint_eq(pool_outstanding(pool), 0);
    pool_free(pool);
    ck_assert_uint_eq(limits_hosts(client_limits(client)), 0);
    teardown();
}

static void count(const struct call *call, void *arg)
{
    ck_assert_ptr_nonnull(call->hop.url);
    ++*(unsigned *)arg;
}

static unsigned active(void)
{
    unsigned n = 0;

    pool_each_active(pool, count, &n);
    return n;
}

CLIENT_TEST(nothing_to_do)
{
    (void)arg;
    setup_pool(4, 4);
    ck_assert_int_eq(pool_join(pool), 0);
    pool_cancel(pool, "early");
    submit("/status/200");
    submit("no url at all");
    ck_assert_uint_eq(done_cancelled, 1);
    ck_assert_uint_eq(done_failed, 1);
    ck_assert_str_eq(why_seen, "early");
    ck_assert_int_eq(pool_join(pool), 0);
    teardown_pool();
    return 0;
}

static unsigned workers(void)
{
    struct buf list = BUF_INIT;
    unsigned n = 0;

    task_list(&list);
    for (const char *s = list.data; s && (s = strstr(s, "  worker:")); s++)
        n++;
    buf_clear(&list);
    return n;
}

CLIENT_TEST(each_is_done_once)
{
    enum { N = 500 };

    (void)arg;
    setup_pool(7, 7);
    for (int i = 0; i < N; i++)
        submit(i % 3 ? "/status/200" : "/to/302//status/204");
    ck_assert_uint_eq(pool_outstanding(pool), N);
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, N);
    ck_assert_uint_le(server.most, 7);
    ck_assert_uint_le(workers(), 7); /* no more than places */
    ck_assert_uint_eq(active(), 0);
    submit("/status/200"); /* and on it goes */
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, N + 1);
    teardown_pool();
    return 0;
}

CLIENT_TEST(submitted_from_done)
{
    (void)arg;
    setup_pool(2, 2);
    submit_more = 200;
    submit("/status/200");
    submit("nonsense://x/");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 201);
    ck_assert_uint_eq(done_failed, 1);
    teardown_pool();
    return 0;
}

CLIENT_TEST(submitted_again)
{
    (void)arg;
    setup_pool(2, 2);
    once_more = 10;
    for (int i = 0; i < 20; i++)
        submit("/to/302//status/200");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 30);
    ck_assert_uint_eq(server.requests, 60);
    teardown_pool();
    return 0;
}

static async int join(void *arg)
{
    (void)arg;
    return pool_join(pool);
}

CLIENT_TEST(join_cancelled)
{
    struct task *t;

    (void)arg;
    setup_pool(2, 2);
    submit("/hang");
    t = task_create(join, NULL);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    pool_cancel(pool, "enough");
    ck_assert_int_eq(pool_join(pool), 0);
    teardown_pool();
    return 0;
}

/* Calls in flight, with a place and no worker yet, waiting, and between attempts. */
CLIENT_TEST(cancelled_in_every_state)
{
    (void)arg;
    setup_pool(3, 3);
    submit("/flaky/99");
    submit("/hang");
    UNTIL(server.requests == 2 && limits_active(client_limits(client)) == 1);
    submit("/half");
    UNTIL(server.requests == 3);
    settle();
    ck_assert_uint_eq(active(), 2);
    submit("/status/200"); /* has the last place; its worker has not run */
    submit("/status/200");
    submit("/status/200"); /* wait */
    ck_assert_uint_eq(limits_active(client_limits(client)), 3);
    pool_cancel(pool, "that is all");
    ck_assert_uint_eq(done_cancelled, 4); /* at once: those without an exchange */
    ck_assert_uint_eq(pool_outstanding(pool), 2);
    pool_cancel(pool, "that is all");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_cancelled, 6);
    ck_assert_str_eq(why_seen, "that is all");
    ck_assert_uint_eq(server.requests, 3);
    teardown_pool();
    return 0;
}

/* The response is there, its worker has not run: it stays a good one. */
CLIENT_TEST(cancelled_with_the_response)
{
    (void)arg;
    setup_pool(1, 1);
    for (int i = 0; i < 3; i++)
        submit("/status/200");
    cancel_in_done = "from within";
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 1);
    ck_assert_uint_eq(done_cancelled, 2);
    ck_assert_str_eq(why_seen, "from within");
    teardown_pool();
    return 0;
}

/* A call that would be tried again, or sent on, is not once the pool is cancelled. */
CLIENT_TEST(cancelled_while_it_would_go_on)
{
    (void)arg;
    setup_pool(4, 4);
    submit_more = 20; /* each ends as it is submitted */
    submit("/slow/20");
    submit("/flaky/9");
    submit("/to/302//hang");
    UNTIL(server.requests >= 3);
    pool_cancel(pool, "no more");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok + done_cancelled, 23);
    ck_assert_uint_eq(done_failed, 0);
    teardown_pool();
    return 0;
}

static const char *const anything[] = {
    "/status/200", "/slow/1",         "/slow/2",    "/cut",
    "/close",      "/flaky/99",       "/big/50000", "/to/302//status/200",
    "/status/404", "/to/307//slow/2", "bad url",
};

CLIENT_TEST(two_thousand)
{
    enum { N = 2000 };
    unsigned ended;

    (void)arg;
    srand(3);
    setup(answer_by_target);
    config.limits.total = 40;
    config.limits.per_host = 25;
    config.retry = (struct retry){.retries = 1, .delay = 0.001, .max_delay = 0.01};
    make_client();
    done_ok = done_cancelled = done_failed = submit_more = 0;
    pool = pool_new(client, done, &server);
    for (int i = 0; i < N; i++) {
        submit(anything[rand() % (int)ARRAY_LEN(anything)]);
        if (i % 100 == 0)
            task_sleep(0.001);
    }
    ck_assert_int_eq(pool_join(pool), 0);
    ended = done_ok + done_failed;
    ck_assert_uint_eq(ended, N);
    ck_assert_uint_le(server.most, 26); /* one may still be parting */
    for (int i = 0; i < N; i++)
        submit(anything[rand() % (int)ARRAY_LEN(anything)]);
    for (int i = 0; i < 50; i++)
        task_yield();
    pool_cancel(pool, "half way");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok + done_failed + done_cancelled, 2 * N);
    ck_assert_uint_gt(done_cancelled, 0);
    teardown_pool();
    return 0;
}

static struct event open;

static async enum call_next step_behind_gate(struct call *call, struct client *c,
                                             double *delay, void *arg)
{
    (void)arg;
    if (event_wait(&open) == 0)
        return call_step(call, c, delay);
    call_cancel(call, "cancelled");
    return CALL_DONE;
}

/* A step may wait before it asks, and cancelling reaches it there. */
CLIENT_TEST(step)
{
    (void)arg;
    setup_pool(4, 4);
    event_init(&open);
    pool_set_step(pool, step_behind_gate);
    for (int i = 0; i < 8; i++)
        submit("/status/200");
    ck_assert_int_eq(task_sleep(0.05), 0);
    ck_assert_uint_eq(done_ok, 0);
    event_set(&open);
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 8);
    event_clear(&open);
    for (int i = 0; i < 8; i++)
        submit("/status/200");
    task_sleep(0.01);
    pool_cancel(pool, "while it was shut");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_cancelled, 8);
    ck_assert_str_eq(why_seen, "while it was shut");
    teardown_pool();
    return 0;
}

/* ---- one call alone ---- */

static void cancel(struct job *j, const char *why)
{
    pool_cancel_call(pool, &j->call, why);
}

static void expect_cancelled(unsigned n, const char *why)
{
    ck_assert_uint_eq(done_cancelled, n);
    ck_assert_str_eq(why_seen, why);
}

CLIENT_TEST(one_cancelled_in_every_state)
{
    struct job *half, *hang, *later;

    (void)arg;
    setup_pool(2, 2);
    half = submit("/half");
    later = submit("/flaky/99");
    UNTIL(server.requests == 2 && limits_active(client_limits(client)) == 1);
    cancel(later, "between attempts");
    expect_cancelled(1, "between attempts");
    cancel(submit("/status/200"), "with a place");
    expect_cancelled(2, "with a place");
    ck_assert_uint_eq(limits_active(client_limits(client)), 1);
    hang = submit("/hang");
    UNTIL(server.requests == 3);
    later = submit("/status/200");
    submit("/status/200");
    cancel(later, "waiting");
    expect_cancelled(3, "waiting");
    cancel(hang, "in flight");
    cancel(hang, "again");
    ck_assert_uint_eq(done_cancelled, 3); /* not at once */
    UNTIL(done_ok == 1);                  /* the next has its place */
    expect_cancelled(4, "in flight");
    ck_assert_uint_eq(active(), 1);
    cancel(half, "the last");
    ck_assert_int_eq(pool_join(pool), 0);
    expect_cancelled(5, "the last");
    ck_assert_uint_eq(done_ok, 1);
    ck_assert_uint_eq(server.requests, 4);
    ck_assert_uint_le(workers(), 2);
    teardown_pool();
    return 0;
}

CLIENT_TEST(cancelling_what_is_not_there)
{
    struct job *j;
    struct list mine;

    (void)arg;
    setup_pool(2, 2);
    j = job_new("/status/200");
    cancel(j, "never submitted");
    list_init(&mine);
    list_append(&mine, &j->call.node); /* its node is the caller's, then */
    cancel(j, "never submitted");
    ck_assert(!list_empty(&mine));
    ck_assert_uint_eq(pool_outstanding(pool), 0);
    job_free(j);
    cancel_own_in_done = true;
    for (int i = 0; i < 20; i++)
        submit("/status/200");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 20);
    ck_assert_uint_eq(done_cancelled, 0);
    teardown_pool();
    return 0;
}

static unsigned to_cancel; /* so many, once their response is there */

static async enum call_next step_then_cancelled(struct call *call, struct client *c,
                                                double *delay, void *arg)
{
    enum call_next next = call_step(call, c, delay);

    (void)arg;
    if (to_cancel) {
        to_cancel--;
        pool_cancel_call(pool, call, "late");
        pool_cancel_call(pool, call, "later");
    }
    return next;
}

/* A good response stays one; what would go on ends; and the calls that the same worker
 * makes next are none of the request's business. */
CLIENT_TEST(one_cancelled_with_the_response)
{
    static const char *const first[] = {"/status/200", "/flaky/9",
                                        "/to/302//status/200"};

    (void)arg;
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        setup_pool(1, 1);
        pool_set_step(pool, step_then_cancelled);
        to_cancel = 1;
        submit(first[i]);
        for (int k = 0; k < 3; k++)
            submit("/status/200");
        ck_assert_int_eq(pool_join(pool), 0);
        ck_assert_uint_eq(done_ok, i == 0 ? 4 : 3);
        ck_assert_uint_eq(done_cancelled, i == 0 ? 0 : 1);
        ck_assert_str_eq(why_seen, i == 0 ? "" : "late");
        ck_assert_uint_eq(workers(), 1);
        teardown_pool();
    }
    return 0;
}

/* Each gives its place to the next, which is cancelled in its turn: workers are for the
 * places, not for each of those. */
CLIENT_TEST(many_cancelled_one_by_one)
{
    enum { N = 100 };
    struct job *j[N];

    (void)arg;
    setup_pool(3, 3);
    for (int i = 0; i < N; i++)
        j[i] = submit("/status/200");
    for (int i = 0; i < N; i++)
        cancel(j[i], "one by one");
    ck_assert_uint_eq(done_cancelled, N);
    for (int i = 0; i < N; i++)
        cancel(submit("/status/200"), "at once");
    expect_cancelled(2 * N, "at once");
    ck_assert_uint_le(workers(), 3);
    for (int i = 0; i < N; i++)
        submit("/status/200");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, N);
    ck_assert_uint_le(workers(), 3);
    teardown_pool();
    return 0;
}

/* ---- a sink, freed in `done` ---- */

static unsigned held; /* sinks that were told to wait */

static enum body_use begin(struct body_sink *s, const struct response *rs)
{
    (void)s;
    (void)rs;
    return BODY_TAKE;
}

static enum body_use wait_for_ever(struct body_sink *s, const char *data, size_t n)
{
    (void)s;
    (void)data;
    (void)n;
    held++;
    return BODY_WAIT;
}

static struct job *submit_held(const char *target)
{
    struct job *j = job_new(target);

    j->sink = (struct body_sink){.begin = begin, .write = wait_for_ever};
    j->request.sink = &j->sink;
    pool_submit(pool, &j->call);
    return j;
}

CLIENT_TEST(cancelled_while_its_sink_waits)
{
    (void)arg;
    setup_pool(4, 4);
    for (unsigned i = 1; i <= 10; i++) {
        struct job *a = submit_held("/big/100000"), *b = submit_held("/status/200");

        UNTIL(held == 2 * i);
        cancel(a, "first");
        cancel(b, "second");
        UNTIL(done_cancelled == 2 * i);
        submit("/big/100000");
        ck_assert_int_eq(pool_join(pool), 0);
        ck_assert_uint_eq(done_ok, i);
    }
    submit_held("/big/100000");
    UNTIL(held == 21);
    pool_cancel(pool, "all");
    ck_assert_int_eq(pool_join(pool), 0);
    expect_cancelled(21, "all");
    teardown_pool();
    return 0;
}

/* ---- calls that are taken out at a redirect ---- */

static unsigned taken_out;
static unsigned stays_at; /* the redirect that is not followed; 0: none */
static bool cancels;

static async enum call_next step_out_of_redirects(struct call *call, struct client *c,
                                                  double *delay, void *arg)
{
    enum call_next next = call_step(call, c, delay);

    (void)arg;
    if (next != CALL_REDIRECT)
        return next;
    taken_out++;
    call->waiting_since = -1; /* for done_or_on */
    return CALL_DONE;
}

static void done_or_on(struct call *call, void *arg)
{
    if (call->waiting_since >= 0 || call->response.error) {
        done(call, arg);
        return;
    }
    call->waiting_since = 0;
    ck_assert_int_eq(call->ticket.state, TICKET_IDLE);
    if (cancels)
        pool_cancel(pool, "no further");
    if (taken_out != stays_at) {
        pool_go_on(pool, call);
        return;
    }
    call_stay(call);
    ck_assert_uint_eq(call->redirect_count, 1);
    ck_assert_str_eq(strrchr(call->hop.url, '/'), "/200");
    ck_assert_ptr_nonnull(strstr(call->hop.url, "/to/302//status/200"));
    ck_assert_str_eq(call->hop.origin.text, server.origin);
    ck_assert_int_eq(call->response.status, 302);
    ck_assert_int_ge(call->earlier.total, 0);
    done(call, arg);
}

static void setup_taken_out(void)
{
    setup_pool(2, 2);
    pool_free(pool);
    pool = pool_new(client, done_or_on, &server);
    pool_set_step(pool, step_out_of_redirects);
    taken_out = 0;
    stays_at = 0;
    cancels = false;
}

CLIENT_TEST(redirects_taken_out)
{
    (void)arg;
    setup_taken_out();
    submit("/to/301//to/302//status/200");
    submit("/to/307//status/404");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 2);
    ck_assert_uint_eq(taken_out, 3);
    teardown_pool();
    return 0;
}

CLIENT_TEST(redirects_not_followed)
{
    (void)arg;
    setup_taken_out();
    stays_at = 2;
    submit("/to/301//to/302//status/200");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_ok, 1);
    ck_assert_uint_eq(taken_out, 2);
    teardown_pool();
    return 0;
}

CLIENT_TEST(redirects_cancelled)
{
    (void)arg;
    setup_taken_out();
    cancels = true;
    submit("/to/301//status/200");
    ck_assert_int_eq(pool_join(pool), 0);
    ck_assert_uint_eq(done_cancelled, 1);
    ck_assert_str_eq(why_seen, "no further");
    teardown_pool();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_pool", nothing_to_do, each_is_done_once,
                       submitted_from_done, submitted_again, join_cancelled,
                       cancelled_in_every_state, cancelled_with_the_response,
                       cancelled_while_it_would_go_on, two_thousand, step,
                       one_cancelled_in_every_state, cancelling_what_is_not_there,
                       one_cancelled_with_the_response, many_cancelled_one_by_one,
                       cancelled_while_its_sink_waits, redirects_taken_out,
                       redirects_not_followed, redirects_cancelled);
}

int main(void)
{
    return check_main(suite);
}
