#include "check_async.h"

#include "http/limits.h"

/* Tickets that note who got a place. */
struct asker {
    struct ticket ticket;
    const char *name;
    double granted; /* loop_time */
};

static void granted(struct ticket *t)
{
    struct asker *a = container_of(t, struct asker, ticket);

    ck_assert_int_eq(t->state, TICKET_HELD);
    a->granted = loop_time();
    note("%s", a->name);
}

static struct limits *limits(unsigned total, unsigned per_host)
{
    return limits_new(loop_current(), &(struct limits_config){total, per_host, 0, 0});
}

/* Asks for a place at the origin that the name begins with. */
static void ask(struct limits *l, struct asker *a, const char *name)
{
    char origin[2] = {name[0], '\0'};

    ticket_init(&a->ticket, granted);
    a->name = name;
    limits_enqueue(l, &a->ticket, origin);
}

static void ask_later(struct limits *l, struct asker *a, const char *name,
                      double seconds)
{
    char origin[2] = {name[0], '\0'};

    ticket_init(&a->ticket, granted);
    a->name = name;
    limits_enqueue_later(l, &a->ticket, origin, seconds);
}

static void ask_all(struct limits *l, struct asker *a, const char *const *names,
                    size_t n)
{
    for (size_t i = 0; i < n; i++)
        ask(l, &a[i], names[i]);
}

#define ASK_ALL(l, a, ...)                                                             \
    ask_all(l, a, (const char *const[]){__VA_ARGS__},                                  \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Gives back what is held, in the order of the array, until nobody holds a place. */
static void release_held(struct asker *a, size_t n)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < n; i++)
            if (a[i].ticket.state == TICKET_HELD) {
                limits_release(&a[i].ticket);
                again = true;
            }
    }
}

static void end(struct limits *l)
{
    ck_assert_uint_eq(limits_active(l), 0);
    ck_assert_uint_eq(limits_hosts(l), 0);
    limits_free(l);
}

