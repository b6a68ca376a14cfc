/* From a finished call to its record, and to the state file once that is written. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/run_internal.h"

static void job_free(struct job *job)
{
    run_let_go(job->run, job->item.size);
    call_clear(&job->call);
    item_clear(&job->item);
    free(job);
}

static enum http_error judge(const struct run *run, const struct call *call)
{
    const struct response *rs = &call->response;

    if (rs->error || run->o->dry_run)
        return rs->error;
    return status_set_has(&run->o->accept, rs->status) ? HTTP_OK : HTTP_STATUS;
}

/* ---- state ---- */

struct mark {
    struct list node;
    struct run *run;
    uint8_t key[16];
};

static void record_written(void *arg)
{
    struct mark *m = arg;
    struct run *run = m->run;

    state_mark(run->state, m->key);
    list_remove(&m->node);
    free(m);
    if (state_error(run->state)) /* what is answered from now on would be asked again */
        stop_run(run, "the state file cannot be written");
}

static void mark_when_written(struct run *run, const uint8_t key[16])
{
    struct mark *m = mem_alloc(sizeof(*m));

    m->run = run;
    memcpy(m->key, key, sizeof(m->key));
    list_init(&m->node);
    list_append(&run->marks, &m->node);
    sink_on_written(run->sink, record_written, m);
}

void deliver_clear(struct run *run)
{
    struct list *node;

    while ((node = list_shift(&run->marks)))
        free(container_of(node, struct mark, node));
}

/* ---- delivery ---- */

static void put(struct run *run, const char *text, size_t n, const uint8_t key[16],
                bool answered)
{
    sink_put(run->sink, text, n);
    if (run->state && answered && !run->o->dry_run)
        mark_when_written(run, key);
    semaphore_release(&run->window);
}

void deliver_result(struct result *r, void *arg)
{
    run_let_go(arg, r->len);
    put(arg, r->text, r->len, r->key, r->answered);
    free(r->text);
}

static void put_in_order(struct job *job, bool answered)
{
    struct run *run = job->run;
    struct result r = {.len = run->record.len, .answered = answered};

    r.text = mem_alloc(r.len + 1);
    memcpy(r.text, run->record.data, r.len);
    memcpy(r.key, job->item.key, sizeof(r.key));
    run_hold(run, r.len);
    order_put(run->order, job->number, &r);
}

static void deliver_job(struct job *job)
{
    struct run *run = job->run;
    struct record record = {
        .index = job->item.index,
        .id = job->item.id,
        .call = &job->call,
        .error = judge(run, &job->call),
    };
    bool answered = record.error != HTTP_CANCELLED;
    bool failed = record.error != HTTP_OK;

    buf_reset(&run->record);
    record_append(&run->record, &record, &run->o->record);
    summary_add(&run->summary, &record);
    if (run->order)
        put_in_order(job, answered);
    else
        put(run, run->record.data, run->record.len, job->item.key, answered);
    job_free(job);
    if (failed && run->o->fail_fast)
        stop_run(run, "cancelled after the first failure (--fail-fast)");
}

void deliver(struct call *call, void *arg)
{
    (void)arg;
    deliver_job(container_of(call, struct job, call));
}

void deliver_unsent(struct job *job)
{
    call_check(&job->call); /* a URL that is none is an error all the same */
    deliver_job(job);
}

void deliver_wrong(struct job *job)
{
    response_fail(&job->call.response, HTTP_BAD_INPUT, "%s", job->item.why);
    deliver_job(job);
}
