/* Time limits, and cancelling. */
#include "check_http.h"

#include <unistd.h>

/* ---- times ---- */

CLIENT_TEST(time_limit_of_one_exchange)
{
    struct response rs = {0};
    struct ask a;

    (void)arg;
    setup(answer_by_target);
    make_client();
    ask_init(&a, "/hang");
    ck_assert_int_eq(ask(&a, 0.05, &rs), HTTP_TIMEOUT);
    ck_assert_int_ge(rs.times.total, 50000);
    ask_clear(&a);
    WITH_LIMITS(limit)
    {
        ask_init(&a, "/half");
        ck_assert_int_eq(ask(&a, limit, &rs), HTTP_TIMEOUT);
        ask_clear(&a);
        if (rs.status)
            break;
    }
    ck_assert_int_eq(rs.status, 200);
    ck_assert_int_eq(get("/slow/150", &rs),
                     0); /* the limit was that of the one before */
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(stalls)
{
    struct response rs = {0};
    bool in_time = false;

    (void)arg;
    setup(answer_by_target);
    WITH_LIMITS(limit)
    {
        config.stall_timeout = limit;
        make_client();
        ck_assert_int_eq(get("/hang", &rs), HTTP_STALLED);
        ck_assert_int_ge(rs.times.total, (int64_t)(limit * 1e6));
        ck_assert_int_eq(get("/half", &rs), HTTP_STALLED);
        if (rs.status) {
            ck_assert_int_eq(rs.status, 200);
            ck_assert_int_eq(rs.size_download, 3);
            in_time = get("/status/200", &rs) == 0;
        }
        if (in_time)
            break;
        client_free(client);
    }
    ck_assert(in_time);
    response_clear(&rs);
    teardown();
    return 0;
}

CLIENT_TEST(connecting_takes_too_long)
{
    struct response rs = {0};
    struct deaf deaf;
    char url[64];

    (void)arg;
    setup(answer_by_target);
    config.connect_timeout = 0.1;
    make_client();
    deaf_start(&deaf);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", deaf.port);
    ck_assert_int_eq(get(url, &rs), HTTP_CONNECT_TIMEOUT);
    deaf_stop(&deaf);
    response_clear(&rs);
    teardown();
    return 0;
}

static async int get_pair(void *arg)
{
    struct response rs = {0};
    int r = get("/pair", &rs);

    (void)arg;
    response_clear(&rs);
    return r;
}

/* The second request must not wait for the first response of its host. */
CLIENT_TEST(side_by_side_from_the_start)
{
    struct task *a, *b;

    (void)arg;
    setup(answer_by_target);
    make_client();
    a = task_create(get_pair, NULL);
    b = task_create(get_pair, NULL);
    ck_assert_int_eq(task_await(a), 0);
    ck_assert_int_eq(task_await(b), 0);
    task_unref(a);
    task_unref(b);
    ck_assert_uint_eq(server.most, 2);
    teardown();
    return 0;
}

/* ---- cancelling ---- */

static struct response one; /* of the task below */

static async int get_one(void *target)
{
    return get(target, &one);
}

/* Cancels an exchange once `*count` is `n`. */
static async void cancel_at(const char *target, const unsigned *count, unsigned n)
{
    struct task *t = task_create(get_one, WORD(target));

    UNTIL(*count >= n);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_int_eq(one.error, HTTP_CANCELLED);
    ck_assert_str_eq(one.message, "cancelled");
}

CLIENT_TEST(cancelled_in_every_phase)
{
    static const unsigned none = 0;
    struct response rs = {0};
    struct deaf deaf;
    char url[64];

    (void)arg;
    setup(answer_by_target);
    make_client();
    deaf_start(&deaf);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", deaf.port);
    for (unsigned i = 0; i < 3; i++) {
        cancel_at(url, &none, 0); /* connecting */
        cancel_at("/hang", &server.requests, server.requests + 1);
        UNTIL(server.open == 0);
        cancel_at("/half", &server.requests, server.requests + 1);
        UNTIL(server.open == 0); /* given up, not kept */
        ck_assert_int_eq(get("/status/200", &rs), 0);
    }
    deaf_stop(&deaf);
    response_clear(&rs);
    response_clear(&one);
    teardown();
    return 0;
}

static async int cancels_itself(void *arg)
{
    (void)arg;
    task_cancel(task_current());
    return get("/status/200", &one);
}

/* Cancelled before libcurl has begun: the handle still holds the numbers of the one
 * before. */
CLIENT_TEST(cancelled_before_it_begins)
{
    struct task *t;

    (void)arg;
    setup(answer_by_target);
    make_client();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(get("/status/200", &one), 0);
        ck_assert_str_eq(one.remote_ip, "127.0.0.1");
        t = task_create(cancels_itself, NULL);
        ck_assert_int_eq(task_await(t), -ECANCELED);
        task_unref(t);
        ck_assert_int_eq(one.error, HTTP_CANCELLED);
        ck_assert_str_eq(one.remote_ip, "");
        ck_assert_int_eq(one.remote_port, 0);
        ck_assert_int_eq(one.times.starttransfer, 0);
        ck_assert_int_eq(one.num_connects, 0);
    }
    response_clear(&one);
    teardown();
    return 0;
}

static void cancel_task(void *task)
{
    task_cancel(task);
}

/* Holds the loop up until all timers are due. */
static void linger(void *arg)
{
    (void)arg;
    usleep(200000);
}

/* The stall is noticed in the same round, before the cancelled task can run. */
CLIENT_TEST(cancelled_as_it_stalls)
{
    struct timer late, cancel;
    struct task *t;

    (void)arg;
    setup(answer_by_target);
    config.stall_timeout = 0.1;
    make_client();
    t = task_create(get_one, WORD("/hang"));
    timer_init(&late, linger, NULL);
    timer_init(&cancel, cancel_task, t);
    loop_call_later(loop_current(), &late, 0.03);
    loop_call_later(loop_current(), &cancel, 0.06);
    ck_assert_int_eq(task_await(t), -ECANCELED);
    ck_assert_int_eq(one.error, HTTP_CANCELLED);
    task_unref(t);
    response_clear(&one);
    teardown();
    return 0;
}

/* A request that comes when the response is there already takes nothing away. */
static async int get_then_sleep(void *arg)
{
    int r = get("/status/200", &one);

    (void)arg;
    note("%d", r);
    return task_sleep(AGES);
}

CLIENT_TEST(cancelled_after_the_end)
{
    struct task *t;

    (void)arg;
    setup(answer_by_target);
    make_client();
    t = task_create(get_then_sleep, NULL);
    while (!*journal()->text)
        task_yield();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("0");
    response_clear(&one);
    teardown();
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_cancel", time_limit_of_one_exchange, stalls,
                       connecting_takes_too_long, side_by_side_from_the_start,
                       cancelled_in_every_phase, cancelled_before_it_begins,
                       cancelled_as_it_stalls, cancelled_after_the_end);
}

int main(void)
{
    return check_main(suite);
}
