#include "check_async.h"

struct member {
    const char *name;
    double seconds;
    int result;
};

static int work(void *arg)
{
    const struct member *m = arg;
    int r = task_sleep(m->seconds);

    note("%s:%d", m->name, r);
    return r < 0 ? r : m->result;
}

static struct group g;

static int all_succeed(void *arg)
{
    struct member a = {"a", 0.01, 1}, b = {"b", 0, 2};
    struct task *t[2];

    (void)arg;
    group_init(&g);
    ck_assert_int_eq(group_wait(&g), 0); /* nobody to wait for */
    for (int again = 0; again < 2; again++) {
        t[0] = group_create_task(&g, work, &a);
        t[1] = group_create_task(&g, work, &b);
        ck_assert_int_eq(task_await(t[1]), 2); /* borrowed until group_wait returns */
        ck_assert_int_eq(task_await(t[0]), 1);
        ck_assert_int_eq(group_wait(&g), 0);
    }
    ck_assert_journal("b:0 a:0 b:0 a:0");
    return 0;
}

START_TEST(waits_for_all)
{
    run(all_succeed);
}
END_TEST

static int one_fails(void *arg)
{
    struct member a = {"a", AGES, 0}, b = {"b", 0.001, -EIO}, c = {"c", AGES, 0};

    (void)arg;
    group_init(&g);
    group_create_task(&g, work, &a);
    group_create_task(&g, work, &b);
    group_create_task(&g, work, &c);
    ck_assert_int_eq(group_wait(&g), -EIO);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);
    ck_assert_int_eq(task_yield(), 0);
    ck_assert_journal("b:0 a:-125 c:-125");
    group_create_task(&g, work, &(struct member){"d", 0, 0}); /* as good as new */
    ck_assert_int_eq(group_wait(&g), 0);
    return 0;
}

START_TEST(the_first_failure_cancels_the_others)
{
    run(one_fails);
}
END_TEST

static int fails_when_cancelled(void *arg)
{
    struct member *m = arg;

    return task_sleep(AGES) < 0 ? m->result : 0;
}

static int several_fail(void *arg)
{
    struct member a = {"a", AGES, -EPERM}, b = {"b", 0.001, -EIO};

    (void)arg;
    group_init(&g);
    group_create_task(&g, fails_when_cancelled, &a);
    group_create_task(&g, work, &b);
    ck_assert_int_eq(group_wait(&g), -EIO);
    return 0;
}

START_TEST(the_first_failure_is_returned)
{
    run(several_fail);
}
END_TEST

static int one_cancelled(void *arg)
{
    struct member a = {"a", AGES, 0}, b = {"b", 0.005, 0};
    struct task *t;

    (void)arg;
    group_init(&g);
    t = group_create_task(&g, work, &a);
    group_create_task(&g, work, &b);
    task_yield();
    task_cancel(t);
    ck_assert_int_eq(group_wait(&g), 0);
    ck_assert_journal("a:-125 b:0");
    return 0;
}

START_TEST(a_cancelled_member_is_no_failure)
{
    run(one_cancelled);
}
END_TEST

static int cancels_group(void *arg)
{
    struct member a = {"a", AGES, 0}, b = {"b", AGES, 0};

    (void)arg;
    group_init(&g);
    group_create_task(&g, work, &a);
    task_yield();
    group_create_task(&g, work, &b); /* has not begun */
    group_cancel(&g);
    group_create_task(&g, work, &b); /* never begins */
    ck_assert_int_eq(group_wait(&g), 0);
    ck_assert_journal("a:-125");
    return 0;
}

START_TEST(all_are_cancelled)
{
    run(cancels_group);
}
END_TEST

static int member_cancels_group(void *arg)
{
    (void)arg;
    group_cancel(&g);
    note("self:%d", task_yield()); /* it is a member too */
    return 0;
}

static int cancelled_from_within(void *arg)
{
    struct member a = {"a", AGES, 0};

    group_init(&g);
    group_create_task(&g, work, &a);
    group_create_task(&g, member_cancels_group, arg);
    ck_assert_int_eq(group_wait(&g), 0);
    ck_assert_journal("self:-125 a:-125");
    return 0;
}

START_TEST(a_member_cancels_all)
{
    run(cancelled_from_within);
}
END_TEST

/* ---- members that add members ---- */

static int generations;

static int adds_two(void *arg)
{
    int depth = *(int *)arg;
    static int depths[] = {0, 1, 2, 3, 4, 5};

    generations++;
    task_yield();
    for (int i = 0; depth > 0 && i < 2; i++)
        group_create_task(&g, adds_two, &depths[depth - 1]);
    return 0;
}

