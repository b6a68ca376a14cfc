#include "check_async.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static struct event arrived;

static void note_and_set(void *word)
{
    note_word(word);
    ck_assert_ptr_null(task_current()); /* on the loop, not in the signal's context */
    event_set(&arrived);
}

static void set_event(void *arg)
{
    (void)arg;
    event_set(&arrived);
}

static async void await_signal(void)
{
    ck_assert_int_eq(event_wait(&arrived), 0);
    event_clear(&arrived);
}

static int arrives(void *arg)
{
    struct loop *loop = loop_current();

    (void)arg;
    event_init(&arrived);
    loop_add_signal(loop, SIGUSR1, note_and_set, WORD("usr1"));
    loop_add_signal(loop, SIGTERM, note_and_set, WORD("term"));
    for (int i = 0; i < 2; i++) {
        kill(getpid(), SIGUSR1);
        await_signal();
    }
    kill(getpid(), SIGTERM);
    await_signal();
    ck_assert_journal("usr1 usr1 term");
    loop_remove_signal(loop, SIGUSR1);
    loop_remove_signal(loop, SIGUSR1); /* harmless */
    return 0;                          /* the loop removes the other */
}

START_TEST(runs_on_the_loop)
{
    struct sigaction action;

    run(arrives);
    sigaction(SIGUSR1, NULL, &action);
    ck_assert(action.sa_handler == SIG_DFL);
    sigaction(SIGTERM, NULL, &action);
    ck_assert(action.sa_handler == SIG_DFL);
}
END_TEST

static int replaced(void *arg)
{
    struct loop *loop = loop_current();

    (void)arg;
    event_init(&arrived);
    loop_add_signal(loop, SIGUSR1, note_and_set, WORD("first"));
    loop_add_signal(loop, SIGUSR1, note_and_set, WORD("second"));
    kill(getpid(), SIGUSR1);
    await_signal();
    ck_assert_journal("second");
    return 0;
}

START_TEST(the_second_replaces_the_first)
{
    run(replaced);
}
END_TEST

static atomic_bool enough;

static void *raises(void *arg)
{
    while (!enough)
        kill(getpid(), SIGUSR1); /* would end us while nobody handles it */
    return arg;
}

static int never_unhandled(void *arg)
{
    pthread_t thread;

    event_init(&arrived);
    enough = false;
    loop_add_signal(loop_current(), SIGUSR1, set_event, WORD("x"));
    pthread_create(&thread, NULL, raises, arg);
    for (int i = 0; i < 3000; i++)
        loop_add_signal(loop_current(), SIGUSR1, set_event, arg);
    await_signal();
    enough = true;
    pthread_join(thread, NULL);
    return task_yield();
}

START_TEST(no_gap_when_it_is_replaced)
{
    run(never_unhandled);
}
END_TEST

static void remove_itself(void *arg)
{
    note_and_set(arg);
    loop_remove_signal(loop_current(), SIGUSR2);
}

static int removes_itself(void *arg)
{
    (void)arg;
    event_init(&arrived);
    loop_add_signal(loop_current(), SIGUSR2, remove_itself, WORD("once"));
    raise(SIGUSR2);
    await_signal();
    ck_assert_journal("once");
    return 0;
}

START_TEST(removed_from_within)
{
    run(removes_itself);
}
END_TEST

static int spins(void *arg)
{
    (void)arg;
    while (task_yield() == 0)
        ;
    return 0;
}

static int arrives_while_busy(void *arg)
{
    struct task *busy = task_create(spins, arg);

    event_init(&arrived);
    loop_add_signal(loop_current(), SIGUSR1, note_and_set, WORD("usr1"));
    raise(SIGUSR1);
    await_signal();
    cancel_and_await(busy);
    return 0;
}

START_TEST(arrives_at_a_busy_loop)
{
    run(arrives_while_busy);
}
END_TEST

static void cancel_main(void *t)
{
    task_cancel(t);
}

/* What a program does with SIGINT. */
static int interrupted(void *arg)
{
    struct task *self = task_current();
    struct group g;
    int r;

    (void)arg;
    loop_add_signal(loop_current(), SIGINT, cancel_main, self);
    group_init(&g);
    group_create_task(&g, spins, NULL);
    raise(SIGINT);
    r = group_wait(&g);
    note("main:%d", r);
    return r;
}

START_TEST(cancels_the_program)
{
    ck_assert_int_eq(run(interrupted), -ECANCELED);
    ck_assert_journal("main:-125");
}
END_TEST

START_TEST(no_such_signal)
{
    expect_abort();
    loop_add_signal(loop_new(), 0, note_and_set, NULL);
}
END_TEST

static Suite *make(void)
{
    Suite *s =
        CHECK_SUITE("async_signal", runs_on_the_loop, the_second_replaces_the_first,
                    no_gap_when_it_is_replaced, removed_from_within,
                    arrives_at_a_busy_loop, cancels_the_program);

    return WITH_ABORTS(s, no_such_signal);
}

int main(void)
{
    return check_main(make);
}
