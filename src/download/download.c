/* The run of a batch of files: what they share is opened, each becomes a job. */
#include "download/download.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "disk/folder.h"
#include "download/block.h"
#include "download/commit.h"
#include "download/exchange.h"
#include "download/existing.h"
#include "download/leg.h"
#include "download/names.h"
#include "download/plan.h"
#include "download/report.h"

static struct download *download_of(struct run *run)
{
    return (struct download *)run; /* its first member */
}

/* ---- setting up ---- */

static bool open_directory(struct download *d)
{
    int fd;

    if (d->run.o->dry_run)
        return true;
    fd = folder_open(d->o->directory);
    if (fd < 0)
        log_error("%s: %s", d->o->directory, strerror(-fd));
    d->root = fd;
    return fd >= 0;
}

static bool open_archive(struct download *d)
{
    if (!d->o->archive || d->run.o->dry_run)
        return true;
    d->archive = archive_open(d->o->archive);
    return d->archive != NULL;
}

static void sums_failed(int error, void *arg)
{
    run_fail_locally(arg, error, "the checksums cannot be written");
}

/* With a state file that knows of earlier files theirs are kept. */
static bool open_sums(struct download *d)
{
    bool append = d->run.state && state_count(d->run.state) > 0;

    if (!d->o->write_checksums || d->run.o->dry_run)
        return true;
    d->sums = sink_open(d->o->write_checksums, append, sums_failed, &d->run);
    return d->sums != NULL;
}

static int set_up(struct run *run)
{
    struct download *d = download_of(run);

    list_init(&d->jobs);
    map_init(&d->names);
    d->root = -1;
    if (!open_directory(d) || !open_archive(d) || !open_sums(d))
        return EXIT_LOCAL;
    d->committer = committer_new(d);
    d->readers = readers_new();
    return 0;
}

/* ---- an item ---- */

static struct job *job_new(struct download *d, struct item *item)
{
    struct job *job = mem_zalloc(sizeof(*job));

    job->download = d;
    job->item = *item;
    job->number = d->run.submitted;
    job->replace = d->o->if_exists == IF_EXISTS_OVERWRITE;
    list_init(&job->queued);
    list_init(&job->node);
    list_append(&d->jobs, &job->node);
    journal_init(&job->known);
    journal_init(&job->checkpointed);
    part_init(&job->part, d->root, "");
    event_init(&job->stirred);
    job->rate_at = loop_time();
    return job;
}

static async void submit(struct run *run, struct item *item)
{
    struct job *job = job_new(download_of(run), item);

    if (plan_job(job) && !run->o->dry_run)
        leg_start_first(job);
    else if (job->unread)
        readers_put(job->download->readers, job);
    else
        report_job(job);
}

static void skipped(struct run *run, const struct item *item)
{
    plan_skipped(download_of(run), item);
}

/* ---- the end ---- */

static async int tear_down(struct run *run)
{
    struct download *d = download_of(run);
    int status = 0;

    committer_free(d->committer);
    readers_free(d->readers);
    if (d->sums && sink_close(d->sums) < 0)
        status = EXIT_LOCAL;
    archive_close(d->archive);
    names_clear(&d->names);
    block_clear_all(d);
    free(d->bars);
    if (d->root >= 0)
        close(d->root);
    return status;
}

static const struct run_scenario download = {
    .name = "download",
    .read_ahead = 1024, /* each is some kilobytes */
    .set_up = set_up,
    .submit = submit,
    .skipped = skipped,
    .tear_down = tear_down,
    .done = leg_done,
    .step = exchange_step,
    .look = report_progress,
};

int download_run(const struct download_options *o)
{
    struct download d = {.o = o};

    return run_main(&d.run, &download, &o->run);
}