static int grows(void *arg)
{
    int depth = 5;

    (void)arg;
    generations = 0;
    group_init(&g);
    group_create_task(&g, adds_two, &depth);
    ck_assert_int_eq(group_wait(&g), 0);
    ck_assert_int_eq(generations, 63);
    return 0;
}

START_TEST(members_add_members)
{
    run(grows);
}
END_TEST

static int adds_on_cancel(void *arg)
{
    int r = task_sleep(AGES);

    group_create_task(&g, work, arg);
    return r;
}

static int adds_late(void *arg)
{
    struct member late = {"late", 0, 0}, bad = {"bad", 0.001, -EIO};

    (void)arg;
    group_init(&g);
    group_create_task(&g, adds_on_cancel, &late);
    group_create_task(&g, work, &bad);
    ck_assert_int_eq(group_wait(&g), -EIO);
    ck_assert_journal("bad:0"); /* what was added after the failure never began */
    return 0;
}

START_TEST(members_added_after_a_failure)
{
    run(adds_late);
}
END_TEST

/* ---- the owner ---- */

struct owner {
    struct member *members;
    size_t n;
    double body; /* what it sleeps before it waits; 0: not at all */
};

static int owns(void *arg)
{
    const struct owner *o = arg;
    struct group mine;
    int r;

    group_init(&mine);
    for (size_t i = 0; i < o->n; i++)
        group_create_task(&mine,
                          o->members[i].result == -EPERM ? fails_when_cancelled : work,
                          &o->members[i]);
    if (o->body > 0) {
        r = task_sleep(o->body);
        note("body:%d", r);
        if (r < 0)
            group_cancel(&mine);
    }
    r = group_wait(&mine);
    note("group:%d", r);
    note("next:%d", task_yield());
    return r;
}

static int owner_cancelled(void *arg)
{
    struct member m[] = {{"a", AGES, 0}, {"b", AGES, 0}};
    struct owner o = {m, 2, 0};
    struct task *t = task_create(owns, &o);

    (void)arg;
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("a:-125 b:-125 group:-125 next:0");
    return 0;
}

START_TEST(cancelling_the_owner_cancels_all)
{
    run(owner_cancelled);
}
END_TEST

/* As in asyncio: the error comes first, the cancellation with the next await. */
static int owner_cancelled_and_failure(void *arg)
{
    struct member m[] = {{"a", AGES, -EPERM}};
    struct owner o = {m, 1, 0};
    struct task *t = task_create(owns, &o);

    (void)arg;
    settle();
    ck_assert_int_eq(cancel_and_await(t), -EPERM);
    ck_assert_journal("group:-1 next:-125");
    return 0;
}

START_TEST(a_failure_comes_before_the_cancellation)
{
    run(owner_cancelled_and_failure);
}
END_TEST

static int stubborn(void *arg)
{
    (void)arg;
    note("1:%d", task_sleep(AGES));
    note("2:%d", task_sleep(0.005));
    return 0;
}

static int owns_stubborn(void *arg)
{
    struct group mine;
    int r;

    group_init(&mine);
    group_create_task(&mine, stubborn, arg);
    r = group_wait(&mine);
    note("group:%d", r);
    return r;
}

/* A second request does not disturb members that are cleaning up. */
static int owner_cancelled_twice(void *arg)
{
    struct task *t = task_create(owns_stubborn, arg);

    settle();
    task_cancel(t);
    settle();
    ck_assert_int_eq(cancel_and_await(t), -ECANCELED);
    ck_assert_journal("1:-125 2:0 group:-125");
    return 0;
}

START_TEST(members_are_cancelled_once)
{
    run(owner_cancelled_twice);
}
END_TEST

/* The owner awaits something else, which without its member may never come. */
static int failure_in_the_body(void *arg)
{
    struct member m[] = {{"a", AGES, 0}, {"bad", 0.001, -EIO}};
    struct owner o = {m, 2, AGES};
    struct task *t = task_create(owns, &o);

    (void)arg;
    ck_assert_int_eq(task_await(t), -EIO);
    ck_assert_uint_eq(task_cancelling(t), 0);
    task_unref(t);
    ck_assert_journal("bad:0 a:-125 body:-125 group:-5 next:0");
    return 0;
}

START_TEST(a_failure_wakes_the_owner)
{
    run(failure_in_the_body);
}
END_TEST

