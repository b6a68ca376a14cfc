#include "check_async.h"

static struct semaphore s;
static int inside, most;

struct visitor {
    const char *name;
};

static int visits(void *arg)
{
    const struct visitor *v = arg;
    int r = semaphore_acquire(&s);

    note("%s:%d", v->name, r);
    if (r < 0)
        return r;
    if (++inside > most)
        most = inside;
    task_yield();
    inside--;
    semaphore_release(&s);
    return 0;
}

static int in_order(void *arg)
{
    struct visitor v[] = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}};
    struct task *t[5];

    (void)arg;
    inside = most = 0;
    semaphore_init(&s, 2);
    for (int i = 0; i < 5; i++)
        t[i] = task_create(visits, &v[i]);
    for (int i = 0; i < 5; i++) {
        task_await(t[i]);
        task_unref(t[i]);
    }
    ck_assert_int_eq(most, 2);
    ck_assert_uint_eq(s.value, 2);
    ck_assert_journal("a:0 b:0 c:0 d:0 e:0");
    return 0;
}

START_TEST(first_come_first_served)
{
    run(in_order);
}
END_TEST

/* A place that is given back belongs to the first who waits, even before he has run. */
static int no_overtaking(void *arg)
{
    struct visitor v = {"waiter"};
    struct task *t;

    (void)arg;
    semaphore_init(&s, 1);
    ck_assert_int_eq(semaphore_acquire(&s), 0);
    ck_assert(!semaphore_try_acquire(&s));
    t = task_create(visits, &v);
    task_yield();
    semaphore_release(&s);
    ck_assert(!semaphore_try_acquire(&s));
    ck_assert_int_eq(semaphore_acquire(&s), 0); /* behind him */
    note("main");
    semaphore_release(&s);
    task_await(t);
    task_unref(t);
    ck_assert(semaphore_try_acquire(&s));
    ck_assert(!semaphore_try_acquire(&s));
    ck_assert_journal("waiter:0 main");
    return 0;
}

START_TEST(nobody_overtakes)
{
    run(no_overtaking);
}
END_TEST

static int cancelled_waiting(void *arg)
{
    struct visitor a = {"a"}, b = {"b"}, c = {"c"};
    struct task *ta, *tb, *tc;

    (void)arg;
    semaphore_init(&s, 0);
    ta = task_create(visits, &a);
    tb = task_create(visits, &b);
    tc = task_create(visits, &c);
    settle();
    task_cancel(tb); /* it is gone at once: the place goes past it */
    semaphore_release(&s);
    semaphore_release(&s);
    ck_assert_int_eq(task_await(tb), -ECANCELED);
    ck_assert_int_eq(task_await(ta), 0);
    ck_assert_int_eq(task_await(tc), 0);
    ck_assert_uint_eq(s.value, 2);
    ck_assert_journal("b:-125 a:0 c:0");
    task_unref(ta);
    task_unref(tb);
    task_unref(tc);
    return 0;
}

START_TEST(a_cancelled_waiter_leaves_nothing)
{
    run(cancelled_waiting);
}
END_TEST

/* Handed over first, cancelled then: it has the place and must give it back. */
static int cancelled_holding(void *arg)
{
    struct visitor a = {"a"};
    struct task *t;

    (void)arg;
    inside = 0;
    semaphore_init(&s, 0);
    t = task_create(visits, &a);
    settle();
    semaphore_release(&s);
    ck_assert_int_eq(cancel_and_await(t), 0);
    ck_assert_uint_eq(s.value, 1);
    ck_assert_journal("a:0");
    return 0;
}

START_TEST(what_was_handed_over_is_kept)
{
    run(cancelled_holding);
}
END_TEST

/* As in asyncio: a place that is free is taken, the request waits for the next await.
 */
static int request_pending(void *arg)
{
    (void)arg;
    semaphore_init(&s, 1);
    task_cancel(task_current());
    ck_assert_int_eq(semaphore_acquire(&s), 0);
    ck_assert_int_eq(semaphore_acquire(&s), -ECANCELED);
    semaphore_release(&s);
    ck_assert_uint_eq(s.value, 1);
    return 0;
}

START_TEST(a_free_place_is_not_refused)
{
    run(request_pending);
}
END_TEST

static void release(void *arg)
{
    (void)arg;
    semaphore_release(&s);
}

static int from_callback(void *arg)
{
    struct handle h;

    (void)arg;
    semaphore_init(&s, 0);
    handle_init(&h, release, NULL);
    loop_call_soon(loop_current(), &h);
    return semaphore_acquire(&s);
}

START_TEST(released_by_a_callback)
{
    ck_assert_int_eq(run(from_callback), 0);
}
END_TEST

enum { MANY = 10000 };

static int visits_quietly(void *count)
{
    if (semaphore_acquire(&s) < 0)
        return -ECANCELED;
    task_yield();
    ++*(int *)count;
    semaphore_release(&s);
    return 0;
}

static int many_cancelled(void *arg)
{
    struct task **t = mem_alloc(MANY * sizeof(struct task *));
    int served = 0;

    (void)arg;
    semaphore_init(&s, 3);
    for (int i = 0; i < MANY; i++)
        t[i] = task_create(visits_quietly, &served);
    task_yield();
    for (int i = 1; i < MANY; i += 2)
        task_cancel(t[i]);
    for (int i = 0; i < MANY; i++) {
        task_await(t[i]);
        task_unref(t[i]);
    }
    free(t);
    ck_assert_uint_eq(s.value, 3);
    return served;
}

START_TEST(ten_thousand_and_half_of_them_cancelled)
{
    /* The one of the three first that is cancelled has its place already. */
    ck_assert_int_eq(run(many_cancelled), MANY / 2 + 1);
}
END_TEST

static Suite *make(void)
{
    return CHECK_SUITE("async_semaphore", first_come_first_served, nobody_overtakes,
                       a_cancelled_waiter_leaves_nothing, what_was_handed_over_is_kept,
                       a_free_place_is_not_refused, released_by_a_callback,
                       ten_thousand_and_half_of_them_cancelled);
}

int main(void)
{
    return check_main(make);
}
