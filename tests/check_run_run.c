#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/run.h"

/* A scenario of its own: items that no call stands for, unless a test says otherwise;
 * they are delivered when the test wants. */

enum { MOST = 8 };

struct scene {
    struct run run; /* first */
    struct run_options o;
    struct entry {
        bool here;
        struct item item;
        struct call call;
        uint64_t number;
    } entries[MOST];
    struct future_callback all_read;
    unsigned submitted, finished, stops, set_ups, tear_downs, calls;
    int set_up_gives, tear_down_gives;
};

static struct scene scene;
static char folder[64], output[96], state[96];

static const char *const three[] = {"http://a/", "http://b/", "http://c/", NULL};

static void finish(struct entry *e, enum http_error error)
{
    struct record record = {.index = e->item.index, .call = &e->call, .error = error};
    struct delivery d = {.item = &e->item, .number = e->number, .done = !error};
    const char *why = scene.run.stopped ? scene.run.stopped : "it failed";

    if (error)
        response_fail(&e->call.response, error, "%s", why);
    e->here = false;
    scene.finished++;
    run_deliver(&scene.run, &record, &d);
    call_clear(&e->call);
    item_clear(&e->item);
}

/* The last first. */
static void finish_all(enum http_error error)
{
    for (struct entry *e = scene.entries + MOST; e-- > scene.entries;)
        if (e->here)
            finish(e, error);
}

static void all_read(struct future *reader, void *arg)
{
    (void)reader;
    (void)arg;
    finish_all(HTTP_OK);
}

static struct entry *take(struct run *run, struct item *item)
{
    struct entry *e = &scene.entries[scene.submitted++];

    ck_assert_ptr_eq(run, &scene.run);
    ck_assert_uint_le(scene.submitted, MOST);
    e->here = true;
    e->item = *item;
    e->number = run->submitted;
    ck_assert_uint_eq(e->number, scene.submitted - 1);
    call_init(&e->call, &e->item.request);
    return e;
}

/* Delivered when all is read and the run waits, with pool and reader idle. */
static async void submit_backwards(struct run *run, struct item *item)
{
    if (take(run, item)->number == 0)
        future_add_done_callback(task_future(run->reader), &scene.all_read, all_read,
                                 NULL);
    task_yield();
}

static async void submit_at_once(struct run *run, struct item *item)
{
    finish(take(run, item), HTTP_OK);
}

static void end_all(struct run *run)
{
    scene.stops++;
    ck_assert_ptr_nonnull(run->stopped);
    finish_all(HTTP_CANCELLED);
}

static int begin(struct run *run)
{
    scene.set_ups++;
    ck_assert_ptr_nonnull(run->client);
    ck_assert_ptr_nonnull(run->source);
    ck_assert_ptr_null(run->sink);
    return scene.set_up_gives;
}

static async int end(struct run *run)
{
    scene.tear_downs++;
    ck_assert_ptr_nonnull(client_limits(run->client));
    ck_assert_ptr_null(run->pool);
    ck_assert_uint_eq(scene.finished, scene.submitted);
    ck_assert_uint_eq(run->delivered, run->submitted);
    task_yield();
    return scene.tear_down_gives;
}

static void look(struct run *run, struct progress_now *now)
{
    ck_assert_ptr_eq(run, &scene.run);
    ck_assert_ptr_eq(now->summary, &run->summary);
    ck_assert_uint_eq(now->bar_count, 0);
    ck_assert_int_eq(now->bytes_left, 0);
    if (run->all_delivered)
        finish_all(HTTP_OK);
}

static const struct run_scenario backwards = {
    .name = "backwards",
    .set_up = begin,
    .submit = submit_backwards,
    .stopped = end_all,
    .tear_down = end,
    .look = look,
};

/* ---- the way to run it ---- */

