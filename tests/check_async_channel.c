#include "check_async.h"

static struct channel c;

static void *number(long n)
{
    return (void *)(intptr_t)n;
}

static long value(void *item)
{
    return (long)(intptr_t)item;
}

struct sender {
    long from, to;
};

static int sends(void *arg)
{
    const struct sender *s = arg;
    int r = 0;

    for (long i = s->from; i <= s->to && r == 0; i++)
        if ((r = channel_send(&c, number(i))) < 0)
            note("!%ld:%d", i, r);
    return r;
}

static int receives(void *word)
{
    void *item;
    int r;

    while ((r = channel_recv(&c, &item)) > 0)
        note("%s%ld", (const char *)word, value(item));
    note("%send:%d", (const char *)word, r);
    return r;
}

static int receives_one(void *word)
{
    void *item = number(-1);
    int r = channel_recv(&c, &item);

    note("%s%ld:%d", (const char *)word, value(item), r);
    note("next:%d", task_yield());
    return r;
}

static int end(struct task *t)
{
    int r = task_await(t);

    task_unref(t);
    return r;
}

/* ---- order ---- */

static int through(size_t capacity)
{
    struct sender s = {1, 6};
    struct task *sender, *receiver;

    journal_reset();
    channel_init(&c, capacity);
    sender = task_create(sends, &s);
    receiver = task_create(receives, WORD(""));
    ck_assert_int_eq(end(sender), 0);
    channel_close(&c);
    ck_assert_int_eq(end(receiver), 0);
    channel_clear(&c);
    ck_assert_journal("1 2 3 4 5 6 end:0");
    return 0;
}

static int capacities(void *arg)
{
    (void)arg;
    for (size_t capacity = 1; capacity < 9; capacity++)
        through(capacity);
    return 0;
}

START_TEST(first_in_first_out)
{
    run(capacities);
}
END_TEST

static int receivers_wait(void *arg)
{
    struct task *a, *b;

    (void)arg;
    channel_init(&c, 4);
    a = task_create(receives_one, WORD("a"));
    b = task_create(receives_one, WORD("b"));
    settle();
    ck_assert_int_eq(channel_try_send(&c, number(1)), 0);
    ck_assert_int_eq(channel_try_send(&c, number(2)), 0);
    ck_assert_int_eq(channel_try_send(&c, number(3)), 0);
    /* The first two are theirs, though they have not run. */
    ck_assert_int_eq(channel_try_recv(&c, &arg), 1);
    ck_assert_int_eq(value(arg), 3);
    ck_assert_int_eq(channel_try_recv(&c, &arg), -EAGAIN);
    ck_assert_int_eq(end(a), 1);
    ck_assert_int_eq(end(b), 1);
    channel_clear(&c);
    ck_assert_journal("a1:1 b2:1 next:0 next:0");
    return 0;
}

START_TEST(receivers_are_served_in_order)
{
    run(receivers_wait);
}
END_TEST