static int body_cancelled(void *arg)
{
    struct member m[] = {{"a", AGES, 0}};
    struct owner o = {m, 1, AGES};
    struct task *t = task_create(owns, &o);

    (void)arg;
    settle();
    ck_assert_int_eq(cancel_and_await(t), 0); /* that it was cancelled the body knows */
    ck_assert_journal("body:-125 a:-125 group:0 next:0");
    return 0;
}

START_TEST(the_body_is_cancelled)
{
    run(body_cancelled);
}
END_TEST

/* Both in one round: the group takes back its own request and keeps the other's. */
static int failure_and_cancel(void *arg)
{
    struct member m[] = {{"bad", 0.001, -EIO}};
    struct owner o = {m, 1, AGES};
    struct task *t = task_create(owns, &o);

    (void)arg;
    while (task_cancelling(t) == 0)
        task_yield();
    ck_assert_int_eq(cancel_and_await(t), -EIO);
    ck_assert_journal("bad:0 body:-125 group:-5 next:-125");
    return 0;
}

START_TEST(a_failure_and_a_cancellation_at_once)
{
    run(failure_and_cancel);
}
END_TEST

static int fails_at_once(void *arg)
{
    (void)arg;
    return -EIO;
}

/* The owner has never suspended since: the request is taken back before it is seen. */
static int failure_unseen(void *arg)
{
    struct group mine;
    struct future f;

    group_init(&mine);
    group_create_task(&mine, fails_at_once, arg);
    future_init(&f, "test");
    while (task_cancelling(task_current()) == 0)
        if (task_yield() < 0)
            break;
    ck_assert_int_eq(group_wait(&mine), -EIO);
    ck_assert_uint_eq(task_cancelling(task_current()), 0);
    ck_assert_int_eq(task_yield(), 0);
    return 0;
}

START_TEST(a_failure_leaves_no_request)
{
    run(failure_unseen);
}
END_TEST

static int waits(void *arg)
{
    (void)arg;
    return group_wait(&g);
}

START_TEST(without_an_owner)
{
    struct member m = {"a", 0.001, -EIO};
    struct loop *loop;
    struct task *t;

    journal_reset();
    loop = loop_new();
    group_init(&g);
    group_create_task(&g, work, &m);
    for (int i = 0; i < 2; i++) { /* it stays without one */
        t = task_create(waits, NULL);
        loop_run_until_complete(loop, task_future(t));
        ck_assert_int_eq(task_result(t), i ? 0 : -EIO);
        task_unref(t);
    }
    loop_free(loop);
    ck_assert_journal("a:0");
}
END_TEST

static int nested_groups(void *arg)
{
    struct member m[] = {{"a", AGES, 0}, {"b", AGES, 0}};
    struct owner inner = {m, 2, 0};
    struct member bad = {"bad", 0.005, -EIO};

    (void)arg;
    group_init(&g);
    group_create_task(&g, owns, &inner);
    group_create_task(&g, work, &bad);
    ck_assert_int_eq(group_wait(&g), -EIO);
    ck_assert_journal("bad:0 a:-125 b:-125 group:-125 next:0");
    return 0;
}

START_TEST(groups_in_a_group)
{
    run(nested_groups);
}
END_TEST

static int counts(void *n)
{
    task_yield();
    ++*(int *)n;
    return 0;
}

static int many(void *arg)
{
    int n = 0;

    (void)arg;
    group_init(&g);
    for (int i = 0; i < 10000; i++)
        group_create_task(&g, counts, &n);
    ck_assert_int_eq(group_wait(&g), 0);
    return n;
}

START_TEST(ten_thousand)
{
    ck_assert_int_eq(run(many), 10000);
}
END_TEST

/* ---- misuse ---- */

static int waits_for_anothers(void *arg)
{
    struct task *t;

    group_init(&g);
    t = task_create(waits, arg);
    return task_await(t);
}

START_TEST(awaited_by_another_task)
{
    expect_abort();
    run(waits_for_anothers);
}
END_TEST

static Suite *make(void)
{
    Suite *s =
        CHECK_SUITE("async_group", waits_for_all, the_first_failure_cancels_the_others,
                    the_first_failure_is_returned, a_cancelled_member_is_no_failure,
                    all_are_cancelled, a_member_cancels_all, members_add_members,
                    members_added_after_a_failure, cancelling_the_owner_cancels_all,
                    a_failure_comes_before_the_cancellation, members_are_cancelled_once,
                    a_failure_wakes_the_owner, the_body_is_cancelled,
                    a_failure_and_a_cancellation_at_once, a_failure_leaves_no_request,
                    without_an_owner, groups_in_a_group, ten_thousand);

    return WITH_ABORTS(s, awaited_by_another_task);
}

int main(void)
{
    return check_main(make);
}