static void make_scene(void)
{
    log_set_level(LOG_ERROR);
    strcpy(folder, "/tmp/trawl-check-run-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(output, sizeof(output), "%s/output", folder);
    snprintf(state, sizeof(state), "%s/state", folder);
    memset(&scene, 0, sizeof(scene));
    client_config_init(&scene.o.client);
    scene.o.source.urls = three;
    scene.o.record.write_out = write_out_new("%{url} %{errormsg}\n", NULL);
    scene.o.record.format = RECORD_WRITE_OUT;
    scene.o.output = output;
    scene.o.quiet = true;
}

static void remove_scene(void)
{
    write_out_free((struct write_out *)scene.o.record.write_out);
    unlink(output);
    unlink(state);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void expect_exit(const struct run_scenario *scenario, int status)
{
    ck_assert_int_eq(run_main(&scene.run, scenario, &scene.o), status);
    ck_assert_uint_eq(scene.set_ups, scenario->set_up ? 1 : 0);
    ck_assert_uint_eq(scene.tear_downs, scenario->tear_down ? 1 : 0);
    ck_assert_uint_eq(scene.run.held, 0);
}

static void expect_output(const char *expected)
{
    char text[512];
    int fd = open(output, O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);

    ck_assert_int_ge(n, 0);
    close(fd);
    text[n] = '\0';
    ck_assert_str_eq(text, expected);
}

/* Another run in the same folder. */
static void again(void)
{
    struct run_options o = scene.o;

    memset(&scene, 0, sizeof(scene));
    scene.o = o;
}

static void write_output(const char *text)
{
    int fd = open(output, O_WRONLY | O_CREAT | O_EXCL, 0666);

    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

#define SCENE(name)                                                                    \
    static void name##_scene(void);                                                    \
    START_TEST(name)                                                                   \
    {                                                                                  \
        make_scene();                                                                  \
        name##_scene();                                                                \
        remove_scene();                                                                \
    }                                                                                  \
    END_TEST                                                                           \
    static void name##_scene(void)

/* ---- delivering ---- */

SCENE(waits_for_what_no_call_stands_for)
{
    expect_exit(&backwards, 0);
    expect_output("http://c/ \nhttp://b/ \nhttp://a/ \n");
    ck_assert_uint_eq(scene.stops, 0);
}

SCENE(in_order)
{
    scene.o.ordered = true;
    expect_exit(&backwards, 0);
    expect_output("http://a/ \nhttp://b/ \nhttp://c/ \n");
}

SCENE(all_delivered_before_the_end_is_read)
{
    struct run_scenario s = backwards;

    s.submit = submit_at_once;
    expect_exit(&s, 0);
    expect_output("http://a/ \nhttp://b/ \nhttp://c/ \n");
}

SCENE(nothing_to_read)
{
    scene.o.source.file = "/dev/null";
    scene.o.source.urls = NULL;
    expect_exit(&backwards, 0);
    expect_output("");
}

/* ---- a call that outlives its item ---- */

static async void submit_both(struct run *run, struct item *item)
{
    static struct request request;
    static struct call call;

    finish(take(run, item), HTTP_OK);
    if (scene.submitted > 1)
        return;
    request_init(&request, "http://127.0.0.1:1/");
    call_init(&call, &request);
    scene.calls++;
    pool_submit(run->pool, &call);
}

static void call_done(struct call *call, void *run)
{
    struct request *rq = (struct request *)call->request;

    ck_assert_ptr_eq(run, &scene.run);
    scene.calls--;
    call_clear(call);
    request_clear(rq);
}

static async int end_without_calls(struct run *run)
{
    ck_assert_uint_eq(scene.calls, 0);
    return end(run);
}

SCENE(waits_for_calls_too)
{
    struct run_scenario s = backwards;

    scene.o.client.retry.retries = 0;
    s.submit = submit_both;
    s.done = call_done;
    s.tear_down = end_without_calls;
    expect_exit(&s, 0);
    ck_assert_uint_eq(scene.calls, 0);
}

/* ---- items that the scenario makes ---- */

static async int make_item(struct run *run, struct item *item)
{
    static const char *const urls[] = {"http://one/", "http://two/", "http://three/"};

    ck_assert_ptr_eq(run, &scene.run);
    task_yield();
    if (scene.submitted == ARRAY_LEN(urls))
        return 0;
    *item = (struct item){.index = scene.submitted, .own = &scene};
    request_init(&item->request, urls[scene.submitted]);
    return 1;
}

/* Of the second nobody shall hear. */
static async void submit_some(struct run *run, struct item *item)
{
    struct entry *e = take(run, item);

    ck_assert_ptr_eq(e->item.own, &scene);
    if (e->number != 1) {
        finish(e, HTTP_OK);
        return;
    }
    e->here = false;
    scene.finished++;
    run_drop(run, &e->item);
    call_clear(&e->call);
    item_clear(&e->item);
}

static async int close_scene(struct run *run)
{
    ck_assert_ptr_null(run->sink);
    ck_assert_ptr_nonnull(run->client);
    scene.calls++;
    task_yield();
    return scene.tear_down_gives;
}

static const struct run_scenario maker = {
    .name = "maker",
    .next = make_item,
    .submit = submit_some,
    .close = close_scene,
};

SCENE(makes_its_items)
{
    scene.o.source.urls = NULL;
    scene.o.source.file = "/dev/null";
    expect_exit(&maker, 0);
    expect_output("http://one/ \nhttp://three/ \n");
    ck_assert_uint_eq(scene.calls, 1);
    ck_assert_uint_eq(scene.run.summary.requests, 2);
}

static int go_on_with_output(struct run *run)
{
    run->continued = true;
    return begin(run);
}

SCENE(continues)
{
    struct run_scenario s = maker;

    s.set_up = go_on_with_output;
    write_output("before\n");
    scene.tear_down_gives = 3;
    expect_exit(&s, 3);
    expect_output("before\nhttp://one/ \nhttp://three/ \n");
}

static async int fail_to_make(struct run *run, struct item *item)
{
    (void)run;
    (void)item;
    return -EIO;
}

SCENE(fails_to_make_any)
{
    struct run_scenario s = maker;

    s.next = fail_to_make;
    expect_exit(&s, EXIT_LOCAL);
    ck_assert_uint_eq(scene.calls, 1);
}

/* ---- beginning and ending ---- */

SCENE(refused)
{
    write_output("precious\n");
    scene.set_up_gives = 2;
    expect_exit(&backwards, 2);
    expect_output("precious\n");
    ck_assert_uint_eq(scene.submitted, 0);
}

SCENE(refused_while_tear_down_fails)
{
    scene.set_up_gives = 2;
    scene.tear_down_gives = 3;
    expect_exit(&backwards, 2);
}

SCENE(output_refused)
{
    scene.o.output = folder;
    expect_exit(&backwards, EXIT_LOCAL);
    ck_assert_uint_eq(scene.submitted, 0);
}

SCENE(tear_down_fails)
{
    scene.tear_down_gives = 3;
    expect_exit(&backwards, 3);
    expect_output("http://c/ \nhttp://b/ \nhttp://a/ \n");
}

/* ---- stopping ---- */

/* As its second item is read, the run is ended. */
static async void submit_and_stop(struct run *run, struct item *item)
{
    struct entry *e = take(run, item);

    if (e->number < 1)
        return;
    run_stop(run, "enough");
    run_stop(run, "once more");
}

static async void submit_and_fail(struct run *run, struct item *item)
{
    take(run, item);
    run_fail_locally(run, -ENOSPC, "the disk is full");
    run_fail_locally(run, -EIO, "the disk is broken");
}

static async void submit_and_interrupt(struct run *run, struct item *item)
{
    if (take(run, item)->number == 2)
        raise(SIGINT);
}

SCENE(stopped)
{
    struct run_scenario s = backwards;

    s.submit = submit_and_stop;
    expect_exit(&s, EXIT_SOME_FAILED);
    expect_output("http://b/ enough\nhttp://a/ enough\n");
    ck_assert_uint_eq(scene.stops, 1);
}

SCENE(failed_locally)
{
    struct run_scenario s = backwards;

    s.submit = submit_and_fail;
    expect_exit(&s, EXIT_LOCAL);
    expect_output("http://a/ the disk is full\n");
    ck_assert_uint_eq(scene.stops, 1);
    ck_assert_int_eq(scene.run.local_error, -ENOSPC);
}

SCENE(interrupted)
{
    struct run_scenario s = backwards;

    scene.o.ordered = true;
    scene.tear_down_gives = 3; /* who interrupts is told that, whatever else */
    s.submit = submit_and_interrupt;
    expect_exit(&s, 128 + SIGINT);
    expect_output(
        "http://a/ interrupted\nhttp://b/ interrupted\nhttp://c/ interrupted\n");
    ck_assert_uint_eq(scene.stops, 1);
}

static int fail_at_once(struct run *run)
{
    run_fail_locally(run, -ENOSPC, "the disk is full");
    return begin(run);
}

static async int fail_in_the_end(struct run *run)
{
    run_fail_locally(run, -ENOSPC, "the disk is full");
    return end(run);
}

/* What is not set up yet, or torn down, has nothing to stop. */
SCENE(failed_before_and_after)
{
    struct run_scenario s = backwards;

    s.set_up = fail_at_once;
    expect_exit(&s, EXIT_LOCAL);
    ck_assert_uint_eq(scene.submitted, 0);
    again();
    s.set_up = begin;
    s.tear_down = fail_in_the_end;
    expect_exit(&s, EXIT_LOCAL);
    ck_assert_uint_eq(scene.submitted, 3);
    ck_assert_uint_eq(scene.stops, 0);
}

static async void submit_failure(struct run *run, struct item *item)
{
    struct entry *e = take(run, item);

    if (e->number == 1)
        finish(e, HTTP_LOCAL_IO);
}

SCENE(fail_fast)
{
    struct run_scenario s = backwards;

    scene.o.fail_fast = true;
    s.submit = submit_failure;
    expect_exit(&s, EXIT_SOME_FAILED);
    expect_output("http://b/ it failed\n"
                  "http://a/ cancelled after the first failure (--fail-fast)\n");
    ck_assert_uint_eq(scene.stops, 1);
}

/* ---- the state file ---- */

static async void submit_first_and_stop(struct run *run, struct item *item)
{
    struct entry *e = take(run, item);

    if (e->number == 0)
        finish(e, HTTP_OK);
    else
        run_stop(run, "enough");
}

static void run_three_times(void)
{
    struct run_scenario s = backwards;

    scene.o.state = state;
    s.submit = submit_first_and_stop;
    expect_exit(&s, EXIT_SOME_FAILED);
    again();
    expect_exit(&backwards, 0);
    ck_assert_uint_eq(scene.submitted, 2);
    again();
    expect_exit(&backwards, 0);
    ck_assert_uint_eq(scene.submitted, 0);
    ck_assert_uint_eq(scene.run.summary.skipped, 3);
}

SCENE(done_is_not_asked_for_again)
{
    run_three_times();
    expect_output("http://a/ \nhttp://b/ enough\nhttp://c/ \nhttp://b/ \n");
}

SCENE(done_in_order)
{
    scene.o.ordered = true;
    run_three_times();
    expect_output("http://a/ \nhttp://b/ enough\nhttp://b/ \nhttp://c/ \n");
}

SCENE(state_of_another_scenario)
{
    struct run_scenario s = backwards;

    scene.o.state = state;
    expect_exit(&backwards, 0);
    again();
    s.name = "forwards";
    s.set_up = NULL;
    s.tear_down = NULL;
    expect_exit(&s, EXIT_LOCAL);
    ck_assert_uint_eq(scene.submitted, 0);
}

/* ---- progress ---- */

static async void submit_for_look(struct run *run, struct item *item)
{
    take(run, item);
}

/* It is a look that lets the run end. */
SCENE(looked_at)
{
    struct run_scenario s = backwards;

    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    scene.o.progress = true;
    s.submit = submit_for_look;
    expect_exit(&s, 0);
}

static Suite *suite(void)
{
    return CHECK_SUITE("run_run", waits_for_what_no_call_stands_for, in_order,
                       all_delivered_before_the_end_is_read, nothing_to_read,
                       waits_for_calls_too, makes_its_items, continues,
                       fails_to_make_any, refused, refused_while_tear_down_fails,
                       output_refused, tear_down_fails, stopped, failed_locally,
                       interrupted, failed_before_and_after, fail_fast,
                       done_is_not_asked_for_again, done_in_order,
                       state_of_another_scenario, looked_at);
}

int main(void)
{
    return check_main(suite);
}
