/* What a run tells: a progress line, a list of what is in flight, a summary. */
#include <errno.h>
#include <signal.h>

#include "base/log.h"
#include "output/summary_file.h"
#include "run/in_flight.h"
#include "run/run_internal.h"

/* ---- progress ---- */

static void look(struct progress_now *now, void *arg)
{
    struct run *run = arg;
    uint64_t total = source_total(run->source);

    now->summary = &run->summary;
    now->in_flight = limits_active(client_limits(run->client));
    now->total = total > run->summary.skipped ? total - run->summary.skipped : 0;
    if (run->scenario->look)
        run->scenario->look(run, now);
}

/* ---- SIGUSR1 ---- */

static void list_in_flight(void *arg)
{
    struct run *run = arg;
    struct buf out = BUF_INIT;

    if (run->pool) {
        unsigned active = limits_active(client_limits(run->client));
        int64_t waiting = (int64_t)(run->submitted - run->delivered) - active;

        if (run->scenario->waiting)
            waiting += (int64_t)run->scenario->waiting(run);
        buf_appendf(&out, "trawl: %u in flight, %lld waiting, %llu done\n", active,
                    (long long)(waiting > 0 ? waiting : 0),
                    (unsigned long long)run->summary.requests);
        in_flight_append(&out, run->pool);
    } else {
        buf_appendf(&out, "trawl: none in flight, %llu done\n",
                    (unsigned long long)run->summary.requests);
    }
    buf_append_str(&out, "tasks:\n");
    task_list(&out);
    log_block(out.data);
    buf_clear(&out);
}

void status_watch(struct run *run)
{
    loop_add_signal(run->loop, SIGUSR1, list_in_flight, run);
}

void status_show_progress(struct run *run)
{
    if (run->o->progress)
        run->progress = progress_start(run->loop, run->o->color, look, run);
}

void status_hide_progress(struct run *run)
{
    progress_stop(run->progress);
    run->progress = NULL;
}

/* ---- summary ---- */

bool status_open(struct run *run)
{
    run->summary_fd = -1;
    if (!run->o->summary)
        return true;
    run->summary_fd = summary_file_open(run->o->summary);
    return run->summary_fd >= 0;
}

bool status_report(struct run *run)
{
    struct buf text = BUF_INIT;
    bool good = true;

    if (!run->o->quiet && run->sink_error != -EPIPE) {
        summary_append_text(&text, &run->summary);
        log_block(text.data);
        buf_reset(&text);
    }
    if (run->o->summary) {
        summary_append_json(&text, &run->summary);
        good = summary_file_write(run->summary_fd, run->o->summary, &text);
    }
    buf_clear(&text);
    return good;
}
