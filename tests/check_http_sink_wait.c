/* Sinks that hold a transfer up. */
#include "check_http_sink.h"

static async void check_slow(const char *framing, size_t n, size_t portion,
                             unsigned times, double pause)
{
    struct response rs = {0};
    struct taker t;
    char target[64];

    taker_init_slow(&t, portion, pause);
    t.times = times;
    snprintf(target, sizeof(target), "/bytes/%s/%zu/9", framing, n);
    ck_assert_int_eq(fetch(target, &t, &rs), 0);
    expect_bytes(&t, n, 9);
    ck_assert_int_eq(rs.size_download, (int64_t)n);
    /* a portion ends with the piece that fills it, which has 16 KiB at most */
    ck_assert_uint_ge(t.waits, times * (1 + (n - 1) / (portion + 16384)));
    taker_clear(&t);
    response_clear(&rs);
}

CLIENT_TEST(waits_often)
{
    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(framings); i++) {
        check_slow(framings[i], 1 << 20, 16384, 1, 0.0005);
        check_slow(framings[i], 1 << 19, 1, 1, 0);
        check_slow(framings[i], 100000, 40000, 5, 0);
        check_slow(framings[i], 1, 1, 3, 0.001); /* all of it is there long before */
        check_slow(framings[i], 16384, 1, 1, 0);
    }
    ck_assert_uint_le(server.connections, 6); /* one for what is closed, or kept */
    client_free(client);
    config.receive_buffer = 256 << 10; /* much comes again, in pieces */
    make_client();
    for (size_t i = 0; i < ARRAY_LEN(framings); i++) {
        check_slow(framings[i], 3 << 20, 16384, 1, 0);
        check_slow(framings[i], 3 << 20, 100000, 2, 0);
    }
    teardown();
    return 0;
}

/* While one waits, the others go on. */
struct waiter {
    struct taker taker;
    struct response response;
    const char *target;
    int result;
};

static async int fetch_slowly(void *arg)
{
    struct waiter *w = arg;

    return w->result = fetch(w->target, &w->taker, &w->response);
}

static struct task *waiter_start(struct waiter *w, const char *target)
{
    *w = (struct waiter){.target = target, .result = 1};
    taker_init_slow(&w->taker, 1, -1);
    return task_create(fetch_slowly, w);
}

static void waiter_clear(struct waiter *w)
{
    taker_clear(&w->taker);
    response_clear(&w->response);
}

static async void until_waiting(struct waiter *w)
{
    UNTIL(w->taker.waiting);
}

/* Whether it came, whole and without a stall: not where the machine is too slow for a
 * limit as short. Longer than that it waits, and others go on. */
static async bool waits_beside_others(double limit)
{
    struct response rs = {0};
    struct waiter w;
    struct task *t = waiter_start(&w, "/bytes/length/200000/5");
    struct taker quick;
    bool came;

    UNTIL(w.taker.waiting || w.result != 1);
    for (double end = loop_time() + 3 * limit; w.result == 1 && loop_time() < end;) {
        taker_init(&quick);
        if (fetch("/bytes/length/5000/6", &quick, &rs) == 0)
            expect_bytes(&quick, 5000, 6);
        else
            ck_assert_int_eq(rs.error, HTTP_STALLED);
        taker_clear(&quick);
        ck_assert_int_eq(task_sleep(0.01), 0);
    }
    if (w.taker.waiting) {
        ck_assert_int_eq(w.result, 1);
        w.taker.portion = 0;
        go_on(&w.taker);
    }
    came = task_await(t) == 0;
    if (came)
        expect_bytes(&w.taker, 200000, 5);
    else
        ck_assert_int_eq(w.result, HTTP_STALLED);
    task_unref(t);
    waiter_clear(&w);
    response_clear(&rs);
    return came;
}

CLIENT_TEST(waits_without_a_stall)
{
    bool came = false;

    (void)arg;
    setup(answer_bytes_too);
    WITH_LIMITS(limit)
    {
        config.stall_timeout = limit;
        make_client();
        if ((came = waits_beside_others(limit)))
            break;
        client_free(client);
    }
    ck_assert(came);
    teardown();
    return 0;
}