/* A test is a task that runs in a loop of its own. */
#define LIMITS_TEST(name)                                                              \
    static async int name##_task(void *arg);                                           \
    START_TEST(name)                                                                   \
    {                                                                                  \
        run(name##_task);                                                              \
    }                                                                                  \
    END_TEST                                                                           \
    static async int name##_task(void *arg)

LIMITS_TEST(in_order_at_a_host)
{
    struct limits *l = limits(1, 1);
    struct asker a[4];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3", "a4");
    ck_assert_journal("a1"); /* before limits_enqueue returned */
    ck_assert_uint_eq(limits_active(l), 1);
    release_held(a, 4);
    ck_assert_journal("a1 a2 a3 a4");
    end(l);
    return 0;
}

LIMITS_TEST(caps)
{
    struct limits *l = limits(5, 2);
    struct asker a[9];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3");
    ck_assert_journal("a1 a2 b1 b2 c1");
    ck_assert_uint_eq(limits_active(l), 5);
    limits_release(&a[0].ticket); /* a has room again, c waited before it */
    ck_assert_journal("a1 a2 b1 b2 c1 c2");
    limits_release(&a[3].ticket);
    ck_assert_journal("a1 a2 b1 b2 c1 c2 a3");
    release_held(a, 9);
    end(l);
    return 0;
}

/* A list sorted by host starves nobody: hosts take turns. */
LIMITS_TEST(hosts_take_turns)
{
    struct limits *l = limits(1, 8);
    struct asker a[9];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1", "c2");
    release_held(a, 9);
    ck_assert_journal("a1 a2 b1 c1 a3 b2 c2 a4 b3");
    end(l);
    return 0;
}

LIMITS_TEST(full_hosts_hold_nobody_up)
{
    struct limits *l = limits(4, 1);
    struct asker a[6];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3", "a4", "b1", "c1");
    ck_assert_journal("a1 b1 c1");
    ck_assert_uint_eq(limits_active(l), 3); /* those that wait for `a` hold no place */
    release_held(a, 6);
    end(l);
    return 0;
}

LIMITS_TEST(withdrawn_in_every_state)
{
    struct limits *l = limits(1, 1);
    struct asker a[4], later;

    (void)arg;
    ticket_init(&a[0].ticket, granted);
    limits_release(&a[0].ticket); /* idle */
    ASK_ALL(l, a, "a1", "a2", "a3", "b1");
    limits_release(&a[1].ticket); /* waiting */
    limits_release(&a[1].ticket);
    limits_release(&a[3].ticket); /* the only one of its host */
    ck_assert_uint_eq(limits_hosts(l), 1);
    ask_later(l, &later, "c1", AGES); /* delayed */
    ck_assert_int_eq(later.ticket.state, TICKET_DELAYED);
    ck_assert_uint_eq(limits_hosts(l), 2);
    limits_release(&later.ticket);
    ck_assert_uint_eq(limits_hosts(l), 1);
    limits_release(&a[0].ticket); /* held */
    ck_assert_journal("a1 a3");
    limits_release(&a[2].ticket);
    ck_assert_int_eq(a[2].ticket.state, TICKET_IDLE);
    end(l);
    return 0;
}

static void grants_and_goes(struct ticket *t)
{
    granted(t);
    limits_release(t);
}

/* `granted` may give the place back at once, and ask for more. */
LIMITS_TEST(released_while_granted)
{
    enum { N = 1000 };
    struct limits *l = limits(1, 1);
    static struct asker a[N];
    struct asker first;

    (void)arg;
    ask(l, &first, "a");
    for (int i = 0; i < N; i++) {
        ticket_init(&a[i].ticket, grants_and_goes);
        a[i].name = "";
        limits_enqueue(l, &a[i].ticket, i % 2 ? "a" : "b");
    }
    limits_release(&first.ticket);
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(a[i].ticket.state, TICKET_IDLE);
    end(l);
    return 0;
}

/* Whether all had asked before the delay was over. */
static async bool delayed_by(double delay)
{
    struct limits_config config = {8, 8, .host_delay = delay};
    struct limits *l = limits_new(loop_current(), &config);
    struct asker a[4];
    double began = loop_time();
    bool in_time;

    journal_reset();
    ASK_ALL(l, a, "a1", "a2", "a3", "b1");
    in_time = loop_time() < began + delay;
    if (in_time)
        ck_assert_journal("a1 b1");
    while (a[2].ticket.state != TICKET_HELD)
        task_sleep(0.005);
    if (in_time)
        ck_assert_journal("a1 b1 a2 a3");
    ck_assert_double_ge(a[1].granted - began, delay);
    ck_assert_double_ge(a[2].granted - began, 2 * delay);
    release_held(a, 4);
    limits_free(l); /* `a` may still have to be left alone */
    return in_time;
}

LIMITS_TEST(host_delay)
{
    (void)arg;
    WITH_LIMITS(delay)
    {
        if (delayed_by(delay))
            return 0;
    }
    ck_abort_msg("too slow");
}

/* An origin's own counts from when it is told, beside the others'. */
LIMITS_TEST(delay_of_one_host)
{
    struct limits_config config = {8, 8, .host_delay = 0.02};
    struct limits *l = limits_new(loop_current(), &config);
    struct asker a[5];
    double began = loop_time();

    (void)arg;
    limits_set_delay(l, "a", 0.1);
    limits_set_delay(l, "b", 0.01); /* less than all have */
    ASK_ALL(l, a, "a1", "a2", "a3", "b1", "b2");
    ck_assert_journal("a1 b1");
    while (a[2].ticket.state != TICKET_HELD)
        task_sleep(0.005);
    ck_assert_journal("a1 b1 b2 a2 a3");
    ck_assert_double_ge(a[1].granted - began, 0.1);
    ck_assert_double_ge(a[2].granted - began, 0.2);
    ck_assert_double_ge(a[4].granted - began, 0.02);
    release_held(a, 5);
    ck_assert_uint_eq(limits_hosts(l), 2); /* it outlasts their tickets */
    task_sleep(0.12);
    ck_assert_uint_eq(limits_hosts(l), 2);
    ASK_ALL(l, a, "a4", "a5");
    ck_assert_journal("a1 b1 b2 a2 a3 a4");
    limits_set_delay(l, "a", 0);
    while (a[1].ticket.state != TICKET_HELD)
        task_sleep(0.005);
    release_held(a, 2);
    limits_free(l);
    return 0;
}

LIMITS_TEST(rate)
{
    struct limits_config config = {8, 8, .rate = 20};
    struct limits *l = limits_new(loop_current(), &config);
    struct asker a[6];
    double began = loop_time();

    (void)arg;
    ASK_ALL(l, a, "a1", "b1", "c1", "d1", "e1", "f1");
    while (a[5].ticket.state != TICKET_HELD)
        task_sleep(0.005);
    ck_assert_journal("a1 b1 c1 d1 e1 f1");
    /* five gaps of 50 ms; one may have slipped */
    ck_assert_double_ge(a[5].granted - began, 0.19);
    release_held(a, 6);
    end(l);
    return 0;
}

LIMITS_TEST(withdrawn_while_paced)
{
    struct limits_config config = {8, 8, .rate = 0.001};
    struct limits *l = limits_new(loop_current(), &config);
    struct asker a[3];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3");
    for (int i = 0; i < 3; i++)
        limits_release(&a[i].ticket);
    ck_assert_journal("a1");
    end(l); /* the timer of the pace is still set */
    return 0;
}

/* Whether all had asked before the pause was over. */
static async bool paused_for(double pause)
{
    struct limits *l = limits(8, 8);
    struct asker a[4];
    double began = loop_time();
    bool in_time;

    journal_reset();
    ask(l, &a[0], "a1");
    limits_pause(l, "a", pause);
    limits_pause(l, "a", pause / 10); /* the longer one stands */
    limits_pause(l, "b", 0);          /* is none */
    ask(l, &a[1], "a2");
    ask(l, &a[2], "b1");
    ask(l, &a[3], "a3");
    in_time = loop_time() < began + pause;
    if (in_time)
        ck_assert_journal("a1 b1");
    while (a[3].ticket.state != TICKET_HELD)
        task_sleep(0.005);
    ck_assert_double_ge(a[1].granted - began, pause);
    if (in_time)
        ck_assert_journal("a1 b1 a2 a3");
    release_held(a, 4);
    end(l);
    return in_time;
}

LIMITS_TEST(pauses)
{
    (void)arg;
    WITH_LIMITS(pause)
    {
        if (paused_for(pause))
            return 0;
    }
    ck_abort_msg("too slow");
}

/* Whether the second pause came before the first was over. */
static async bool paused_again(double pause)
{
    struct limits *l = limits(8, 8);
    struct asker a;
    double began = loop_time();
    bool in_time;

    limits_pause(l, "a", pause);
    ask(l, &a, "a1");
    in_time = a.ticket.state != TICKET_HELD;
    limits_pause(l, "a", 3 * pause);
    while (a.ticket.state != TICKET_HELD)
        task_sleep(0.005);
    if (in_time)
        ck_assert_double_ge(a.granted - began, 3 * pause);
    limits_release(&a.ticket);
    end(l);
    return in_time;
}

LIMITS_TEST(pause_made_longer)
{
    (void)arg;
    WITH_LIMITS(pause)
    {
        if (paused_again(pause))
            return 0;
    }
    ck_abort_msg("too slow");
}

/* A host without tickets is remembered for as long as its pause. */
LIMITS_TEST(pause_ends)
{
    struct limits *l = limits(8, 8);

    (void)arg;
    limits_pause(l, "a", 0.02);
    limits_pause(l, "b", AGES);
    ck_assert_uint_eq(limits_hosts(l), 2);
    while (limits_hosts(l) == 2)
        task_sleep(0.005);
    limits_free(l); /* while b is paused */
    return 0;
}

LIMITS_TEST(late_ones_go_first)
{
    struct limits *l = limits(1, 1);
    struct asker a[3], late[3];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3");
    ask_later(l, &late[0], "a4", 0.01);
    ask_later(l, &late[1], "a5", 0.02);
    ask_later(l, &late[2], "a6", 0.03);
    while (late[2].ticket.state != TICKET_WAITING)
        task_sleep(0.005);
    limits_release(&a[0].ticket);
    for (int i = 0; i < 3; i++)
        limits_release(&late[i].ticket);
    release_held(a, 3);
    ck_assert_journal("a1 a4 a5 a6 a2 a3");
    end(l);
    return 0;
}

/* Whether what was late waited before the pause was over. */
static async bool late_in_pause(double pause)
{
    struct limits *l = limits(4, 4);
    struct asker a, b;
    bool in_time;

    journal_reset();
    limits_pause(l, "a", pause);
    ask_later(l, &a, "a1", pause / 10);
    ask_later(l, &b, "a2", pause / 10);
    while (a.ticket.state == TICKET_DELAYED)
        task_sleep(0.005);
    in_time = a.ticket.state == TICKET_WAITING;
    limits_release(&a.ticket);
    while (b.ticket.state != TICKET_HELD)
        task_sleep(0.005);
    if (in_time)
        ck_assert_journal("a2");
    limits_release(&b.ticket);
    end(l);
    return in_time;
}

LIMITS_TEST(late_while_paused)
{
    (void)arg;
    WITH_LIMITS(pause)
    {
        if (late_in_pause(pause))
            return 0;
    }
    ck_abort_msg("too slow");
}

LIMITS_TEST(shrinks)
{
    struct limits *l = limits(4, 4);
    struct asker a[6];

    (void)arg;
    ASK_ALL(l, a, "a1", "a2", "a3", "a4", "a5", "b1");
    limits_shrink(l, 9); /* never more */
    ck_assert_uint_eq(limits_total(l), 4);
    limits_shrink(l, 2);
    limits_release(&a[0].ticket);
    limits_release(&a[1].ticket);
    ck_assert_journal("a1 a2 a3 a4");
    limits_release(&a[2].ticket);
    ck_assert_journal("a1 a2 a3 a4 b1"); /* b waited before a had room again */
    limits_shrink(l, 0);
    ck_assert_uint_eq(limits_total(l), 1);
    release_held(a, 6);
    ck_assert_journal("a1 a2 a3 a4 b1 a5");
    end(l);
    return 0;
}

LIMITS_TEST(hosts_are_forgotten)
{
    struct limits *l = limits(2, 1);

    (void)arg;
    for (int i = 0; i < 5000; i++) {
        struct ticket t;
        char origin[32];

        snprintf(origin, sizeof(origin), "http://h%d:80", i);
        ticket_init(&t, grants_and_goes);
        t.granted = NULL;
        ck_assert_int_eq(limits_acquire(l, &t, origin), 0);
        ck_assert_uint_eq(limits_hosts(l), 1);
        limits_release(&t);
    }
    end(l);
    return 0;
}

/* ---- limits_acquire ---- */

static struct limits *shared;

static async int acquire(void *name)
{
    struct ticket t;
    int r;

    ticket_init(&t, NULL);
    r = limits_acquire(shared, &t, "a");
    note("%s:%s", (char *)name, r == 0 ? "in" : r == -ECANCELED ? "cancelled" : "?");
    if (r == 0)
        task_sleep(0.001);
    limits_release(&t); /* harmless without a place */
    return r;
}

LIMITS_TEST(acquire_cancelled)
{
    struct task *t[4];
    struct ticket mine;

    (void)arg;
    shared = limits(1, 1);
    ticket_init(&mine, NULL);
    ck_assert_int_eq(limits_acquire(shared, &mine, "a"), 0);
    t[0] = task_create(acquire, WORD("1"));
    t[1] = task_create(acquire, WORD("2"));
    t[2] = task_create(acquire, WORD("3"));
    t[3] = task_create(acquire, WORD("4"));
    settle();
    task_cancel(t[0]);     /* while it waits */
    task_cancel(t[1]);     /* and, before it has left: */
    limits_release(&mine); /* its turn comes */
    settle();
    for (int i = 0; i < 4; i++) {
        task_await(t[i]);
        task_unref(t[i]);
    }
    ck_assert_journal("1:cancelled 2:cancelled 3:in 4:in");
    end(shared);
    return 0;
}

LIMITS_TEST(acquire_cancelled_with_the_place)
{
    struct task *t;
    struct ticket mine;

    (void)arg;
    shared = limits(1, 1);
    ticket_init(&mine, NULL);
    ck_assert_int_eq(limits_acquire(shared, &mine, "a"), 0);
    t = task_create(acquire, WORD("1"));
    settle();
    limits_release(&mine); /* it has the place, but has not run */
    task_cancel(t);
    task_await(t);
    task_unref(t);
    ck_assert_journal("1:in"); /* the request waits for the next await */
    end(shared);
    return 0;
}

static async int storm(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i++) {
        char origin[2] = {(char)('a' + rand() % 5), '\0'};
        struct ticket t;

        ticket_init(&t, NULL);
        if (limits_acquire(shared, &t, origin) < 0)
            continue;
        ck_assert_uint_le(limits_active(shared), 7);
        if (rand() % 10 == 0)
            limits_pause(shared, origin, 0.001);
        task_sleep(rand() % 2 ? 0 : 0.0005);
        limits_release(&t);
    }
    return 0;
}

