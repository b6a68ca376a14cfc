#include "gather/play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/random.h"
#include "gather/play_internal.h"
#include "gather/visit.h"

/* ---- a play's nodes ---- */

static void think_over(void *arg);

/* The result that a foreach takes its items from: what is not one reference has
 * several, of which the first stands for all. */
static const struct reference *items_from(const struct spec_request *rq)
{
    struct reference *r;
    size_t piece = 0;

    while ((r = template_next(&rq->foreach, &piece)))
        if (r->source == FROM_REQUEST)
            return r;
    return NULL;
}

static void init_node(struct play *p, size_t i)
{
    struct node *n = &p->nodes[i];
    const struct spec_request *rq = &p->setup->spec->requests[i];

    n->play = p;
    n->rq = rq;
    n->result = &p->results[i];
    n->waits = rq->need_count;
    n->memo = mem_zalloc((rq->slots + 1) * sizeof(*n->memo));
    n->item_from = items_from(rq);
    list_init(&n->ready);
    timer_init(&n->think, think_over, n);
}

static void go(void *arg);

struct play *play_new(const struct play_setup *setup, unsigned user)
{
    struct play *p = mem_zalloc(sizeof(*p));
    size_t count = setup->spec->request_count;

    p->setup = setup;
    p->user = user;
    p->left = count;
    p->nodes = mem_zalloc(count * sizeof(*p->nodes));
    p->results = mem_zalloc(count * sizeof(*p->results));
    list_init(&p->all);
    list_init(&p->ready);
    handle_init(&p->go, go, p);
    for (size_t i = 0; i < count; i++)
        init_node(p, i);
    return p;
}

void node_clear_items(struct node *n)
{
    for (size_t i = 0; n->values && i < n->item_count; i++)
        free((void *)n->values[i].data);
    free(n->values);
    free(n->items);
    n->values = NULL;
    n->items = NULL;
    buf_clear(&n->list);
}

void play_free(struct play *p)
{
    for (size_t i = 0; i < p->setup->spec->request_count; i++) {
        struct node *n = &p->nodes[i];

        timer_stop(&n->think);
        node_clear_items(n);
        free(n->memo);
        for (size_t k = 0; k < n->failure_count; k++)
            failure_clear(&n->failures[k].failure);
        free(n->failures);
        result_clear(&p->results[i]);
    }
    handle_cancel(&p->go);
    free(p->nodes);
    free(p->results);
    free(p);
}

struct scope play_scope(const struct node *n, size_t index)
{
    struct play *p = n->play;
    struct scope s = {
        .spec = p->setup->spec,
        .results = p->results,
        .memo = n->memo,
        .item_from = n->item_from,
        .index = index,
        .user = p->user,
    };

    if (n->items)
        s.item = n->items[index];
    return s;
}

/* ---- going on ---- */

/* From the loop, so that no chain of failures grows the stack. */
void node_ready(struct node *n)
{
    list_append(&n->play->ready, &n->ready);
    loop_call_soon(loop_current(), &n->play->go);
}

static void fail_node(struct node *n, enum http_error error, const char *why)
{
    failure_set(node_add_failure(n, NO_INDEX), error, "%s", why);
    node_end(n);
}

/* ---- items ---- */

/* As many as can be under way, and some more, so that places do not stay empty; each
 * that was read ahead is memory. */
static size_t window(const struct node *n)
{
    return 2 * (size_t)limits_total(client_limits(n->play->setup->client));
}

void node_pump(struct node *n)
{
    if (n->pumping)
        return;
    n->pumping = true;
    while (!n->play->stopped && n->next < n->item_count && n->live < window(n)) {
        n->live++;
        visit_start(n, n->next++);
    }
    n->pumping = false;
    if (n->live == 0 && n->state == NODE_RUNS)
        node_end(n);
}

static bool read_items(struct node *n)
{
    struct slice list = {n->list.data, n->list.len};
    struct json_iter it = json_iter(list);
    size_t room = 16;

    if (json_type(list) != JSON_ARRAY)
        return false;
    n->items = mem_reallocarray(NULL, room, sizeof(*n->items));
    while (json_next(&it)) {
        if (n->item_count == room) {
            room *= 2;
            n->items = mem_reallocarray(n->items, room, sizeof(*n->items));
        }
        n->items[n->item_count++] = it.value;
    }
    return true;
}

static void begin_items(struct node *n)
{
    struct scope scope = play_scope(n, 0);
    char *why = NULL;
    bool good = expand(&n->list, &n->rq->foreach, &scope, &why) == 0;

    if (good && !read_items(n))
        why = mem_strdup("foreach: what was gathered is no array");
    if (why)
        fail_node(n, HTTP_REFERENCE, why);
    free(why);
}

static void begin(struct node *n)
{
    n->state = NODE_RUNS;
    n->began = loop_time();
    if (n->rq->foreach.at)
        begin_items(n);
    else
        n->item_count = 1;
    if (n->state != NODE_RUNS)
        return;
    n->values = mem_zalloc((n->item_count + 1) * sizeof(*n->values));
    node_pump(n);
}

static void think_over(void *arg)
{
    begin(arg);
}

static const struct spec_request *failed_need(const struct node *n)
{
    const struct play *p = n->play;

    for (size_t i = 0; i < n->rq->need_count; i++)
        if (p->results[n->rq->needs[i]].state == RESULT_FAILED)
            return p->nodes[n->rq->needs[i]].rq;
    return NULL;
}

static void go_on(struct node *n)
{
    const struct spec_request *rq = n->rq, *failed = failed_need(n);
    double seconds = rq->think_min + (rq->think_max - rq->think_min) * random_unit();
    struct buf why = BUF_INIT;

    if (n->play->stopped) {
        fail_node(n, HTTP_CANCELLED, n->play->stopped);
    } else if (failed) {
        buf_appendf(&why, "not sent: it needs \"%s\", which failed", failed->name);
        fail_node(n, HTTP_DEPENDENCY, why.data);
        buf_clear(&why);
    } else if (seconds > 0) {
        n->state = NODE_THINKS;
        loop_call_later(loop_current(), &n->think, seconds);
    } else {
        begin(n);
    }
}

/* A node that ends here may have the last that waited for it put behind. */
static void go(void *arg)
{
    struct play *p = arg;
    struct list *node;

    while ((node = list_shift(&p->ready)))
        go_on(container_of(node, struct node, ready));
    if (p->left == 0)
        p->setup->done(p, p->setup->done_arg);
}

void play_start(struct play *p)
{
    for (size_t i = 0; i < p->setup->spec->request_count; i++)
        if (p->nodes[i].waits == 0)
            node_ready(&p->nodes[i]);
}

void play_stop(struct play *p, const char *why)
{
    if (p->stopped)
        return;
    p->stopped = why;
    for (size_t i = 0; i < p->setup->spec->request_count; i++) {
        struct node *n = &p->nodes[i];

        if (n->state == NODE_THINKS) {
            timer_stop(&n->think);
            fail_node(n, HTTP_CANCELLED, why);
        } else if (n->state == NODE_RUNS) {
            node_pump(n);
        }
    }
}
