/* The run: reads items, hands them to the pool, waits for the last record. */
#include "run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "run/run_internal.h"

/* ---- reading ---- */

/* Read ahead, so that a list sorted by host does not starve the others; bounded, since
 * every item read is memory. In order, every result may have to wait in memory too. */
static unsigned window_size(const struct run *run)
{
    unsigned places = limits_total(client_limits(run->client));

    if (run->o->ordered)
        return (run->o->record.body ? 2 : 8) * places;
    return places + 8192;
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

static void submit(struct run *run, struct item *item)
{
    struct job *job = mem_alloc(sizeof(*job));

    job->item = *item;
    job->run = run;
    job->number = run->submitted++;
    job->item.request.keep_body = run->o->record.body;
    run_hold(run, item->size);
    call_init(&job->call, &job->item.request);
    if (item->why)
        deliver_wrong(job);
    else if (run->o->dry_run)
        deliver_unsent(job);
    else
        pool_submit(run->pool, &job->call);
}

static async int read_items(void *arg)
{
    struct run *run = arg;
    struct item item;
    int r = 0;

    /* Once stopped, nothing more is read: where no wait suspends, no cancellation would
     * end this. */
    while (!run->stopped && (r = source_next(run->source, &item)) > 0) {
        if (run->state && state_answered(run->state, item.key)) {
            run->summary.skipped++;
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
    stop_run(run, "the output cannot be written");
}

/* A reader that is slow holds up what is in flight, too: many answers may be read
 * ahead, and each may have a body. */
static async enum call_next step_with_room(struct call *call, struct client *c,
                                           double *delay, void *arg)
{
    struct run *run = arg;

    if (sink_wait(run->sink) >= 0)
        return call_step(call, c, delay);
    call_cancel(call, "cancelled");
    return CALL_DONE;
}

static bool open_client(struct run *run)
{
    const char *why = NULL;
    struct client_config config = run->o->client;
    unsigned wanted = config.limits.total, got;

    config.retry.accepted = &run->o->accept;
    run->client = client_new(&config, &why);
    if (!run->client) {
        log_error("%s", why);
        return false;
    }
    got = limits_total(client_limits(run->client));
    if (got < wanted)
        log_note("few files may be open (ulimit -n): at most %u at once, not %u", got,
                 wanted);
    return true;
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
    run->sink = sink_open(o->output, run->state && state_count(run->state) > 0,
                          output_failed, run);
    return run->sink != NULL;
}

/* Output last: a run that is refused, as the state file is another's, must leave the
 * files as they are. */
static bool set_up(struct run *run)
{
    unsigned window;

    if (!open_input(run) || !open_client(run) || !open_output(run))
        return false;
    window = window_size(run);
    semaphore_init(&run->window, window);
    event_init(&run->room);
    event_set(&run->room);
    if (run->o->ordered)
        run->order = order_new(window + 1, deliver_result, run); /* see read_items */
    run->pool = pool_new(run->client, deliver, run);
    pool_set_step(run->pool, step_with_room);
    return true;
}

static async void tear_down(struct run *run)
{
    if (run->pool)
        pool_free(run->pool);
    run->pool = NULL; /* a signal may still come */
    if (run->sink && sink_close(run->sink) < 0 && !run->sink_error)
        run->sink_error = -EIO;
    run->sink = NULL;
    if (run->state && state_close(run->state) < 0 && !run->local_error)
        run->local_error = -EIO;
    deliver_clear(run);
    order_free(run->order);
    if (run->source)
        source_free(run->source);
    if (run->client)
        client_free(run->client);
    buf_clear(&run->record);
}

/* ---- the run ---- */

static async void fetch_all(struct run *run)
{
    run->reader = task_create(read_items, run);
    task_set_name(run->reader, "reader");
    stop_watch(run);
    status_show_progress(run);
    task_await(run->reader);
    pool_join(run->pool);
    stop_forget_deadline(run);
    status_hide_progress(run);
}

static int exit_status(const struct run *run)
{
    if (run->signo)
        return 128 + run->signo;
    if (run->sink_error == -EPIPE)
        return EXIT_OUTPUT_CLOSED;
    if (run->sink_error || run->local_error)
        return EXIT_LOCAL;
    if (run->stopped || run->summary.failed || run->summary.cancelled)
        return EXIT_SOME_FAILED;
    return 0;
}

static async int fetch_main(void *arg)
{
    struct run *run = arg;
    int status = EXIT_LOCAL;

    run->loop = loop_current();
    list_init(&run->marks);
    status_watch(run);
    summary_init(&run->summary);
    if (set_up(run)) {
        fetch_all(run);
        tear_down(run);
        stop_unwatch(run);
        status = exit_status(run);
        if (!status_report(run) && status < EXIT_LOCAL)
            status = EXIT_LOCAL;
        task_unref(run->reader);
    } else {
        tear_down(run);
    }
    summary_clear(&run->summary);
    return status;
}

int run_main(struct run *run, const struct run_scenario *scenario,
             const struct run_options *o)
{
    run->o = o;
    run->scenario = scenario;
    return loop_run(fetch_main, run);
}