/* Whether something had come in time, as above. */
static async bool stalls_behind_wait(double limit)
{
    struct waiter w;
    struct task *t = waiter_start(&w, "/part/20000");
    bool came;
    double resumed;

    UNTIL(w.taker.waiting || w.result != 1);
    came = w.taker.waiting;
    if (came) {
        ck_assert_int_eq(task_sleep(2 * limit), 0);
        w.taker.portion = 0;
        resumed = loop_time();
        go_on(&w.taker);
        ck_assert_int_eq(task_await(t), HTTP_STALLED);
        ck_assert_double_ge(loop_time() - resumed, limit);
        ck_assert_uint_eq(w.taker.bytes.len, 20000);
    }
    ck_assert_int_eq(task_await(t), HTTP_STALLED);
    task_unref(t);
    waiter_clear(&w);
    return came;
}

/* What the server does not send after the wait is its own fault again. */
CLIENT_TEST(stalls_after_the_wait)
{
    bool came = false;

    (void)arg;
    setup(answer_bytes_too);
    WITH_LIMITS(limit)
    {
        config.stall_timeout = limit;
        make_client();
        if ((came = stalls_behind_wait(limit)))
            break;
        client_free(client);
    }
    ck_assert(came);
    teardown();
    return 0;
}

CLIENT_TEST(cancelled_while_it_waits)
{
    struct waiter w;
    struct task *t;

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    for (int i = 0; i < 6; i++) {
        t = waiter_start(&w, i % 2 ? "/bytes/length/500000/8" : "/bytes/length/10/8");
        until_waiting(&w);
        if (i >= 4) { /* between the request to end and the end */
            task_cancel(t);
            w.taker.portion = 0;
            go_on(&w.taker);
        }
        ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
        ck_assert_int_eq(w.response.error, HTTP_CANCELLED);
        ck_assert_ptr_null(w.taker.sink.resume);
        ck_assert(i >= 4 || w.taker.bytes.len == 0);
        waiter_clear(&w);
        check_nothing_left();
    }
    teardown();
    return 0;
}

CLIENT_TEST(time_is_up_while_it_waits)
{
    struct response rs = {0};
    struct taker t;
    struct ask a;

    (void)arg;
    setup(answer_bytes_too);
    make_client();
    taker_init_slow(&t, 1, -1);
    ask_init(&a, "/bytes/length/500000/8");
    a.request.sink = &t.sink;
    ck_assert_int_eq(ask(&a, 0.05, &rs), HTTP_TIMEOUT);
    ck_assert_ptr_null(t.sink.resume);
    ask_clear(&a);
    taker_clear(&t);
    response_clear(&rs);
    check_nothing_left();
    teardown();
    return 0;
}

/* Waits, is resumed, and ends in every order. */
CLIENT_TEST(many_at_random)
{
    enum { N = 600, AT_ONCE = 12 };
    static struct waiter w[AT_ONCE];
    static char targets[AT_ONCE][64];
    struct task *t[AT_ONCE];

    (void)arg;
    srand(11);
    setup(answer_bytes_too);
    make_client();
    for (unsigned i = 0; i < N; i += AT_ONCE) {
        for (unsigned k = 0; k < AT_ONCE; k++) {
            snprintf(targets[k], sizeof(targets[k]), "/bytes/%s/%d/%u",
                     framings[rand() % 3], 40000 + k, i + k);
            t[k] = waiter_start(&w[k], targets[k]);
            w[k].taker.portion = w[k].taker.since = 1 + rand() % 20000;
            w[k].taker.pause = rand() % 2 ? 0 : 0.0003;
        }
        for (unsigned k = 0; k < AT_ONCE; k++) {
            if (k % 3 == 0)
                task_cancel(t[rand() % AT_ONCE]);
            if (k % 5 == 0)
                task_sleep(0.0005);
        }
        for (unsigned k = 0; k < AT_ONCE; k++) {
            if (task_await(t[k]) == 0)
                expect_bytes(&w[k].taker, 40000 + k, i + k);
            else
                ck_assert_int_eq(task_result(t[k]), -ECANCELED);
            task_unref(t[k]);
            waiter_clear(&w[k]);
        }
    }
    teardown();
    return 0;
}

