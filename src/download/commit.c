/* Many files get their names with few syncs: those that are ready when one round ends
 * are the next. Written, durable, named, the names durable; only then reported. One
 * sync makes the files of a round durable, and the names of the round before. */
#include "download/commit.h"

#include <errno.h>
#include <stdio.h>
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

/* When so many wait, no new exchange begins: each is an open file, or memory. As many
 * arrive while a round is at the disk that its sync costs little for each. Fewer where
 * few files may be open. */
#define WAITING_FILES 1024
#define WAITING_BYTES (12 << 20)

/* From here on one sync of the whole file system costs less than one for each file. */
#define MANY 4

/* One job of a round, and what came of it. */
struct entry {
    struct job *job;
    int result;
    bool sealed, named;
};

struct round {
    struct entry *entries;
    size_t size, cap;
};

struct committer {
    struct download *download;
    struct list queue;
    size_t count, most; /* in the queue */
    size_t bytes;       /* in memory, of those */
    struct event wanted, room;
    struct task *task;
    bool closing;
    char *way; /* the folder that was synced last with those above it; NULL: none */

    struct round now;
    struct round before; /* they have their names, which are not yet durable */
};

/* ---- in the executor ---- */

static void seal_those_in_memory(struct round *now)
{
    for (size_t i = 0; i < now->size; i++) {
        struct entry *e = &now->entries[i];

        if (e->job->in_memory)
            e->result = seal_part(e->job);
        e->sealed = e->result == 0;
    }
}

/* Where files without a name cannot get one after all, those with one may. */
static bool needs_name(const struct entry *e)
{
    return e->result < 0 && e->result != -EEXIST && e->job->in_memory &&
           e->job->part.unnamed;
}

static void name_one(struct entry *e)
{
    struct job *job = e->job;

    e->result = part_commit(&job->part, job->replace);
    if (needs_name(e)) {
        e->result = seal_with_name(job);
        e->sealed = e->result == 0;
        if (e->sealed)
            e->result = part_commit(&job->part, job->replace);
    }
    e->named = e->result == 0;
}

static void name_all(struct round *now)
{
    for (size_t i = 0; i < now->size; i++)
        if (now->entries[i].result == 0)
            name_one(&now->entries[i]);
}

/* With `all` the file system of the directory is synced. */
static void sync_files(struct round *now, bool all)
{
    for (size_t i = 0; i < now->size; i++) {
        struct entry *e = &now->entries[i];
        struct part *p = &e->job->part;

        if (e->result == 0)
            e->result = all && !p->elsewhere ? part_synced(p) : part_sync(p);
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

static void sync_folders(struct committer *c, bool all)
{
    const struct job *synced = NULL; /* whose folder was the last */
    int r = 0;

    for (size_t i = 0; i < c->before.size; i++) {
        struct entry *e = &c->before.entries[i];

        if (all && !e->job->part.elsewhere)
            continue;
        if (!synced || !same_folder(e->job, synced))
            r = sync_folder(c, e->job);
        e->result = r;
        synced = e->job;
    }
}

/* Where the file system as a whole cannot be synced, each file tells of itself. */
static void sync_round(struct committer *c)
{
    bool many = c->now.size + c->before.size >= MANY;
    bool all = many && syncfs(c->download->root) == 0;

    sync_files(&c->now, all);
    sync_folders(c, all);
}

static int commit(void *arg)
{
    struct committer *c = arg;

    seal_those_in_memory(&c->now);
    if (!c->download->o->no_sync)
        sync_round(c);
    name_all(&c->now);
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

static bool is_late(const struct entry *e)
{
    return e->sealed && !e->named && e->result == -EEXIST;
}

static bool takes_number(const struct job *job)
{
    return job->download->o->if_exists == IF_EXISTS_RENAME && !job->replace;
}

/* The whole file waits for the next round, to be called otherwise. */
static void take_number(struct committer *c, struct job *job)
{
    plan_rename_late(job);
    committer_put(c, job);
}

static async void finish(struct committer *c, const struct entry *e)
{
    struct job *job = e->job;

    if (!job->sealed && job->error == HTTP_OK) { /* other bytes than were expected */
        leg_end_job(job);
        return;
    }
    job->part_open = job->part.fd >= 0;
    if (is_late(e) && takes_number(job)) {
        take_number(c, job);
        return;
    }
    if (is_late(e))
        meet_late(job);
    else if (e->sealed && e->result < 0)
        job_fail_locally(job, e->result);
    end(job);
}

static void add_to(struct round *round, struct entry e)
{
    if (round->size == round->cap) {
        round->cap = round->cap ? 2 * round->cap : 64;
        round->entries =
            mem_reallocarray(round->entries, round->cap, sizeof(*round->entries));
    }
    round->entries[round->size++] = e;
}

static async void take_round(struct committer *c)
{
    struct list waiting, *node;

    list_init(&waiting);
    list_splice(&waiting, &c->queue);
    c->now.size = c->count = c->bytes = 0;
    event_clear(&c->wanted);
    event_set(&c->room);
    while ((node = list_shift(&waiting))) {
        struct job *job = container_of(node, struct job, queued);

        if (job->sealed || job->in_memory)
            add_to(&c->now, (struct entry){.job = job});
        else
            end(job);
    }
}

/* What was in memory is in the part, or of no more use. */
static void free_memory(struct round *now)
{
    for (size_t i = 0; i < now->size; i++) {
        const struct entry *e = &now->entries[i];

        if (e->job->in_memory)
            seal_finish(e->job, e->sealed ? 0 : e->result);
    }
}

/* Those that have a name wait for the next sync, which comes at once when nothing else
 * is to be done. */
static async void end_round(struct committer *c)
{
    free_memory(&c->now);
    for (size_t i = 0; i < c->before.size; i++)
        finish(c, &c->before.entries[i]);
    c->before.size = 0;
    for (size_t i = 0; i < c->now.size; i++) {
        const struct entry *e = &c->now.entries[i];

        if (e->named && !c->download->o->no_sync)
            add_to(&c->before, *e);
        else
            finish(c, e);
    }
}

static async int work(void *arg)
{
    struct committer *c = arg;

    while (!c->closing || !list_empty(&c->queue) || c->before.size) {
        if (list_empty(&c->queue) && !c->before.size) {
            event_wait(&c->wanted);
            continue;
        }
        take_round(c);
        if (c->now.size || c->before.size)
            loop_finish_in_executor(commit, c);
        end_round(c);
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
    free(c->now.entries);
    free(c->before.entries);
    free(c);
}
