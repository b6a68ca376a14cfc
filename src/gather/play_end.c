/* The end of an item, and of a node: its value, its failures, and who waited for it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gather/play_internal.h"

struct failure *node_add_failure(struct node *n, size_t index)
{
    n->failures =
        mem_reallocarray(n->failures, n->failure_count + 1, sizeof(*n->failures));
    n->failures[n->failure_count] = (struct item_failure){.index = index};
    return &n->failures[n->failure_count++].failure;
}

static void release_dependents(struct node *n)
{
    struct play *p = n->play;
    size_t self = (size_t)(n - p->nodes);

    for (size_t i = 0; i < p->setup->spec->request_count; i++) {
        const struct spec_request *rq = p->nodes[i].rq;

        for (size_t k = 0; k < rq->need_count; k++)
            if (rq->needs[k] == self && --p->nodes[i].waits == 0)
                node_ready(&p->nodes[i]);
    }
}

static void append_fallback(struct node *n, struct buf *out)
{
    struct scope scope = {.spec = n->play->setup->spec};
    char *why = NULL;

    if (n->rq->fallback.at && expand(out, &n->rq->fallback, &scope, &why) == 0)
        return;
    free(why); /* it has been looked up: there is nothing to go wrong */
    buf_append_str(out, "null");
}

/* What failed is the fallback, or null when it was to come. */
static void append_list(struct node *n, struct buf *out)
{
    buf_append_char(out, '[');
    for (size_t i = 0; i < n->item_count; i++) {
        if (i)
            buf_append_char(out, ',');
        if (n->values[i].data)
            buf_append(out, n->values[i].data, n->values[i].len);
        else if (n->rq->optional)
            append_fallback(n, out);
        else
            buf_append_str(out, "null");
    }
    buf_append_char(out, ']');
}

static void set_value(struct node *n)
{
    struct buf *out = &n->result->json;

    if (n->items && n->values)
        append_list(n, out);
    else if (!n->items && n->values && n->values[0].data)
        buf_append(out, n->values[0].data, n->values[0].len);
    else if (n->rq->optional)
        append_fallback(n, out);
    else
        buf_append_str(out, "null");
}

/* Items that were never begun, as the run was stopped. */
static void count_unbegun(struct node *n)
{
    struct buf why = BUF_INIT;
    size_t left = n->item_count - n->next;

    if (!n->play->stopped || !left)
        return;
    buf_appendf(&why, "%s; %zu of %zu were not begun", n->play->stopped, left,
                n->item_count);
    failure_set(node_add_failure(n, NO_INDEX), HTTP_CANCELLED, "%s", why.data);
    buf_clear(&why);
}

/* Once, of the first failure: a long list need not come to its end for that. */
static void tell(struct node *n)
{
    const struct play_setup *setup = n->play->setup;

    if (n->told || !n->failure_count || n->rq->optional)
        return;
    n->told = true;
    setup->failed(n->rq, &n->failures[0].failure, setup->failed_arg);
}

void node_end(struct node *n)
{
    struct play *p = n->play;

    count_unbegun(n);
    n->state = NODE_DONE;
    n->ended = loop_time();
    set_value(n);
    node_clear_items(n);
    n->result->state =
        n->failure_count && !n->rq->optional ? RESULT_FAILED : RESULT_GOOD;
    p->left--;
    release_dependents(n);
    loop_call_soon(loop_current(), &p->go);
    tell(n);
}

/* ---- what visits tell ---- */

/* Of several origins there is none that stands for all. */
static void set_origin(struct node *n, const char *origin)
{
    struct result *r = n->result;
    bool same = origin && r->origin && !strcmp(origin, r->origin);

    if (same)
        return;
    free(r->origin);
    r->origin = origin && n->done == 0 ? mem_strdup(origin) : NULL;
}

static void item_ended(struct node *n)
{
    n->live--;
    node_pump(n);
}

void play_item_done(struct node *n, size_t index, struct buf *value,
                    struct response *rs, const char *origin)
{
    size_t len = value->len;

    set_origin(n, origin);
    n->done++;
    /* There may be many: each is kept without the room it grew in. */
    n->values[index] = (struct slice){mem_realloc(buf_take(value), len + 1), len};
    if (!n->items) {
        n->result->status = rs->status;
        headers_clear(&n->result->headers);
        n->result->headers = rs->headers;
        rs->headers = (struct headers)HEADERS_INIT;
    }
    item_ended(n);
}

void play_item_failed(struct node *n, size_t index, struct failure *f)
{
    if (!n->items && f->status)
        n->result->status = f->status;
    *node_add_failure(n, n->items ? index : NO_INDEX) = *f;
    *f = (struct failure){0};
    tell(n);
    item_ended(n);
}
