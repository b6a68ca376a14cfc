/* The run: reads items, hands them to the scenario, waits for the last record. */
#include "run/run.h"

#include <errno.h>
#include <unistd.h>

#include "run/client_open.h"
#include "run/run_internal.h"

/* ---- reading ---- */

/* Read ahead, so that a list sorted by host does not starve the others; bounded, since
 * every item read is memory. In order, every result may have to wait in memory too. */
static unsigned window_size(const struct run *run)
{
    unsigned places = limits_total(client_limits(run->client));

    if (run->o->ordered)
        return (run->o->record.body ? 2 : 8) * places;
    return places + (run->scenario->read_ahead ? run->scenario->read_ahead : 8192);
}

/* Lines may be long, and records in order wait with their bodies: what is bounded is
 * their bytes, too. */
enum { MOST_HELD = 64 << 20 };

void run_hold(struct run *run, size_t n)
{
    run->held += n;
    if (run->held > MOST_HELD)
        event_clear(&run->room);
}

void run_let_go(struct run *run, size_t n)
{
    run->held -= n;
    if (run->held <= MOST_HELD)
        event_set(&run->room);
}

/* Suspends until there is a place for one more, which it takes. Only the first of these
 * waits can leave it without one. */
static async int wait_for_room(struct run *run)
{
    int r = semaphore_acquire(&run->window);

    if (!r)
        r = event_wait(&run->room);
    return r ? r : sink_wait(run->sink);
}

static async void submit(struct run *run, struct item *item)
{
    run_hold(run, item->size);
    run->scenario->submit(run, item);
    run->submitted++;
}

static async int next_item(struct run *run, struct item *item)
{
    return run->scenario->next ? run->scenario->next(run, item)
                               : source_next(run->source, item);
}

static async int read_items(void *arg)
{
    struct run *run = arg;
    struct item item;
    int r = 0;

    /* Once stopped, nothing more is read: where no wait suspends, no cancellation would
     * end this. */
    while (!run->stopped && (r = next_item(run, &item)) > 0) {
        if (run->state && state_answered(run->state, item.key)) {
            run->summary.skipped++;
            if (run->scenario->skipped)
                run->scenario->skipped(run, &item);
            item_clear(&item);
            continue;
        }
        /* An item that was read gets its record, also when this wait is cut short: one
         * more than the window holds. */
        r = wait_for_room(run);
        submit(run, &item);
        if (r < 0)
            break;
    }
    if (r < 0 && r != -ECANCELED && !run->sink_error)
        run->local_error = r;
    return 0;
}

/* ---- setting up ---- */

static void output_failed(int error, void *arg)
{
    struct run *run = arg;

    run->sink_error = error;
    run_stop(run, "the output cannot be written");
}

static bool open_client(struct run *run)
{
    struct client_config config = run->o->client;

    config.retry.accepted = &run->o->accept;
    run->client = client_open(&config);
    return run->client != NULL;
}

/* A dry run leaves the state as it is: where there is none, it makes none. */
static bool wants_state(const struct run_options *o)
{
    return o->state && !(o->dry_run && access(o->state, F_OK) < 0);
}

static bool open_input(struct run *run)
{
    const struct run_options *o = run->o;
    struct source_config source = o->source;

    if (wants_state(o) && !(run->state = state_open(o->state, run->scenario->name)))
        return false;
    source.keys = run->state != NULL;
    run->source = source_new(&source);
    return run->source != NULL;
}

static bool open_output(struct run *run)
{
    const struct run_options *o = run->o;

    if (!status_open(run))
        return false;
    run->continued |= run->state && state_count(run->state) > 0;
    run->sink = sink_open(o->output, run->continued, output_failed, run);
    return run->sink != NULL;
}

static void open_pool(struct run *run)
{
    unsigned window = window_size(run);

    semaphore_init(&run->window, window);
    event_init(&run->room);
    event_set(&run->room);
    if (run->o->ordered)
        run->order = order_new(window + 1, deliver_result, run); /* see read_items */
    run->pool = pool_new(run->client, run->scenario->done, run);
    if (run->scenario->step)
        pool_set_step(run->pool, run->scenario->step);
}

/* Output last: a run that is refused, as the state file is another's, must leave the
 * files as they are. */
static async int set_up(struct run *run)
{
    int status = run->scenario->set_up ? run->scenario->set_up(run) : 0;

    if (status)
        return status;
    if (!open_output(run))
        return EXIT_LOCAL;
    open_pool(run);
    return 0;
}

/* ---- ending ---- */

static async int tear_down(struct run *run)
{
    if (run->pool)
        pool_free(run->pool);
    run->pool = NULL; /* a signal may still come */
    return run->scenario->tear_down ? run->scenario->tear_down(run) : 0;
}

static async int close_scenario(struct run *run)
{
    return run->client && run->scenario->close ? run->scenario->close(run) : 0;
}

/* What the scenario's close failed with, or 0. */
static async int close_all(struct run *run)
{
    int status;

    if (run->sink && sink_close(run->sink) < 0 && !run->sink_error)
        run->sink_error = -EIO;
    run->sink = NULL;
    status = close_scenario(run);
    if (run->state && state_close(run->state) < 0 && !run->local_error)
        run->local_error = -EIO;
    deliver_clear(run);
    order_free(run->order);
    source_free(run->source);
    if (run->client)
        client_free(run->client);
    buf_clear(&run->record);
    return status;
}

static int exit_status(const struct run *run)
{
    if (run->interrupt.signo)
        return 128 + run->interrupt.signo;
    if (run->sink_error == -EPIPE)
        return EXIT_OUTPUT_CLOSED;
    if (run->sink_error || run->local_error)
        return EXIT_LOCAL;
    if (run->stopped || run->summary.failed || run->summary.cancelled)
        return EXIT_SOME_FAILED;
    return 0;
}

/* ---- the run ---- */

static async void deliver_all(struct run *run)
{
    run->reader = task_create(read_items, run);
    task_set_name(run->reader, "reader");
    stop_watch(run);
    status_show_progress(run);
    task_await(run->reader);
    deliver_join(run);
    pool_join(run->pool); /* an item may be delivered before its last call ends */
    stop_forget_deadline(run);
    status_hide_progress(run);
}

/* What the scenario's set_up or tear_down failed with, or 0. */
static async int run_scenario(struct run *run)
{
    int status = set_up(run), torn;

    if (!status)
        deliver_all(run);
    torn = tear_down(run);
    return status ? status : torn;
}

static int worse(int status, int other)
{
    return other && status < EXIT_LOCAL ? other : status;
}

static async int run_task(void *arg)
{
    struct run *run = arg;
    int status = EXIT_LOCAL, closed;

    run->loop = loop_current();
    list_init(&run->marks);
    status_watch(run);
    summary_init(&run->summary);
    if (open_input(run) && open_client(run))
        status = run_scenario(run);
    closed = close_all(run);
    status = worse(status, closed);
    if (run->reader) {
        stop_unwatch(run);
        status = worse(exit_status(run), status);
        if (!status_report(run))
            status = worse(status, EXIT_LOCAL);
        task_unref(run->reader);
    }
    summary_clear(&run->summary);
    return status;
}

int run_main(struct run *run, const struct run_scenario *scenario,
             const struct run_options *o)
{
    run->o = o;
    run->scenario = scenario;
    return loop_run(run_task, run);
}