static int senders_wait(void *arg)
{
    struct sender s[] = {{1, 1}, {2, 2}, {3, 3}};
    struct task *t[3];
    void *item;

    (void)arg;
    channel_init(&c, 1);
    for (int i = 0; i < 3; i++)
        t[i] = task_create(sends, &s[i]);
    settle();
    ck_assert_int_eq(channel_try_send(&c, number(9)), -EAGAIN);
    for (long i = 1; i <= 3; i++) {
        ck_assert_int_eq(channel_try_recv(&c, &item), 1);
        ck_assert_int_eq(value(item), i);
        if (i < 3) /* its place is taken by who has waited longest */
            ck_assert_int_eq(channel_try_send(&c, number(9)), -EAGAIN);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(end(t[i]), 0);
    channel_clear(&c);
    return 0;
}

START_TEST(senders_are_served_in_order)
{
    run(senders_wait);
}
END_TEST

/* ---- closing ---- */

static int closed(void *arg)
{
    struct sender s = {1, 3};
    struct task *sender;
    void *item;

    (void)arg;
    channel_init(&c, 2);
    sender = task_create(sends, &s);
    settle();
    channel_close(&c);
    channel_close(&c);
    ck_assert_int_eq(end(sender), -EPIPE);
    ck_assert_int_eq(channel_send(&c, NULL), -EPIPE);
    ck_assert_int_eq(channel_try_send(&c, NULL), -EPIPE);
    ck_assert_int_eq(channel_recv(&c, &item), 1);
    ck_assert_int_eq(value(item), 1);
    ck_assert_int_eq(channel_try_recv(&c, &item), 1);
    ck_assert_int_eq(value(item), 2);
    ck_assert_int_eq(channel_recv(&c, &item), 0);
    ck_assert_int_eq(channel_try_recv(&c, &item), 0);
    channel_clear(&c);
    ck_assert_journal("!3:-32");
    return 0;
}

START_TEST(closed_to_senders)
{
    run(closed);
}
END_TEST

static int closed_on_receivers(void *arg)
{
    struct task *a, *b;

    (void)arg;
    channel_init(&c, 2);
    a = task_create(receives, WORD("a"));
    b = task_create(receives, WORD("b"));
    settle();
    channel_close(&c);
    ck_assert_int_eq(end(a), 0);
    ck_assert_int_eq(end(b), 0);
    channel_clear(&c);
    ck_assert_journal("aend:0 bend:0");
    return 0;
}

START_TEST(closed_to_receivers)
{
    run(closed_on_receivers);
}
END_TEST

/* ---- cancelling ---- */

static int receiver_cancelled(void *arg)
{
    struct task *a, *b;

    (void)arg;
    channel_init(&c, 1);
    a = task_create(receives_one, WORD("a"));
    b = task_create(receives_one, WORD("b"));
    settle();
    task_cancel(a); /* gone at once: the item goes past it */
    ck_assert_int_eq(channel_try_send(&c, number(1)), 0);
    ck_assert_int_eq(end(a), -ECANCELED);
    ck_assert_int_eq(end(b), 1);
    ck_assert_journal("a-1:-125 b1:1 next:0 next:0");
    channel_clear(&c);
    return 0;
}

START_TEST(a_cancelled_receiver_loses_nothing)
{
    run(receiver_cancelled);
}
END_TEST

static int receiver_cancelled_late(void *arg)
{
    struct task *a;

    (void)arg;
    channel_init(&c, 1);
    a = task_create(receives_one, WORD("a"));
    settle();
    channel_try_send(&c, number(1));
    ck_assert_int_eq(cancel_and_await(a), 1);
    ck_assert_journal("a1:1 next:-125");
    channel_clear(&c);
    return 0;
}

START_TEST(an_item_handed_over_is_kept)
{
    run(receiver_cancelled_late);
}
END_TEST

static int sender_cancelled(void *arg)
{
    struct sender s[] = {{1, 1}, {2, 2}, {3, 3}};
    struct task *t[3];
    void *item;

    (void)arg;
    channel_init(&c, 1);
    for (int i = 0; i < 3; i++)
        t[i] = task_create(sends, &s[i]);
    settle();
    ck_assert_int_eq(cancel_and_await(t[1]), -ECANCELED); /* not taken */
    ck_assert_int_eq(channel_try_recv(&c, &item), 1);
    ck_assert_int_eq(cancel_and_await(t[2]), 0); /* taken already */
    ck_assert_int_eq(channel_try_recv(&c, &item), 1);
    ck_assert_int_eq(value(item), 3);
    ck_assert_int_eq(channel_try_recv(&c, &item), -EAGAIN);
    ck_assert_int_eq(end(t[0]), 0);
    channel_clear(&c);
    ck_assert_journal("!2:-125");
    return 0;
}

START_TEST(a_cancelled_sender_keeps_its_item)
{
    run(sender_cancelled);
}
END_TEST

/* ---- many ---- */

enum { ITEMS = 20000, WORKERS = 50 };

static long sum;

static int adds_up(void *arg)
{
    void *item;
    int r;

    (void)arg;
    while ((r = channel_recv(&c, &item)) > 0) {
        sum += value(item);
        if (value(item) % 7 == 0)
            task_yield();
    }
    return r;
}

static int many(void *arg)
{
    struct group g;

    (void)arg;
    sum = 0;
    channel_init(&c, 16);
    group_init(&g);
    for (int i = 0; i < WORKERS; i++)
        group_create_task(&g, adds_up, NULL);
    for (long i = 1; i <= ITEMS; i++)
        ck_assert_int_eq(channel_send(&c, number(i)), 0);
    channel_close(&c);
    ck_assert_int_eq(group_wait(&g), 0);
    channel_clear(&c);
    ck_assert_int_eq(sum, (long)ITEMS * (ITEMS + 1) / 2);
    return 0;
}

START_TEST(workers_over_a_queue)
{
    run(many);
}
END_TEST

/* Senders and receivers cancelled at random: what was sent is received, once, and what
 * was refused is not. */
enum { SENDERS = 5000 };

static int sent[SENDERS], taken[SENDERS];

static int sends_one(void *item)
{
    int r = channel_send(&c, item);

    sent[value(item)] = r == 0;
    return r;
}

static int takes_some(void *arg)
{
    void *item;

    (void)arg;
    while (channel_recv(&c, &item) > 0) {
        taken[value(item)]++;
        if (rand() % 2 && task_yield() < 0)
            break;
    }
    return 0;
}

static int cancelled_at_random(void *arg)
{
    struct task *receivers[WORKERS], *t;
    struct group g;

    srand(1);
    channel_init(&c, 3);
    group_init(&g);
    for (int i = 0; i < WORKERS; i++)
        receivers[i] = group_create_task(&g, takes_some, arg);
    for (int i = 0; i < SENDERS; i++) {
        struct task **r = &receivers[rand() % WORKERS];

        t = group_create_task(&g, sends_one, number(i));
        if (rand() % 3 == 0)
            task_yield();
        if (rand() % 5 == 0)
            task_cancel(t);
        if (rand() % 10 == 0) {
            task_cancel(*r);
            *r = group_create_task(&g, takes_some, arg);
        }
    }
    task_await(t);
    channel_close(&c);
    ck_assert_int_eq(group_wait(&g), 0);
    channel_clear(&c);
    return 0;
}

START_TEST(cancelled_from_all_sides)
{
    int n = 0;

    memset(sent, 0, sizeof(sent));
    memset(taken, 0, sizeof(taken));
    run(cancelled_at_random);
    for (int i = 0; i < SENDERS; i++) {
        ck_assert_int_eq(taken[i], sent[i]);
        n += sent[i];
    }
    ck_assert_int_gt(n, SENDERS / 2);
    ck_assert_int_lt(n, SENDERS);
}
END_TEST

/* ---- misuse ---- */

START_TEST(no_room_at_all)
{
    expect_abort();
    channel_init(&c, 0);
}
END_TEST

static int clears_awaited(void *arg)
{
    (void)arg;
    channel_init(&c, 1);
    task_create(receives, WORD("a"));
    task_yield();
    channel_clear(&c);
    return 0;
}

START_TEST(cleared_while_awaited)
{
    expect_abort();
    run(clears_awaited);
}
END_TEST

static Suite *make(void)
{
    Suite *s =
        CHECK_SUITE("async_channel", first_in_first_out, receivers_are_served_in_order,
                    senders_are_served_in_order, closed_to_senders, closed_to_receivers,
                    a_cancelled_receiver_loses_nothing, an_item_handed_over_is_kept,
                    a_cancelled_sender_keeps_its_item, workers_over_a_queue,
                    cancelled_from_all_sides);

    return WITH_ABORTS(s, no_room_at_all, cleared_while_awaited);
}

int main(void)
{
    return check_main(make);
}
