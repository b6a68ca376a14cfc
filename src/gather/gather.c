/* One run: a client, a pool, users, and the document of each. */
#include "gather/gather.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "async/async.h"
#include "base/log.h"
#include "base/mem.h"
#include "gather/document.h"
#include "gather/timeline.h"
#include "gather/visit.h"
#include "output/progress.h"
#include "output/summary_file.h"
#include "run/client_open.h"
#include "run/exit_status.h"
#include "run/in_flight.h"
#include "run/interrupt.h"
#include "run/patience.h"

struct gather {
    const struct gather_options *o;
    struct loop *loop;
    struct client *client;
    struct pool *pool;
    struct sink *sink;
    struct progress *progress;
    struct summary summary;
    struct tally *tallies;
    int summary_fd; /* -1 without --summary */
    struct crowd crowd;
    struct future finished;
    struct interrupt interrupt;
    struct timer deadline;
    struct patience patience;
    double began;
    bool failed;
    const char *stopped;
    int sink_error;
};

/* ---- ending early ---- */

static void stop(struct gather *g, const char *why)
{
    if (g->stopped)
        return;
    g->stopped = why;
    if (!g->pool) /* all is gathered */
        return;
    crowd_stop(&g->crowd, why); /* first, so that nothing takes the place of a call */
    pool_cancel(g->pool, why);
}

static void interrupted(int signo, void *arg)
{
    struct gather *g = arg;

    stop(g, signo == SIGINT ? "interrupted" : "terminated");
    patience_begin(&g->patience);
}

static void on_deadline(void *arg)
{
    struct gather *g = arg;

    stop(g, "the deadline has passed (--deadline)");
    patience_begin(&g->patience);
}

static void output_failed(int error, void *arg)
{
    struct gather *g = arg;

    g->sink_error = error;
    stop(g, "the output cannot be written");
}

/* ---- what plays tell ---- */

static void request_failed(const struct spec_request *rq, const struct failure *f,
                           void *arg)
{
    struct gather *g = arg;

    g->failed = true;
    if (document_lists(g->o->spec, g->o->errors_in_document) && !g->o->users &&
        !g->stopped && f->error != HTTP_DEPENDENCY)
        log_error("%s: %s: %s", rq->name, http_error_name(f->error), f->message);
    if (g->o->fail_fast)
        stop(g, "cancelled after the first failure (--fail-fast)");
}

static void show_timeline(struct gather *g, const struct play *p)
{
    struct buf text = BUF_INIT;

    timeline_append(&text, p, g->began);
    log_block(text.data);
    buf_clear(&text);
}

static void emit(const struct play *p, void *arg)
{
    struct gather *g = arg;
    struct buf document = BUF_INIT, indented = BUF_INIT, *text = &document;

    if (document_append(&document, p, g->o->errors_in_document))
        g->failed = true;
    if (g->o->indent) {
        document_indent(&indented, (struct slice){document.data, document.len},
                        g->o->terminal);
        text = &indented;
    }
    buf_append_char(text, '\n');
    sink_put(g->sink, text->data, text->len);
    if (g->o->timeline)
        show_timeline(g, p);
    buf_clear(&indented);
    buf_clear(&document);
}

static void finished(void *arg)
{
    struct gather *g = arg;

    future_set_result(&g->finished, NULL);
}

/* ---- what the run tells ---- */

static void look(struct progress_now *now, void *arg)
{
    struct gather *g = arg;

    now->summary = &g->summary;
    now->in_flight = limits_active(client_limits(g->client));
}

static void list_in_flight(void *arg)
{
    struct gather *g = arg;
    struct buf out = BUF_INIT;

    buf_appendf(&out, "trawl: %u in flight, %llu done\n",
                limits_active(client_limits(g->client)),
                (unsigned long long)g->summary.requests);
    if (g->pool)
        in_flight_append(&out, g->pool);
    buf_append_str(&out, "tasks:\n");
    task_list(&out);
    log_block(out.data);
    buf_clear(&out);
}

