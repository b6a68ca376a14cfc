/* From what came of an item to its record, and to the state file behind that. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/run_internal.h"

enum http_error run_judge(const struct run *run, const struct response *rs)
{
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
        run_stop(run, "the state file cannot be written");
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

static void put_in_order(struct run *run, const struct delivery *d)
{
    struct result r = {.len = run->record.len, .answered = d->done};

    r.text = mem_alloc(r.len + 1);
    memcpy(r.text, run->record.data, r.len);
    memcpy(r.key, d->item->key, sizeof(r.key));
    run_hold(run, r.len);
    order_put(run->order, d->number, &r);
}

static void count_delivered(struct run *run)
{
    struct future *all = run->all_delivered;

    run->delivered++;
    if (all && run->delivered == run->submitted && !future_done(all))
        future_set_result(all, NULL);
}

void run_deliver(struct run *run, const struct record *record, const struct delivery *d)
{
    buf_reset(&run->record);
    record_append(&run->record, record, &run->o->record);
    summary_add(&run->summary, record);
    if (run->order)
        put_in_order(run, d);
    else
        put(run, run->record.data, run->record.len, d->item->key, d->done);
    run_let_go(run, d->item->size);
    count_delivered(run);
    if (record->error && run->o->fail_fast)
        run_stop(run, "cancelled after the first failure (--fail-fast)");
}

void run_drop(struct run *run, const struct item *item)
{
    semaphore_release(&run->window);
    run_let_go(run, item->size);
    count_delivered(run);
}

void deliver_join(struct run *run)
{
    struct future all;

    if (run->delivered == run->submitted)
        return;
    future_init(&all, "the last response");
    run->all_delivered = &all;
    future_await(&all);
    run->all_delivered = NULL;
    future_clear(&all);
}
