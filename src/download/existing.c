/* A file that was passed over is read all the same where something is expected of it,
 * or its hash is wanted. That takes as long as the file is large: new files are not to
 * wait for it. */
#include "download/existing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "async/async.h"
#include "base/mem.h"
#include "download/plan.h"
#include "download/report.h"
#include "download/seal.h"

/* Fewer than the executor has threads: the others write meanwhile. */
enum { AT_ONCE = 2 };

struct readers {
    struct list queue;
    struct event wanted; /* set while there are some, or no more to come */
    struct task *tasks[AT_ONCE];
    bool closing;
};

/* ---- a file ---- */

static async int read_all(struct job *job)
{
    int fd = plan_open_existing(job), r;

    if (fd < 0)
        return fd;
    r = seal_hash(job, fd);
    close(fd);
    return r;
}

static async void verify(struct job *job)
{
    int r = read_all(job);

    job->unread = false;
    if (r == SEAL_STOPPED) {
        job_fail(job, HTTP_CANCELLED, "%s", job->download->run.stopped);
    } else if (r < 0) {
        snprintf(job->part.why, sizeof(job->part.why), "%.80s cannot be read: %s",
                 job->name, strerror(-r));
        job_fail_locally(job, r);
    } else if (seal_compare(job)) {
        job_fail(job, HTTP_CHECKSUM,
                 "%s is there, and is not what the checksum says "
                 "(--if-exists overwrite replaces it)",
                 job->name);
    }
}

/* ---- one after the other ---- */

static async int work(void *arg)
{
    struct readers *r = arg;

    while (!r->closing || !list_empty(&r->queue)) {
        struct list *node = list_shift(&r->queue);
        struct job *job = node ? container_of(node, struct job, queued) : NULL;

        if (!job) {
            event_clear(&r->wanted);
            event_wait(&r->wanted);
            continue;
        }
        verify(job);
        report_job(job);
    }
    return 0;
}

struct readers *readers_new(void)
{
    struct readers *r = mem_zalloc(sizeof(*r));

    list_init(&r->queue);
    event_init(&r->wanted);
    for (int i = 0; i < AT_ONCE; i++) {
        r->tasks[i] = task_create(work, r);
        task_set_name(r->tasks[i], "reader of files");
    }
    return r;
}

void readers_put(struct readers *r, struct job *job)
{
    list_append(&r->queue, &job->queued);
    event_set(&r->wanted);
}

void readers_free(struct readers *r)
{
    if (!r)
        return;
    r->closing = true;
    event_set(&r->wanted);
    for (int i = 0; i < AT_ONCE; i++) {
        while (!task_done(r->tasks[i]))
            shield(task_future(r->tasks[i]));
        task_unref(r->tasks[i]);
    }
    event_clear(&r->wanted);
    free(r);
}