/* ---- at a rate ---- */

/* The seconds that a mebibyte takes in portions that are refused nine times before they
 * are taken. */
static async double refused_nine_times(size_t portion)
{
    struct response rs = {0};
    struct taker t;
    double began = loop_time(), took;

    taker_init_slow(&t, portion, 0);
    t.times = 9;
    ck_assert_int_eq(fetch("/bytes/length/1048576/3", &t, &rs), 0);
    took = loop_time() - began;
    expect_bytes(&t, 1 << 20, 3);
    ck_assert(portion == 0 || t.waits >= 9 * 32);
    taker_clear(&t);
    response_clear(&rs);
    return took;
}

/* Paid for each time, it would take ten times as long as the rate wants. */
CLIENT_TEST(rate_with_waits)
{
    bool in_time = false;

    (void)arg;
    setup(answer_bytes_too);
    for (double wanted = 0.25; wanted < 5 && !in_time; wanted *= 2) {
        double took;

        config.limit_rate = (int64_t)((1 << 20) / wanted);
        make_client();
        took = refused_nine_times(0);
        ck_assert_double_ge(took, 0.8 * wanted); /* a little may come first */
        took = refused_nine_times(16384);
        ck_assert_double_ge(took, 0.8 * wanted);
        in_time = took < 5 * wanted;
        client_free(client);
    }
    ck_assert(in_time);
    make_client();
    teardown();
    return 0;
}

/* A redirect's body is held up by the rate alone, and is nobody's. */
CLIENT_TEST(redirect_at_a_rate)
{
    struct response rs = {0};
    struct request rq;
    struct taker t;
    char url[128];
    double began;

    (void)arg;
    setup(answer_bytes_too);
    config.limit_rate = 1 << 20;
    make_client();
    snprintf(url, sizeof(url), "%s/moved/200000", server.origin);
    request_init(&rq, url);
    taker_init_slow(&t, 1, 0);
    rq.sink = &t.sink;
    began = loop_time();
    ck_assert_int_eq(client_fetch(client, &rq, &rs), 0);
    ck_assert_double_ge(loop_time() - began, 0.12);
    expect_bytes(&t, 30000, 4);
    ck_assert_uint_eq(server.connections, 1);
    taker_clear(&t);
    request_clear(&rq);
    response_clear(&rs);
    teardown();
    return 0;
}

/* Whoever resumes a sink that does not wait gets nothing sooner. */
CLIENT_TEST(resumed_at_a_rate)
{
    struct waiter w;
    struct task *t;
    double began;

    (void)arg;
    setup(answer_bytes_too);
    config.limit_rate = 1 << 20;
    make_client();
    began = loop_time();
    t = waiter_start(&w, "/bytes/length/200000/8");
    w.taker.portion = 0;
    while (w.result == 1) {
        body_sink_resume(&w.taker.sink);
        ck_assert_int_eq(task_sleep(0.001), 0);
    }
    ck_assert_int_eq(task_await(t), 0);
    ck_assert_double_ge(loop_time() - began, 0.12);
    expect_bytes(&w.taker, 200000, 8);
    task_unref(t);
    waiter_clear(&w);
    teardown();
    return 0;
}

CLIENT_TEST(cancelled_at_a_rate)
{
    struct waiter w;
    struct task *t;

    (void)arg;
    setup(answer_bytes_too);
    config.limit_rate = 1 << 20;
    make_client();
    for (int i = 0; i < 5; i++) {
        t = waiter_start(&w, "/bytes/length/4000000/8");
        w.taker.portion = i % 2 ? 16384 : 0;
        w.taker.pause = 0;
        UNTIL(w.taker.bytes.len > 0);
        ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
        waiter_clear(&w);
    }
    check_nothing_left();
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_sink_wait", waits_often, waits_without_a_stall,
                       stalls_after_the_wait, cancelled_while_it_waits,
                       time_is_up_while_it_waits, many_at_random, rate_with_waits,
                       redirect_at_a_rate, resumed_at_a_rate, cancelled_at_a_rate);
}

int main(void)
{
    return check_main(suite);
}
