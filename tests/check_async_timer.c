#include "check_async.h"

static struct loop *loop;
static struct future over;

static void set_up(void)
{
    journal_reset();
    loop = loop_new();
    future_init(&over, "the end");
}

static void tear_down(void)
{
    future_clear(&over);
    loop_free(loop);
}

static void end(void *arg)
{
    (void)arg;
    future_set_result(&over, NULL);
}

/* Runs what is due now, and no more. */
static void run_due(void)
{
    struct timer t;

    timer_init(&t, end, NULL);
    loop_call_at(loop, &t, loop_time());
    loop_run_until_complete(loop, &over);
    future_init(&over, "the end");
}

START_TEST(in_order_of_time)
{
    struct timer a, b, c;
    double now;

    set_up();
    now = loop_time();
    timer_init(&a, note_word, WORD("a"));
    timer_init(&b, note_word, WORD("b"));
    timer_init(&c, note_word, WORD("c"));
    loop_call_at(loop, &c, now - 1);
    loop_call_at(loop, &a, now - 3);
    loop_call_at(loop, &b, now - 2);
    run_due();
    ck_assert_journal("a b c");
    ck_assert(!timer_active(&a));
    tear_down();
}
END_TEST

START_TEST(equal_times_in_order_of_setting)
{
    static const char *const words[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    struct timer t[8];
    double when;

    set_up();
    when = loop_time();
    for (int i = 0; i < 8; i++) {
        timer_init(&t[i], note_word, WORD(words[i]));
        loop_call_at(loop, &t[i], when);
    }
    run_due();
    ck_assert_journal("0 1 2 3 4 5 6 7");
    tear_down();
}
END_TEST

static void stop_timer(void *t)
{
    ck_assert(timer_active(t));
    timer_stop(t);
    ck_assert(!timer_active(t));
}

START_TEST(stops_what_is_due_already)
{
    struct timer a, b, c;

    set_up();
    timer_init(&b, note_word, WORD("never"));
    timer_init(&a, stop_timer, &b);
    timer_init(&c, note_word, WORD("c"));
    loop_call_at(loop, &a, 1);
    loop_call_at(loop, &b, 2);
    loop_call_at(loop, &c, 3);
    run_due();
    ck_assert_journal("c");
    timer_stop(&b);
    tear_down();
}
END_TEST

START_TEST(moves)
{
    struct timer a, b;

    set_up();
    timer_init(&a, note_word, WORD("a"));
    timer_init(&b, note_word, WORD("b"));
    loop_call_at(loop, &a, 1);
    loop_call_at(loop, &b, 2);
    loop_call_at(loop, &a, 3);
    run_due();
    ck_assert_journal("b a");
    loop_call_at(loop, &a, 1);
    loop_call_later(loop, &a, AGES);
    run_due();
    ck_assert_journal("b a");
    ck_assert(timer_active(&a));
    timer_stop(&a);
    tear_down();
}
END_TEST

static struct timer due, later;

static void move_later(void *arg)
{
    (void)arg;
    loop_call_later(loop, &later, AGES);
}

START_TEST(moves_what_is_due_already)
{
    set_up();
    timer_init(&due, move_later, NULL);
    timer_init(&later, note_word, WORD("never"));
    loop_call_at(loop, &due, 1);
    loop_call_at(loop, &later, 2);
    run_due();
    ck_assert_journal("");
    ck_assert(timer_active(&later));
    timer_stop(&later);
    tear_down();
}
END_TEST

static int ticks;

static void tick(void *t)
{
    if (++ticks < 100)
        loop_call_later(loop, t, 0);
    else
        end(NULL);
}

START_TEST(arms_itself_again)
{
    struct timer t;

    set_up();
    ticks = 0;
    timer_init(&t, tick, &t);
    loop_call_later(loop, &t, -5); /* as 0 */
    loop_run_until_complete(loop, &over);
    ck_assert_int_eq(ticks, 100);
    tear_down();
}
END_TEST

struct punctual {
    struct timer timer;
    double when;
};

static int left;

static void not_early(void *arg)
{
    struct punctual *p = arg;

    ck_assert(loop_time() >= p->when);
    if (--left == 0)
        end(NULL);
}

START_TEST(never_early)
{
    struct punctual p[50];

    set_up();
    left = 50;
    for (int i = 0; i < 50; i++) {
        p[i].when = loop_time() + i * 0.0007;
        timer_init(&p[i].timer, not_early, &p[i]);
        loop_call_at(loop, &p[i].timer, p[i].when);
    }
    loop_run_until_complete(loop, &over);
    tear_down();
}
END_TEST

/* ---- many, at random: the heap keeps its order whatever is stopped or moved ---- */

enum { MANY = 5000 };

static struct timer many[MANY];
static const struct timer *before;
static int fired;

static void in_order(void *arg)
{
    const struct timer *t = arg;

    ck_assert(!before || before->when < t->when ||
              (before->when == t->when && before->order < t->order));
    before = t;
    fired++;
}

/* Many equal ones, all in the past: the clock may count from when the machine started.
 */
static double random_time(void)
{
    return -(rand() % 1000);
}

START_TEST(many_at_random)
{
    int armed = 0;

    set_up();
    srand(1);
    before = NULL;
    fired = 0;
    for (int i = 0; i < MANY; i++) {
        timer_init(&many[i], in_order, &many[i]);
        loop_call_at(loop, &many[i], random_time());
    }
    for (int i = 0; i < 2 * MANY; i++) {
        struct timer *t = &many[rand() % MANY];

        if (rand() % 2)
            timer_stop(t);
        else
            loop_call_at(loop, t, random_time());
    }
    for (int i = 0; i < MANY; i++)
        armed += timer_active(&many[i]);
    run_due();
    ck_assert_int_eq(fired, armed);
    tear_down();
}
END_TEST

START_TEST(a_time_that_never_comes)
{
    struct timer t;

    set_up();
    timer_init(&t, note_word, WORD("never"));
    loop_call_later(loop, &t, WAIT_FOREVER);
    run_due();
    ck_assert_journal("");
    timer_stop(&t);
    tear_down();
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_timer", in_order_of_time, equal_times_in_order_of_setting,
                       stops_what_is_due_already, moves, moves_what_is_due_already,
                       arms_itself_again, never_early, many_at_random,
                       a_time_that_never_comes);
}

int main(void)
{
    return check_main(make);
}
