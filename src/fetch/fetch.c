/* One call of the pool for each item, one record for each call. */
#include "fetch/fetch.h"

#include <stdlib.h>

#include "base/mem.h"

/* One input on its way. */
struct job {
    struct item item;
    struct call call;
    uint64_t number; /* among those that were not skipped */
};

static void deliver(struct run *run, struct job *job)
{
    struct record record = {
        .index = job->item.index,
        .id = job->item.id,
        .call = &job->call,
        .error = run_judge(run, &job->call.response),
    };
    struct delivery delivery = {
        .item = &job->item,
        .number = job->number,
        .done = record.error != HTTP_CANCELLED,
    };

    run_deliver(run, &record, &delivery);
    call_clear(&job->call);
    item_clear(&job->item);
    free(job);
}

static void done(struct call *call, void *run)
{
    deliver(run, container_of(call, struct job, call));
}

static async void submit(struct run *run, struct item *item)
{
    struct job *job = mem_alloc(sizeof(*job));

    job->item = *item;
    job->number = run->submitted;
    job->item.request.keep_body = run->o->record.body;
    call_init(&job->call, &job->item.request);
    if (item->why) {
        response_fail(&job->call.response, HTTP_BAD_INPUT, "%s", item->why);
        deliver(run, job);
    } else if (run->o->dry_run) {
        call_check(&job->call); /* a URL that is none is an error all the same */
        deliver(run, job);
    } else {
        pool_submit(run->pool, &job->call);
    }
}

/* A reader that is slow holds up what is in flight, too: many answers may be read
 * ahead, and each may have a body. */
static async enum call_next step(struct call *call, struct client *c, double *delay,
                                 void *arg)
{
    struct run *run = arg;

    if (sink_wait(run->sink) >= 0)
        return call_step(call, c, delay);
    call_cancel(call, "cancelled");
    return CALL_DONE;
}

static const struct run_scenario fetch = {
    .name = "fetch",
    .submit = submit,
    .done = done,
    .step = step,
};

int fetch_run(const struct run_options *o)
{
    struct run run = {0};

    return run_main(&run, &fetch, o);
}
