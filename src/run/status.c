/* What a run tells: a progress line, a list of what is in flight, a summary. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/url.h"
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

static void describe(const struct call *call, void *arg)
{
    struct buf *out = arg;
    char *url = url_effective(call->hop.url); /* without a password */

    buf_append_str(out, "  ");
    str_append_duration(out, loop_time() - call->waiting_since);
    buf_appendf(out, "  %s ", request_method(call->request));
    str_append_printable(out, url, strlen(url));
    buf_appendf(out, "  (attempt %d)\n", call->attempts);
    free(url);
}

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
        pool_each_active(run->pool, describe, &out);
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

static bool complain(const struct run *run)
{
    log_error("%s: the summary cannot be written: %s", run->o->summary,
              strerror(errno));
    return false;
}

bool status_open(struct run *run)
{
    run->summary_fd = -1;
    if (!run->o->summary)
        return true;
    run->summary_fd =
        open(run->o->summary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return run->summary_fd >= 0 || complain(run);
}

static bool write_file(struct run *run, const struct buf *text)
{
    ssize_t n = write(run->summary_fd, text->data, text->len);
    bool good = n == (ssize_t)text->len;

    if (n >= 0 && !good)
        errno = ENOSPC;
    return (close(run->summary_fd) == 0 && good) || complain(run);
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
        good = write_file(run, &text);
    }
    buf_clear(&text);
    return good;
}