LIMITS_TEST(many_at_once)
{
    enum { N = 200 };
    struct task *t[N];

    (void)arg;
    srand(11);
    shared = limits(7, 3);
    for (int i = 0; i < N; i++)
        t[i] = task_create(storm, NULL);
    for (int i = 0; i < N * 5; i++) {
        task_cancel(t[rand() % N]);
        if (i % 10 == 0)
            task_sleep(0.0005);
    }
    for (int i = 0; i < N; i++) {
        task_await(t[i]);
        task_unref(t[i]);
    }
    ck_assert_uint_eq(limits_active(shared), 0);
    while (limits_hosts(shared) > 0) /* pauses */
        task_sleep(0.001);
    end(shared);
    return 0;
}

static Suite *suite(void)
{
    return CHECK_SUITE("http_limits", in_order_at_a_host, caps, hosts_take_turns,
                       full_hosts_hold_nobody_up, withdrawn_in_every_state,
                       released_while_granted, host_delay, delay_of_one_host, rate,
                       withdrawn_while_paced, pauses, pause_made_longer, pause_ends,
                       late_ones_go_first, late_while_paused, shrinks,
                       hosts_are_forgotten, acquire_cancelled,
                       acquire_cancelled_with_the_place, many_at_once);
}

int main(void)
{
    return check_main(suite);
}
