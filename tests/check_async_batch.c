#include "check_async.h"

#define RUN(name)                                                                      \
    START_TEST(name)                                                                   \
    {                                                                                  \
        ck_assert_int_eq(run(name##_task), 0);                                         \
    }                                                                                  \
    END_TEST

/* What was written, a | behind each write; `result` is of the next. */
struct target {
    struct buf text;
    int result;
    unsigned failures;
};

static int write_there(const struct buf *bytes, void *arg)
{
    struct target *t = arg;

    if (t->result)
        return t->result;
    buf_append(&t->text, bytes->data, bytes->len);
    buf_append_char(&t->text, '|');
    return 0;
}

static void count_failure(void *arg)
{
    struct target *t = arg;

    t->failures++;
}

static void add(struct batch *b, const char *text)
{
    buf_append_str(&b->gathered, text);
    batch_write_soon(b);
}

/* Many small things are one write, which comes by itself. */
static async int gathered_task(void *arg)
{
    struct target t = {BUF_INIT, 0, 0};
    struct batch b;

    (void)arg;
    batch_init(&b, write_there, count_failure, &t);
    add(&b, "a");
    add(&b, "b");
    task_yield();
    add(&b, "c");
    while (b.gathered.len || b.busy)
        ck_assert_int_eq(task_sleep(0.01), 0);
    ck_assert_str_eq(t.text.data, "abc|");
    add(&b, "d");
    ck_assert_int_eq(batch_finish(&b), 0);
    ck_assert_str_eq(t.text.data, "abc|d|");
    batch_clear(&b);
    buf_clear(&t.text);
    return 0;
}

RUN(gathered)

static async int nothing_task(void *arg)
{
    struct target t = {BUF_INIT, 0, 0};
    struct batch b;

    (void)arg;
    batch_init(&b, write_there, count_failure, &t);
    batch_write_soon(&b);
    ck_assert_int_eq(batch_finish(&b), 0);
    ck_assert_uint_eq(t.text.len, 0);
    batch_clear(&b);
    return 0;
}

RUN(nothing)

static async int failing_task(void *arg)
{
    struct target t = {BUF_INIT, -ENOSPC, 0};
    struct batch b;

    (void)arg;
    batch_init(&b, write_there, count_failure, &t);
    add(&b, "a");
    while (!b.error)
        ck_assert_int_eq(task_sleep(0.01), 0);
    ck_assert_uint_eq(t.failures, 1);
    t.result = 0;
    add(&b, "b");
    ck_assert_uint_eq(b.gathered.len, 0);
    ck_assert_int_eq(batch_finish(&b), -ENOSPC);
    ck_assert_uint_eq(t.text.len, 0);
    ck_assert_uint_eq(t.failures, 1);
    batch_clear(&b);
    return 0;
}

RUN(failing)

/* Much is on its way at once, and whoever adds more waits for it. */
static async int plenty_task(void *arg)
{
    enum { PIECE = 1024 * 1024, PIECES = 40 };
    char *piece = mem_zalloc(PIECE);
    struct target t = {BUF_INIT, 0, 0};
    struct batch b;
    size_t most = 0;

    (void)arg;
    memset(piece, 'x', PIECE);
    batch_init(&b, write_there, count_failure, &t);
    for (int i = 0; i < PIECES; i++) {
        buf_append(&b.gathered, piece, PIECE);
        most = b.gathered.len > most ? b.gathered.len : most;
        batch_write_soon(&b);
        ck_assert(b.busy);
        ck_assert_int_eq(batch_make_room(&b), 0);
    }
    ck_assert_uint_le(most, 5 * PIECE);
    ck_assert_int_eq(batch_finish(&b), 0);
    ck_assert_uint_ge(t.text.len, (size_t)PIECES * PIECE);
    batch_clear(&b);
    buf_clear(&t.text);
    free(piece);
    return 0;
}

RUN(plenty)

static async int finish_it(void *b)
{
    return batch_finish(b);
}

static async int cancelled_task(void *arg)
{
    struct target t = {BUF_INIT, 0, 0};
    struct task *finishing;
    struct batch b;

    (void)arg;
    batch_init(&b, write_there, count_failure, &t);
    add(&b, "a");
    finishing = task_create(finish_it, &b);
    task_yield();
    for (int i = 0; i < 3; i++) {
        task_cancel(finishing);
        task_yield();
    }
    ck_assert_int_eq(task_await(finishing), 0);
    task_unref(finishing);
    ck_assert_str_eq(t.text.data, "a|");
    batch_clear(&b);
    buf_clear(&t.text);
    return 0;
}

RUN(cancelled)

static Suite *make(void)
{
    return CHECK_SUITE("batch", gathered, nothing, failing, plenty, cancelled);
}

int main(void)
{
    return check_main(make);
}
