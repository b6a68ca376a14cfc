#include "check_main.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "run/order.h"

struct emitted {
    char text[4096];
    size_t n;
    struct order *order; /* to put more from within emit */
    unsigned more;       /* the number to put then; 0: none */
};

static void put(struct order *o, unsigned n)
{
    struct result r = {.len = 1, .answered = (int)n};

    r.text = mem_alloc(2);
    r.text[0] = (char)('a' + n % 26);
    r.text[1] = '\0';
    memset(r.key, (int)n, sizeof(r.key));
    order_put(o, n, &r);
}

static void emit(struct result *r, void *arg)
{
    struct emitted *e = arg;
    unsigned more = e->more;

    ck_assert_uint_eq(r->len, 1);
    ck_assert_int_eq(r->key[0], (uint8_t)r->answered);
    ck_assert_int_eq(r->text[0], 'a' + r->answered % 26);
    e->text[e->n++] = r->text[0];
    e->text[e->n] = '\0';
    free(r->text);
    e->more = 0;
    if (more)
        put(e->order, more);
}

START_TEST(in_order_at_once)
{
    struct emitted e = {0};
    struct order *o = order_new(4, emit, &e);

    for (unsigned i = 0; i < 10; i++) {
        put(o, i);
        ck_assert_uint_eq(e.n, i + 1);
    }
    ck_assert_str_eq(e.text, "abcdefghij");
    order_free(o);
}
END_TEST

START_TEST(late_ones_hold_back)
{
    struct emitted e = {0};
    struct order *o = order_new(4, emit, &e);

    put(o, 3);
    put(o, 1);
    ck_assert_uint_eq(e.n, 0);
    put(o, 0);
    ck_assert_str_eq(e.text, "ab");
    put(o, 5); /* as far ahead as the window reaches */
    put(o, 2);
    ck_assert_str_eq(e.text, "abcd");
    put(o, 4);
    ck_assert_str_eq(e.text, "abcdef");
    order_free(o);
}
END_TEST

START_TEST(window_of_one)
{
    struct emitted e = {0};
    struct order *o = order_new(1, emit, &e);

    for (unsigned i = 0; i < 5; i++)
        put(o, i);
    ck_assert_str_eq(e.text, "abcde");
    order_free(o);
}
END_TEST

START_TEST(any_order)
{
    enum { N = 2000, WINDOW = 37 };
    struct emitted e = {0};
    struct order *o = order_new(WINDOW, emit, &e);
    bool there[N] = {false};

    srand(7);
    while (e.n < N) {
        unsigned n = (unsigned)e.n + (unsigned)rand() % WINDOW;

        if (n < N && !there[n]) {
            there[n] = true;
            put(o, n);
        }
    }
    for (unsigned i = 0; i < N; i++)
        ck_assert_int_eq(e.text[i], 'a' + i % 26);
    order_free(o);
}
END_TEST

START_TEST(put_while_emitting)
{
    struct emitted e = {0};
    struct order *o = order_new(3, emit, &e);

    e.order = o;
    put(o, 1);
    e.more = 3; /* which fits when a is out */
    put(o, 0);
    ck_assert_str_eq(e.text, "ab");
    put(o, 2);
    ck_assert_str_eq(e.text, "abcd");
    order_free(o);
}
END_TEST

START_TEST(freed_with_results)
{
    struct emitted e = {0};
    struct order *o = order_new(8, emit, &e);

    put(o, 2);
    put(o, 7);
    order_free(o);
    ck_assert_uint_eq(e.n, 0);
    order_free(NULL);
}
END_TEST

static Suite *suite(void)
{
    return CHECK_SUITE("run_order", in_order_at_once, late_ones_hold_back,
                       window_of_one, any_order, put_while_emitting,
                       freed_with_results);
}

int main(void)
{
    return check_main(suite);
}
