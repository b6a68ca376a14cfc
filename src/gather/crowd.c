#include "gather/crowd.h"

#include <stdlib.h>

#include "base/mem.h"

static void begin_play(struct crowd *c, unsigned user)
{
    struct play *p = play_new(&c->setup, user);

    list_append(&c->plays, &p->all);
    play_start(p);
}

static void play_done(struct play *p, void *arg)
{
    struct crowd *c = arg;
    unsigned user = p->user;

    c->emit(p, c->arg);
    list_remove(&p->all);
    play_free(p);
    if (++c->runs[user - 1] < c->o.repeat && !c->stopped)
        begin_play(c, user);
    else if (--c->left == 0)
        c->finished(c->arg);
}

/* Begins those whose time has come, and waits for the next. */
static void begin_next(void *arg)
{
    struct crowd *c = arg;
    double step = c->o.ramp / c->o.users, passed = loop_time() - c->began;

    while (c->begun < c->o.users && c->begun * step <= passed)
        begin_play(c, ++c->begun);
    if (c->begun < c->o.users)
        loop_call_at(loop_current(), &c->next, c->began + c->begun * step);
}

void crowd_init(struct crowd *c, const struct crowd_options *o,
                const struct play_setup *setup,
                void (*emit)(const struct play *p, void *arg),
                void (*finished)(void *arg), void *arg)
{
    *c = (struct crowd){
        .o = *o,
        .setup = *setup,
        .emit = emit,
        .finished = finished,
        .arg = arg,
        .left = o->users,
    };
    c->setup.done = play_done;
    c->setup.done_arg = c;
    c->runs = mem_zalloc(o->users * sizeof(*c->runs));
    list_init(&c->plays);
    timer_init(&c->next, begin_next, c);
}

void crowd_clear(struct crowd *c)
{
    timer_stop(&c->next);
    free(c->runs);
}

void crowd_start(struct crowd *c)
{
    c->began = loop_time();
    begin_next(c);
}

void crowd_stop(struct crowd *c, const char *why)
{
    if (c->stopped || c->left == 0) /* all have come to their end */
        return;
    c->stopped = why;
    timer_stop(&c->next);
    c->left -= c->o.users - c->begun; /* who has not begun never will */
    list_for_each_safe (node, &c->plays)
        play_stop(container_of(node, struct play, all), why);
    if (c->left == 0)
        c->finished(c->arg);
}
