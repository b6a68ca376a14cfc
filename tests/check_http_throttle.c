#include "check_async.h"

#include "http/throttle.h"

/* Someone who wants bytes, a piece at a time, as fast as he may. */
struct taker {
    struct throttled throttled;
    struct throttle *throttle;
    size_t piece;
    unsigned taken, stops, most;
    bool waits; /* asked, was refused, and waits for `resume` */
};

static void take_some(struct taker *t)
{
    t->waits = false;
    while (t->taken < t->most) {
        if (!throttle_take(t->throttle, &t->throttled, t->piece)) {
            t->waits = true;
            t->stops++;
            return;
        }
        t->taken++;
    }
}

static void go_on(struct throttled *throttled)
{
    struct taker *t = container_of(throttled, struct taker, throttled);

    ck_assert(t->waits);
    ck_assert(!throttled_waits(throttled));
    take_some(t);
}

static void taker_init(struct taker *t, struct throttle *throttle, size_t piece,
                       unsigned most)
{
    *t = (struct taker){.throttle = throttle, .piece = piece, .most = most};
    throttled_init(&t->throttled, go_on);
}

static async int keeps_the_rate(void *arg)
{
    struct throttle *th = throttle_new(loop_current(), 100000);
    struct taker t;
    double began = loop_time(), took;

    taker_init(&t, th, 1000, 30);
    take_some(&t);
    while (t.taken < t.most)
        task_sleep(0.005);
    took = loop_time() - began;
    /* 30,000 bytes of 100,000 a second, of which a burst of 40 ms may come first */
    ck_assert_double_ge(took, 0.2);
    ck_assert_uint_gt(t.stops, 2);
    throttle_free(th);
    (void)arg;
    return 0;
}

START_TEST(rate)
{
    run(keeps_the_rate);
}
END_TEST

static async int takes_turns(void *arg)
{
    enum { N = 5 };
    struct throttle *th = throttle_new(loop_current(), 1000000);
    struct taker t[N];
    unsigned all = 0;

    (void)arg;
    for (int i = 0; i < N; i++) {
        taker_init(&t[i], th, 5000, 1000000);
        take_some(&t[i]);
    }
    while (all < 50) {
        task_sleep(0.005);
        all = 0;
        for (int i = 0; i < N; i++)
            all += t[i].taken;
    }
    for (int i = 0; i < N; i++)
        ck_assert_uint_ge(t[i].taken, all / N / 3);
    for (int i = 0; i < N; i++)
        throttled_cancel(&t[i].throttled);
    throttle_free(th);
    return 0;
}

START_TEST(turns)
{
    run(takes_turns);
}
END_TEST

static async int newcomers_wait(void *arg)
{
    struct throttle *th = throttle_new(loop_current(), 100000);
    struct taker first, second;

    (void)arg;
    do { /* until it is stopped: on a busy machine it may have been paid back by then */
        taker_init(&first, th, 40000, 2);
        task_sleep(0.01); /* so that there is something to take */
        take_some(&first);
    } while (!first.waits);
    /* Long enough for new bytes to be there: they are the first one's. This one asks
     * all the time, as one would that is never stopped. */
    while (first.waits) {
        taker_init(&second, th, 100, 1);
        take_some(&second);
        ck_assert(second.waits);
        throttled_cancel(&second.throttled);
        task_yield();
    }
    throttle_free(th);
    return 0;
}

START_TEST(newcomers)
{
    run(newcomers_wait);
}
END_TEST

static async int large_pieces(void *arg)
{
    struct throttle *th = throttle_new(loop_current(), 1000000);
    struct taker t;
    double began;

    (void)arg;
    taker_init(&t, th, 500000, 2);
    task_sleep(0.01);
    began = loop_time();
    take_some(&t);
    ck_assert_uint_eq(t.taken, 1); /* more than there was: paid back before the next */
    while (t.taken < 2)
        task_sleep(0.005);
    ck_assert_double_ge(loop_time() - began, 0.4);
    throttle_free(th);
    return 0;
}

START_TEST(large)
{
    run(large_pieces);
}
END_TEST

static async int cancels(void *arg)
{
    struct throttle *th = throttle_new(loop_current(), 10000);
    struct taker a, b;

    (void)arg;
    taker_init(&a, th, 500, 100);
    taker_init(&b, th, 500, 2);
    task_sleep(0.005);
    take_some(&a);
    take_some(&b);
    ck_assert(throttled_waits(&a.throttled) && throttled_waits(&b.throttled));
    throttled_cancel(&a.throttled);
    throttled_cancel(&a.throttled);
    a.waits = false; /* resuming it would be an error */
    while (b.taken < b.most)
        task_sleep(0.005);
    ck_assert(!throttled_waits(&a.throttled) && !throttled_waits(&b.throttled));
    throttle_free(th);
    throttle_free(NULL);
    return 0;
}

START_TEST(cancelled)
{
    run(cancels);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("http_throttle", rate, turns, newcomers, large, cancelled);
}

int main(void)
{
    return check_main(suite);
}