static bool report(struct gather *g)
{
    const struct gather_options *o = g->o;
    struct buf text = BUF_INIT;
    bool good = true;

    if (!o->quiet && g->sink_error != -EPIPE) {
        summary_append_text(&text, &g->summary);
        if (o->users)
            tally_append_text(&text, g->tallies, o->spec);
        log_block(text.data);
        buf_reset(&text);
    }
    if (o->summary) {
        summary_append_json(&text, &g->summary);
        text.len -= 2; /* the closing brace makes room for one member more */
        tally_append_json(&text, g->tallies, o->spec);
        buf_append_str(&text, "}\n");
        good = summary_file_write(g->summary_fd, o->summary, &text);
    }
    buf_clear(&text);
    return good;
}

/* ---- the run ---- */

static bool open_client(struct gather *g)
{
    struct client_config config = g->o->client;

    config.retry.accepted = &g->o->accept;
    g->client = client_open(&config);
    return g->client;
}

static bool open_output(struct gather *g)
{
    g->summary_fd = -1;
    if (g->o->summary && (g->summary_fd = summary_file_open(g->o->summary)) < 0)
        return false;
    g->sink = sink_open(g->o->output, false, output_failed, g);
    return g->sink;
}

static void prepare(struct gather *g)
{
    struct play_setup setup = {
        .spec = g->o->spec,
        .client = g->client,
        .accept = &g->o->accept,
        .tallies = g->tallies,
        .summary = &g->summary,
        .sink = g->sink,
        .failed = request_failed,
        .failed_arg = g,
    };

    g->pool = setup.pool = pool_new(g->client, visit_done, g);
    pool_set_step(g->pool, visit_step);
    crowd_init(&g->crowd, &g->o->crowd, &setup, emit, finished, g);
    future_init(&g->finished, "the last answer");
    timer_init(&g->deadline, on_deadline, g);
    patience_init(&g->patience, g->loop, &g->sink, &g->interrupt);
    interrupt_watch(&g->interrupt, g->loop, interrupted, g);
    loop_add_signal(g->loop, SIGUSR1, list_in_flight, g);
    if (g->o->deadline > 0)
        loop_call_later(g->loop, &g->deadline, g->o->deadline);
    if (g->o->progress)
        g->progress = progress_start(g->loop, g->o->color, look, g);
}

static async void gather_all(struct gather *g)
{
    prepare(g);
    g->began = loop_time();
    crowd_start(&g->crowd);
    future_await(&g->finished);
    timer_stop(&g->deadline);
    progress_stop(g->progress);
    pool_free(g->pool);
    g->pool = NULL;
    if (sink_close(g->sink) < 0 && !g->sink_error)
        g->sink_error = -EIO;
    g->sink = NULL;
    patience_end(&g->patience);
    interrupt_unwatch(&g->interrupt);
    loop_remove_signal(g->loop, SIGUSR1);
    crowd_clear(&g->crowd);
    future_clear(&g->finished);
}

static int exit_status(const struct gather *g, bool reported)
{
    if (g->interrupt.signo)
        return 128 + g->interrupt.signo;
    if (g->sink_error == -EPIPE)
        return EXIT_OUTPUT_CLOSED;
    if (g->sink_error || !reported)
        return EXIT_LOCAL;
    return g->stopped || g->failed ? EXIT_SOME_FAILED : 0;
}

static async int run(void *arg)
{
    struct gather *g = arg;
    int status = EXIT_LOCAL;

    g->loop = loop_current();
    summary_init(&g->summary);
    g->tallies = mem_zalloc(g->o->spec->request_count * sizeof(*g->tallies));
    if (open_client(g) && open_output(g)) {
        gather_all(g);
        status = exit_status(g, report(g));
    }
    if (g->client)
        client_free(g->client);
    tally_clear(g->tallies, g->o->spec);
    free(g->tallies);
    summary_clear(&g->summary);
    return status;
}

int gather_run(const struct gather_options *o)
{
    struct gather g = {.o = o};

    return loop_run(run, &g);
}
