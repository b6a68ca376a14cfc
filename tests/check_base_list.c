#include "check_main.h"

#include "base/list.h"
#include "base/mem.h"

struct item {
    char name;
    struct list node;
};

static struct item a = {'a', {0}}, b = {'b', {0}}, c = {'c', {0}};
static struct list head, other;

static void set_up(void)
{
    list_init(&head);
    list_init(&other);
    list_init(&a.node);
    list_init(&b.node);
    list_init(&c.node);
}

static const char *names(struct list *l)
{
    static char text[8];
    size_t n = 0;

    list_for_each (node, l)
        text[n++] = container_of(node, struct item, node)->name;
    text[n] = '\0';
    return text;
}

START_TEST(empty)
{
    ck_assert(list_empty(&head));
    ck_assert_ptr_null(list_shift(&head));
    ck_assert_str_eq(names(&head), "");
}
END_TEST

START_TEST(order)
{
    list_append(&head, &b.node);
    list_append(&head, &c.node);
    list_prepend(&head, &a.node);
    ck_assert_str_eq(names(&head), "abc");
    ck_assert_ptr_eq(list_shift(&head), &a.node);
    ck_assert_str_eq(names(&head), "bc");
    ck_assert(list_empty(&a.node));
}
END_TEST

START_TEST(remove_twice)
{
    list_append(&head, &a.node);
    list_append(&head, &b.node);
    list_remove(&a.node);
    list_remove(&a.node);
    ck_assert_str_eq(names(&head), "b");
}
END_TEST

START_TEST(remove_during_walk)
{
    list_append(&head, &a.node);
    list_append(&head, &b.node);
    list_append(&head, &c.node);
    list_for_each_safe (node, &head)
        list_remove(node);
    ck_assert(list_empty(&head));
}
END_TEST

START_TEST(splice)
{
    list_splice(&head, &other);
    ck_assert(list_empty(&head));
    list_append(&head, &a.node);
    list_append(&other, &b.node);
    list_append(&other, &c.node);
    list_splice(&head, &other);
    ck_assert_str_eq(names(&head), "abc");
    ck_assert(list_empty(&other));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("list");
    TCase *tc = tcase_create("list");

    tcase_add_checked_fixture(tc, set_up, NULL);
    tcase_add_test(tc, empty);
    tcase_add_test(tc, order);
    tcase_add_test(tc, remove_twice);
    tcase_add_test(tc, remove_during_walk);
    tcase_add_test(tc, splice);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    return check_main(suite);
}
