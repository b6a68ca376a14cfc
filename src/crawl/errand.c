#include "crawl/errand.h"

#include "base/mem.h"
#include "run/run.h"

void errand_init(struct errand *e, const char *url, void (*done)(struct errand *e))
{
    *e = (struct errand){.done = done, .sink.decoded = true};
    request_init(&e->request, url);
    e->request.sink = &e->sink;
    call_init(&e->call, &e->request);
}

void errand_clear(struct errand *e)
{
    call_clear(&e->call);
    request_clear(&e->request);
}

void errand_call_done(struct call *call, void *run)
{
    struct errand *e = container_of(call, struct errand, call);

    (void)run;
    e->done(e);
}

static async int wait_for_rooms(struct errand *e)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < ERRAND_ROOMS; i++)
        if (e->rooms[i])
            r = event_wait(e->rooms[i]);
    return r;
}

/* A reader that is slow holds up what is in flight, too: records may have many links.
 * What an exchange brought is forgotten before another one waits for room, which it may
 * have taken itself. */
enum call_next errand_step(struct call *call, struct client *c, double *delay,
                           void *arg)
{
    struct errand *e = container_of(call, struct errand, call);
    struct run *run = arg;
    enum call_next next;

    e->moved = false;
    if (sink_wait(run->sink) < 0 || wait_for_rooms(e) < 0) {
        call_cancel(call, "cancelled");
        return CALL_DONE;
    }
    next = call_step(call, c, delay);
    if (next != CALL_DONE && e->forget)
        e->forget(e);
    if (next != CALL_REDIRECT || !e->asks_leave)
        return next;
    e->moved = true;
    return CALL_DONE;
}
