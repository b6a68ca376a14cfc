#include "async/event.h"

#include "async/waiter_internal.h"

void event_init(struct event *e)
{
    list_init(&e->waiters);
    e->set = false;
}

void event_set(struct event *e)
{
    e->set = true;
    while (waiter_wake(&e->waiters, 0))
        ;
}

void event_clear(struct event *e)
{
    e->set = false;
}

bool event_is_set(const struct event *e)
{
    return e->set;
}

int event_wait(struct event *e)
{
    struct waiter w;

    return e->set ? 0 : waiter_wait(&w, &e->waiters, "event");
}
