/* Many files get their names with few syncs: those that are ready when one round ends
 * are the next. Written, durable, named, the names durable; only then reported. */
#include "download/commit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "async/async.h"
#include "base/mem.h"
#include "download/existing.h"
#include "download/leg.h"
#include "download/plan.h"
#include "download/report.h"
#include "download/seal.h"
#include "download/store.h"

/* When so many wait, no new exchange begins: each is an open file, or memory. Fewer
 * where few files may be open. */
#define WAITING_FILES 256
#define WAITING_BYTES (8 << 20)

/* From here on one sync of the whole file system costs less than one for each file. */
#define MANY 4

/* One job of a round, and what came of it. */
struct entry {
    struct job *job;
    int result;
    bool sealed, named;
};

struct committer {
    struct download *download;
    struct list queue;
    size_t count; /* in the queue */
    size_t bytes; /* in memory, of those */
    size_t most;  /* in the queue before no new exchange begins */
    struct event wanted, room;
    struct task *task;
    bool closing;
    char *way; /* the folder that was synced last with those above it; NULL: none */

    struct entry *round;
    size_t size, cap;
};

/* ---- in the executor ---- */

static void seal_those_in_memory(struct committer *c)
{
    for (size_t i = 0; i < c->size; i++) {
        struct entry *e = &c->round[i];

        if (e->job->in_memory)
            e->result = seal_part(e->job);
        e->sealed = e->result == 0;
    }
}

static void sync_data(struct committer *c)
{
    int r = 0;

    if (c->size >= MANY)
        r = syncfs(c->download->root) < 0 ? -errno : 0;
    for (size_t i = 0; i < c->size; i++) {
        struct entry *e = &c->round[i];

        if (e->result == 0)
            e->result = c->size >= MANY ? r : part_sync(&e->job->part);
    }
}

static void name_all(struct committer *c)
{
    for (size_t i = 0; i < c->size; i++) {
        struct entry *e = &c->round[i];

        if (e->result == 0) {
            e->result = part_commit(&e->job->part, e->job->replace);
            e->named = e->result == 0;
        }
    }
}

static size_t folder_length(const struct job *job)
{
    const char *slash = strrchr(job->name, '/');

    return slash ? (size_t)(slash - job->name) : 0;
}

static bool same_folder(const struct job *a, const struct job *b)
{
    size_t n = folder_length(a);

    return n == folder_length(b) && !strncmp(a->name, b->name, n);
}

/* Folders may be new, by this run or by one that was killed: each has its own name made
 * durable once, or more often when files come in no order. */
static int sync_folder(struct committer *c, struct job *job)
{
    struct slice folder = {job->name, folder_length(job)};
    int r;

    if (c->way && slice_eq(folder, c->way))
        return part_sync_folder(&job->part);
    r = part_sync_way(&job->part);
    if (r == 0) {
        free(c->way);
        c->way = slice_dup(folder);
    }
    return r;
}

static void sync_names(struct committer *c)
{
    const struct job *synced = NULL; /* whose folder was the last */
    int r = 0;

    if (c->size >= MANY)
        r = syncfs(c->download->root) < 0 ? -errno : 0;
    for (size_t i = 0; i < c->size; i++) {
        struct entry *e = &c->round[i];

        if (!e->named)
            continue;
        if (c->size < MANY && !(synced && same_folder(e->job, synced))) {
            r = sync_folder(c, e->job);
            synced = e->job;
        }
        e->result = r;
    }
}

static int commit(void *arg)
{
    struct committer *c = arg;
    bool sync = !c->download->o->no_sync;

    seal_those_in_memory(c);
    if (sync)
        sync_data(c);
    name_all(c);
    if (sync)
        sync_names(c);
    return 0;
}

/* ---- on the loop ---- */

/* Somebody else has made a file of that name meanwhile, or a folder. */
static async void meet_late(struct job *job)
{
    struct stat st;
    bool file = part_existing(&job->part, &st) == 1 && S_ISREG(st.st_mode);

    job->sealed = false;
    job->sha256_known = false;
    store_forget(job); /* so that nothing of it is kept */
    store_put_away(job);
    if (job->download->o->if_exists == IF_EXISTS_SKIP && file)
        plan_skip_existing(job, &st);
    else
        job_fail(job, HTTP_FILE_EXISTS, "%s has come to be there meanwhile", job->name);
}

static async void end(struct job *job)
{
    store_put_away(job);
    if (job->unread)
        readers_put(job->download->readers, job);
    else
        report_job(job);
}

static async void finish(const struct entry *e)
{
    struct job *job = e->job;

    if (job->in_memory)
        seal_finish(job, e->sealed ? 0 : e->result);
    if (!job->sealed && job->error == HTTP_OK) { /* other bytes than were expected */
        leg_end_job(job);
        return;
    }
    job->part_open = job->part.fd >= 0;
    if (e->sealed && !e->named && e->result == -EEXIST)
        meet_late(job);
    else if (e->sealed && e->result < 0)
        job_fail_locally(job, e->result);
    end(job);
}

static void add_to_round(struct committer *c, struct job *job)
{
    if (c->size == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 64;
        c->round = mem_reallocarray(c->round, c->cap, sizeof(*c->round));
    }
    c->round[c->size++] = (struct entry){.job = job};
}

static async void take_round(struct committer *c)
{
    struct list waiting, *node;

    list_init(&waiting);
    list_splice(&waiting, &c->queue);
    c->size = c->count = c->bytes = 0;
    event_clear(&c->wanted);
    event_set(&c->room);
    while ((node = list_shift(&waiting))) {
        struct job *job = container_of(node, struct job, queued);

        if (job->sealed || job->in_memory)
            add_to_round(c, job);
        else
            end(job);
    }
}

static async int work(void *arg)
{
    struct committer *c = arg;

    while (!c->closing || !list_empty(&c->queue)) {
        if (list_empty(&c->queue)) {
            event_wait(&c->wanted);
            continue;
        }
        take_round(c);
        if (c->size)
            loop_finish_in_executor(commit, c);
        for (size_t i = 0; i < c->size; i++)
            finish(&c->round[i]);
    }
    return 0;
}

/* ---- the interface ---- */

static size_t files_that_may_wait(const struct download *d)
{
    struct rlimit files;
    unsigned total = limits_total(client_limits(d->run.client));

    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= 4 * WAITING_FILES)
        return WAITING_FILES;
    return total / 2 + 1;
}

struct committer *committer_new(struct download *d)
{
    struct committer *c = mem_zalloc(sizeof(*c));

    c->download = d;
    c->most = files_that_may_wait(d);
    list_init(&c->queue);
    event_init(&c->wanted);
    event_init(&c->room);
    event_set(&c->room);
    c->task = task_create(work, c);
    task_set_name(c->task, "committer");
    return c;
}

void committer_put(struct committer *c, struct job *job)
{
    list_append(&c->queue, &job->queued);
    event_set(&c->wanted);
    c->count++;
    if (job->in_memory)
        c->bytes += job->shown->fill.len;
    if (c->count >= c->most || c->bytes >= WAITING_BYTES)
        event_clear(&c->room);
}

int committer_wait(struct committer *c)
{
    return event_wait(&c->room);
}

void committer_free(struct committer *c)
{
    if (!c)
        return;
    c->closing = true;
    event_set(&c->wanted);
    while (!task_done(c->task))
        shield(task_future(c->task));
    task_unref(c->task);
    free(c->way);
    free(c->round);
    free(c);
}
